"""A conversation goes from the queue to one agent, and from an agent who is gone back into the queue.

Both hold the agent's lock first and the conversation's second, so that no agent gets more than they may have and no
conversation has two owners, however many workers do it at once.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from chat.casework.repository import CaseRepository
from chat.in_queue import QueueingConversations
from chat.models import Conversation
from chat.ownership import Owner, OwnerChanged
from chat.repository import ChatRepository
from chat.service import language_of
from chat.texts import text as say
from handoff.models import AgentPresence
from handoff.presence import Presence, Sign, has_dropped_off, presence_of
from handoff.repository import RosterRepository
from handoff.roster import may_be_at_desk
from identity.repository import IdentityRepository
from kit.errors import Conflict


class AlreadyTaken(Conflict):
    """Another agent was quicker, or the customer has left the queue."""

    code = "already_taken"


class AtCapacity(Conflict):
    """The agent has as many conversations as they may have, or is not there for an automatic one."""

    code = "at_capacity"


class GivingConversations(QueueingConversations):
    """Changes of owner between the queue and agents."""

    async def give(
        self, conversation_id: str, version: int, agent_id: int, agent_name: str, *, automatic: bool
    ) -> Conversation:
        """Give a waiting conversation to an agent; by hand the agent need not be online, but may not be full either.

        Raises:
            AlreadyTaken: it is no longer waiting, or not at ``version``.
            AtCapacity: the agent is full, or, for an automatic assignment, not online.
        """
        async with self.database.write() as session:
            presence = await self.check_agent(session, agent_id, automatic=automatic)
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            if conversation.version != version or conversation.owner != Owner.WAITING:
                raise AlreadyTaken("This conversation has just been taken, or the customer has left.")
            await self.join(repository, conversation, presence, agent_id, agent_name, automatic=automatic)
        await self.changed(conversation_id, queue=True)
        return conversation

    async def join(
        self,
        repository: ChatRepository,
        conversation: Conversation,
        presence: AgentPresence | None,
        agent_id: int,
        agent_name: str,
        *,
        automatic: bool,
    ) -> None:
        """The change of owner itself, inside the caller's transaction, which holds both locks."""
        now = self.clock.now()
        try:
            await repository.change_owner(
                conversation,
                Owner.AGENT,
                actor=agent_name,
                at=now,
                reason="joined",
                policy={"assigned": "automatic" if automatic else "by_hand"},
                values={"agent_id": agent_id, "agent_name": agent_name, "taken_at": now},
            )
        except OwnerChanged as error:
            raise AlreadyTaken("This conversation has just been taken, or the customer has left.") from error
        line = say(language_of(conversation), "joined", agent=agent_name)
        await self._notice(repository, conversation, "joined", line, agent_name=agent_name)
        if presence is not None:
            presence.assigned_at = now
            if not automatic:
                presence.seen_at = max(presence.seen_at, now)

    async def check_agent(self, session: AsyncSession, agent_id: int, *, automatic: bool) -> AgentPresence | None:
        """Lock an agent, and make sure that they may have one more.

        Raises:
            AtCapacity: they are full, or, for an automatic assignment, not online.
        """
        roster = RosterRepository(session)
        presence = await roster.presence(agent_id, lock=True)
        if presence is None:  # somebody who works by REST alone has no desk to lock
            await IdentityRepository(session).lock(agent_id)
        profile = (await roster.profiles()).get(agent_id)
        capacity = (profile.capacity if profile else None) or self.rules.roster.capacity
        if await ChatRepository(session).load_of(agent_id) >= capacity:
            raise AtCapacity(f"You have {capacity} conversations, as many as you may have. End one, then take another.")
        if automatic and await self._presence(roster, presence, agent_id) != Presence.ONLINE:
            raise AtCapacity("The agent is not online.")
        return presence

    async def return_to_queue(self, conversation_id: str, agent_id: int, agent_name: str) -> bool:
        """Take a conversation from an agent who has dropped off, or whose account was closed. It keeps its class, its
        wait and its place.

        Returns whether it did: not when the agent has come back, or the conversation is no longer theirs.
        """
        now = self.clock.now()
        async with self.database.write() as session:
            roster = RosterRepository(session)
            presence = await roster.presence(agent_id, lock=True)
            sign = await self._sign(roster, presence, agent_id)
            is_here = may_be_at_desk(await IdentityRepository(session).by_id(agent_id))
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            theirs = conversation.owner == Owner.AGENT and conversation.agent_id == agent_id
            if not theirs or (is_here and not has_dropped_off(sign, now, self.rules.roster.timing)):
                return False
            await repository.change_owner(
                conversation,
                Owner.WAITING,
                actor="system",
                at=now,
                reason="agent_lost",
                values={"agent_id": None, "agent_name": None, "taken_at": None},
            )
            await CaseRepository(session).end_consultations(conversation.id, now)
            line = say(language_of(conversation), "agent_lost", agent=agent_name)
            await self._notice(repository, conversation, "agent_lost", line, agent_name=agent_name)
        await self.changed(conversation_id, queue=True)
        return True

    async def _presence(self, roster: RosterRepository, presence: AgentPresence | None, agent_id: int) -> Presence:
        sign = await self._sign(roster, presence, agent_id)
        return presence_of(sign, self.clock.now(), self.rules.roster.timing)

    @staticmethod
    async def _sign(roster: RosterRepository, presence: AgentPresence | None, agent_id: int) -> Sign:
        if presence is None:
            return Sign()
        return Sign(Presence(presence.chosen), await roster.heard_of(agent_id), presence.seen_at)
