"""The agents' side: who may see, take, answer, give back and close which conversation."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.interfaces import Case, Conversations, Line
from identity.service import Role, SignedIn
from kit.errors import Forbidden, NotFound

DESK_ROLES = (Role.AGENT, Role.SUPERVISOR)


@dataclass(frozen=True)
class Lists:
    """What the left pane shows."""

    waiting: list[Case]
    mine: list[Case]


class Desk:
    """Checks that a conversation is the caller's before anything is read or done."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def lists(self, who: SignedIn) -> Lists:
        """Everybody who waits, and whom this agent is talking to."""
        who.require(*DESK_ROLES)
        return Lists(await self._conversations.waiting(), await self._conversations.held_by(who.id))

    async def take(self, who: SignedIn, conversation_id: str) -> Case:
        """Take a waiting conversation; taking one's own again changes nothing."""
        who.require(*DESK_ROLES)
        case = await self._conversations.case(conversation_id)
        if case.owner == "agent" and case.agent_id == who.id:
            return case
        return await self._conversations.take(case, who.id, who.name)

    async def case(self, who: SignedIn, conversation_id: str) -> Case:
        """A conversation that the caller may read: an agent's own, a supervisor's any.

        Raises:
            NotFound: it is another agent's, or there is none: both look alike.
        """
        who.require(*DESK_ROLES)
        case = await self._conversations.case(conversation_id)
        own = case.owner == "agent" and case.agent_id == who.id
        if not own and who.roles.isdisjoint({Role.SUPERVISOR, Role.ADMIN}):
            raise NotFound("There is no such conversation among yours.", code="conversation_not_found")
        return case

    async def lines(self, who: SignedIn, conversation_id: str, after: int = 0) -> list[Line]:
        """The messages of a conversation that the caller may read."""
        await self.case(who, conversation_id)
        return await self._conversations.lines(conversation_id, after)

    async def reply(self, who: SignedIn, conversation_id: str, client_id: str, text: str) -> Line:
        """Say something to the customer."""
        who.require(*DESK_ROLES)
        return await self._conversations.reply(conversation_id, who.id, who.name, client_id, text)

    async def give_back(self, who: SignedIn, conversation_id: str) -> Case:
        """Let the bot go on."""
        return await self._conversations.give_back(await self._own(who, conversation_id), who.name)

    async def close(self, who: SignedIn, conversation_id: str) -> Case:
        """End the conversation."""
        return await self._conversations.close(await self._own(who, conversation_id), who.name)

    async def _own(self, who: SignedIn, conversation_id: str) -> Case:
        case = await self.case(who, conversation_id)
        if case.agent_id != who.id or case.owner != "agent":
            raise Forbidden("Take the conversation first.", code="not_owner")
        return case
