"""Conversations as the desk sees them: ``handoff.interfaces.Conversations`` over ``ChatService``."""

from __future__ import annotations

from chat.models import Conversation, Message
from chat.ownership import Owner, OwnerChanged
from chat.repository import ChatRepository
from chat.service import MAX_TEXT, ChatService, ConversationNotFound, language_of
from chat.standing import trend_for_staff
from chat.texts import text as say
from handoff.interfaces import Case, Line
from handoff.trend import LOOKED_BACK
from kit.errors import Conflict, InvalidRequest
from kit.masking import mask

LINES_OF_SUMMARY = 3


class NotOwner(Conflict):
    """The conversation is not, or no longer, with this agent."""

    code = "not_owner"


class AlreadyTaken(Conflict):
    """Another agent was quicker, or the customer has left the queue."""

    code = "already_taken"


def line_of(message: Message) -> Line:
    """A stored message as staff see it."""
    return Line(
        seq=message.seq,
        client_id=message.client_id,
        sender=message.sender,
        sender_name=message.sender_name,
        kind=message.kind,
        text=message.text,
        language=message.language,
        data=message.data,
        turn=message.turn,
        created_at=message.created_at,
    )


class DeskConversations(ChatService):
    """What staff do with conversations."""

    async def waiting(self) -> list[Case]:
        """Those waiting for a person: distress first, then the oldest."""
        return await self._cases(Owner.WAITING)

    async def held_by(self, agent_id: int) -> list[Case]:
        """Those an agent is talking to, oldest first."""
        return await self._cases(Owner.AGENT, agent_id)

    async def case(self, conversation_id: str) -> Case:
        """One conversation; raises ``NotFound``."""
        async with self.database.read() as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(conversation_id)
            if conversation is None:
                raise ConversationNotFound("There is no such conversation.")
            return await self._case(repository, conversation)

    async def lines(self, conversation_id: str, after: int) -> list[Line]:
        """Messages after a sequence number, in order."""
        lines: list[Line] = []
        while page := await self.messages(conversation_id, lines[-1].seq if lines else after):
            lines += [line_of(message) for message in page]
        return lines

    async def take(self, case: Case, agent_id: int, agent_name: str) -> Case:
        """Give a waiting conversation to an agent.

        Raises:
            AlreadyTaken: it is no longer waiting, or not as ``case`` saw it.
        """
        now = self.clock.now()
        values = {"agent_id": agent_id, "agent_name": agent_name, "taken_at": now}
        try:
            return await self._move(case, Owner.AGENT, agent_name, "joined", values)
        except OwnerChanged as error:
            raise AlreadyTaken("This conversation has just been taken, or the customer has left.") from error

    async def reply(self, conversation_id: str, agent_id: int, agent_name: str, client_id: str, text: str) -> Line:
        """Store an agent's message; the same ``client_id`` is stored once.

        Raises:
            NotOwner: the conversation is not theirs.
        """
        text = text.replace("\x00", "")  # PostgreSQL keeps none
        if not text.strip() or len(text) > MAX_TEXT:
            raise InvalidRequest(f"A message has 1 to {MAX_TEXT} characters.", code="invalid_text")
        async with self.database.write() as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            known = await repository.by_client_id(conversation_id, "agent", client_id)
            own = conversation.owner == Owner.AGENT and conversation.agent_id == agent_id
            if known is not None and own:
                return line_of(known)
            if not own:
                raise NotOwner("This conversation is no longer yours. Your text has not been sent.")
            message = await repository.append(
                conversation,
                Message(
                    client_id=client_id,
                    sender="agent",
                    sender_name=agent_name,
                    kind="text",
                    text=text,
                    language=conversation.language,
                    data={},
                    created_at=self.clock.now(),
                ),
            )
        await self.changed(conversation_id, queue=True)
        return line_of(message)

    async def give_back(self, case: Case, agent_name: str) -> Case:
        """Let the bot go on."""
        values: dict[str, object] = {
            "agent_id": None,
            "agent_name": None,
            "reason": None,
            "priority": 0,
            "waiting_since": None,
            "taken_at": None,
        }
        return await self._move(case, Owner.BOT, agent_name, "returned", values)

    async def close(self, case: Case, agent_name: str) -> Case:
        """End the conversation."""
        return await self._move(case, Owner.CLOSED, agent_name, "closed", {})

    async def _move(self, case: Case, to: Owner, actor: str, notice: str, values: dict[str, object]) -> Case:
        async with self.database.write() as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, case.id)
            if conversation.version != case.version:
                raise OwnerChanged("Somebody else has just changed this conversation. Reload it.")
            await repository.change_owner(
                conversation, to, actor=actor, at=self.clock.now(), reason=notice, values=values
            )
            line = say(language_of(conversation), notice, agent=actor)
            await self._notice(repository, conversation, notice, line, agent_name=actor)
            moved = await self._case(repository, conversation)
        await self.changed(case.id, queue=True)
        return moved

    async def _cases(self, owner: Owner, agent_id: int | None = None) -> list[Case]:
        async with self.database.read() as session:
            repository = ChatRepository(session)
            return [await self._case(repository, found) for found in await repository.by_owner(owner, agent_id)]

    async def _case(self, repository: ChatRepository, conversation: Conversation) -> Case:
        last = await repository.last_said(conversation.id)
        said = await repository.customer_lines(conversation.id, LOOKED_BACK)
        return Case(
            id=conversation.id,
            language=conversation.language,
            owner=conversation.owner,
            version=conversation.version,
            reason=conversation.reason,
            emotion=conversation.emotion,
            slots=conversation.slots,
            waiting_since=conversation.waiting_since,
            taken_at=conversation.taken_at,
            agent_id=conversation.agent_id,
            agent_name=conversation.agent_name,
            last_seq=conversation.last_seq,
            last_line=line_of(last) if last else None,
            wants=" / ".join(mask(message.text)[:120] for message in said[-LINES_OF_SUMMARY:]),
            trend=trend_for_staff(said),
        )
