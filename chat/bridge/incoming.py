"""What another desk may do with conversations that were handed over to it: speak, note, hand back, close."""

from __future__ import annotations

from chat.bridge.payloads import STATUS_OF_OWNER, Json, Status, conversation_fields, message_fields
from chat.casework.service import Casework
from chat.models import Conversation
from chat.ownership import Owner
from chat.repository import ChatRepository
from handoff.interfaces import Person
from kit.counters import bridged
from kit.errors import Conflict, NotFound

# Staff have ids from 1 on; whoever speaks at another desk is known here by name only.
BRIDGE_AGENT = 0
UNNAMED = "Agent"


class NotOpen(Conflict):
    """The conversation is not with the other desk: the bot has it, or it has ended."""

    code = "not_open"


class BridgeDesk:
    """Another desk's side of conversations."""

    def __init__(self, conversations: Casework) -> None:
        self._conversations = conversations

    async def conversation(self, conversation_id: str) -> Json:
        """A conversation with all that was said.

        Raises:
            NotFound: it was never handed over, or there is none: both look alike.
        """
        conversation = await self._handed_over(conversation_id)
        messages = await self._conversations.messages(conversation_id, 0)
        return conversation_fields(conversation, STATUS_OF_OWNER[conversation.owner], messages)

    async def message(self, conversation_id: str, echo_id: str, name: str, content: str, *, private: bool) -> Json:
        """Say something to the customer, or note it; the same ``echo_id`` is stored once. The first message takes it.

        Raises:
            NotOpen: the conversation is not with the other desk.
        """
        await self._handed_over(conversation_id)
        if private:
            note = await self._conversations.note(conversation_id, Person(BRIDGE_AGENT, name), echo_id, content)
            bridged.labels("note").inc()
            return {"id": f"note-{note.number}", "content": note.text, "private": True, "message_type": "outgoing"}
        await self._join(conversation_id, name)
        line = await self._conversations.reply(conversation_id, BRIDGE_AGENT, name, echo_id, content)
        bridged.labels("reply").inc()
        async with self._conversations.database.read() as session:
            message = await ChatRepository(session).message(conversation_id, line.seq)
        assert message is not None
        return message_fields(message)

    async def set_status(self, conversation_id: str, status: Status, name: str) -> Status:
        """Take it (``open``), hand it back to the bot (``pending``), or end it (``resolved``). Repeating is harmless.

        Raises:
            NotOpen: it is not with the other desk, and not as wanted already.
        """
        conversation = await self._handed_over(conversation_id)
        if STATUS_OF_OWNER[conversation.owner] == status and not (status == "open" and conversation.owner == "waiting"):
            return status
        await self._join(conversation_id, name)
        case = await self._conversations.case(conversation_id)
        if status == "pending":
            await self._conversations.give_back(case, case.agent_name or name)
        elif status == "resolved":
            await self._conversations.close(case, case.agent_name or name)
        bridged.labels(status).inc()
        return status

    async def _join(self, conversation_id: str, name: str) -> None:
        async with self._conversations.database.write() as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(conversation_id, lock=True)
            if conversation is None or conversation.owner not in (Owner.WAITING, Owner.AGENT):
                raise NotOpen("This conversation is not open: the bot has it, or it has ended.")
            if conversation.owner == Owner.AGENT:
                if conversation.agent_id != BRIDGE_AGENT:
                    raise NotOpen("A supervisor has taken this conversation over.")
                return
            await self._conversations.join(repository, conversation, None, BRIDGE_AGENT, name, automatic=False)
        await self._conversations.changed(conversation_id, queue=True)

    async def _handed_over(self, conversation_id: str) -> Conversation:
        async with self._conversations.database.read() as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(conversation_id)
            handed = await repository.first_notice(conversation_id, "waiting") if conversation else 0
        if conversation is None or not handed:
            raise NotFound("There is no such conversation here.", code="conversation_not_found")
        return conversation
