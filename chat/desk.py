"""Conversations as the desk sees them: ``handoff.interfaces.Conversations`` over ``ChatService``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chat.casework.models import CaseOutcome, EditedSuggestion
from chat.casework.repository import CaseRepository
from chat.giving import AlreadyTaken
from chat.left_messages import MessageLeaving
from chat.models import Conversation, Message
from chat.ownership import Owner, OwnerChanged
from chat.queueing import QueueRules
from chat.repository import ChatRepository
from chat.sentences import said
from chat.service import MAX_TEXT, OUT_OF_QUEUE, ConversationNotFound, language_of
from chat.standing import trend_for_staff
from chat.texts import text as say
from handoff.case_interfaces import DraftOffers, EditedReply
from handoff.interfaces import Case, Line, Outcome, Person, Suggested
from handoff.trend import LOOKED_BACK
from kit.clock import Clock
from kit.database import Database
from kit.errors import BilinError, Conflict, InvalidRequest
from kit.events import Events
from kit.masking import mask

log = structlog.get_logger(__name__)
__all__ = ["AlreadyTaken", "DeskConversations", "NotOwner"]

LINES_OF_SUMMARY = 3
# The customer's latest messages, from which a reply may have taken its suggestion.
TURNS_SUGGESTED_FROM = 20
WITHOUT_AGENT: dict[str, object] = {"agent_id": None, "agent_name": None, "taken_at": None}


class NotOwner(Conflict):
    """The conversation is not, or no longer, with this agent."""

    code = "not_owner"


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
        helpful=message.helpful,
    )


class DeskConversations(MessageLeaving):
    """What staff do with conversations.

    Args:
        offers: takes suggested answers that agents have improved; None only stores them.
    """

    def __init__(
        self,
        database: Database,
        events: Events,
        clock: Clock,
        rules: QueueRules = QueueRules(),
        offers: DraftOffers | None = None,
    ) -> None:
        super().__init__(database, events, clock, rules)
        self._offers = offers

    async def waiting(self) -> list[Case]:
        """Those waiting for a person, in the order of the queue."""
        return await self._cases(Owner.WAITING)

    async def held_by(self, agent_id: int) -> list[Case]:
        """Those an agent is talking to, oldest first."""
        return await self._cases(Owner.AGENT, agent_id)

    async def loads(self) -> dict[int, int]:
        """How many conversations each agent has."""
        async with self.database.read() as session:
            return await ChatRepository(session).loads()

    async def waiting_by_team(self) -> dict[str, int]:
        """How many wait for each team."""
        async with self.database.read() as session:
            return await ChatRepository(session).waiting_by_team()

    async def case(self, conversation_id: str) -> Case:
        """One conversation; raises ``NotFound``."""
        async with self.database.read() as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(conversation_id)
            if conversation is None:
                raise ConversationNotFound(said("conversation_not_found"))
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
            AtCapacity: the agent has as many as they may have.
        """
        await self.give(case.id, case.version, agent_id, agent_name, automatic=False)
        return await self.case(case.id)

    async def reply(
        self,
        conversation_id: str,
        agent_id: int,
        agent_name: str,
        client_id: str,
        text: str,
        suggested: Suggested | None = None,
    ) -> Line:
        """Store an agent's message; the same ``client_id`` is stored once.

        One that was a suggested answer says so to staff; one that the agent changed is offered to the editors.

        Raises:
            NotOwner: the conversation is not theirs.
        """
        text = storable(text)
        edited = suggested is not None and suggested.inserted.strip() != text.strip()
        async with self.database.write() as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            known = await repository.by_client_id(conversation_id, "agent", client_id)
            own = conversation.owner == Owner.AGENT and conversation.agent_id == agent_id
            if known is not None and own:
                return line_of(known)
            if not own:
                raise NotOwner("This conversation is no longer yours. Your text has not been sent.")
            turn: dict[str, Any] | None = None
            if suggested is not None:
                source = await _source(repository, conversation_id, suggested)
                turn = {"suggestion": {"entry_id": suggested.entry_id, "edited": edited, **source}}
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
                    turn=turn,
                    created_at=self.clock.now(),
                ),
            )
            if suggested and edited:
                offer = EditedReply(
                    conversation_id,
                    message.seq,
                    suggested.entry_id,
                    message.language,
                    suggested.inserted,
                    mask(text),
                    Person(agent_id, agent_name),
                )
                CaseRepository(session).add(_edited_suggestion(offer, message))
        await self.changed(conversation_id, queue=True)
        if suggested and edited:
            await self._offer(offer)
        return line_of(message)

    async def _offer(self, edited: EditedReply) -> None:
        if self._offers is None:
            return
        try:
            await self._offers.offer(edited)
        except BilinError as error:  # the reply is sent, and the wording is stored
            log.warning("draft_not_offered", entry_id=edited.entry_id, code=error.code)

    async def give_back(self, case: Case, agent_name: str) -> Case:
        """Let the bot go on."""
        values: dict[str, object] = {
            **WITHOUT_AGENT,
            **OUT_OF_QUEUE,
        }
        return await self._move(case, Owner.BOT, agent_name, "returned", values)

    async def close(self, case: Case, agent_name: str, outcome: Outcome | None = None) -> Case:
        """End the conversation; how the agent judged it is stored with the same stroke."""

        async def judge(session: AsyncSession, conversation: Conversation) -> None:
            if outcome is not None:
                CaseRepository(session).add(
                    CaseOutcome(
                        conversation_id=conversation.id,
                        kind=outcome.kind,
                        entry_id=outcome.entry_id,
                        agent_id=conversation.agent_id or 0,
                        agent_name=agent_name,
                        at=self.clock.now(),
                    )
                )

        return await self._move(case, Owner.CLOSED, agent_name, "closed", {}, judge)

    async def _move(
        self,
        case: Case,
        to: Owner,
        actor: str,
        notice: str,
        values: dict[str, object],
        beside: Callable[[AsyncSession, Conversation], Awaitable[None]] | None = None,
        *,
        key: str | None = None,
        **said: str,
    ) -> Case:
        """Change the owner and tell the customer; ``beside`` is stored in the same transaction, or not at all.

        The customer is told the text of ``key``, or of the notice.

        Who gets it is locked before the conversation is, in the order of ``chat.giving``, and may not have too many.
        """
        async with self.database.write() as session:
            agent_id = values.get("agent_id")
            if isinstance(agent_id, int) and agent_id != case.agent_id:
                await self.check_agent(session, agent_id, automatic=False)
            repository = ChatRepository(session)
            conversation = await self._locked(repository, case.id)
            waits_already = to is Owner.WAITING and conversation.owner == Owner.WAITING
            if conversation.version != case.version or waits_already:
                raise OwnerChanged("Somebody else has just changed this conversation. Reload it.")
            await repository.change_owner(
                conversation, to, actor=actor, at=self.clock.now(), reason=notice, values=values
            )
            if to is not Owner.AGENT:
                await CaseRepository(session).end_consultations(conversation.id, self.clock.now())
            line = say(language_of(conversation), key or notice, **{"agent": actor, **said})
            await self._notice(repository, conversation, notice, line, agent_name=said.get("agent", actor))
            if beside is not None:
                await beside(session, conversation)
            moved = await self._case(repository, conversation)
        await self.changed(case.id, queue=True)
        return moved

    async def _cases(self, owner: Owner, agent_id: int | None = None) -> list[Case]:
        async with self.database.read() as session:
            repository = ChatRepository(session)
            return await self._cases_of(repository, await repository.by_owner(owner, agent_id))

    async def _case(self, repository: ChatRepository, conversation: Conversation) -> Case:
        (case,) = await self._cases_of(repository, [conversation])
        return case

    async def _cases_of(self, repository: ChatRepository, conversations: Sequence[Conversation]) -> list[Case]:
        """All of them with as many queries as one: each open desk reads the whole queue whenever it moves."""
        ids = [conversation.id for conversation in conversations]
        if not ids:
            return []
        last = await repository.last_said(ids)
        said = await repository.latest_of_customers(ids, LOOKED_BACK)
        advising = await CaseRepository(repository.session).consulted(ids)
        return [
            _case_of(
                conversation,
                last.get(conversation.id),
                said.get(conversation.id, []),
                {
                    each.colleague_id: each.colleague_name
                    for each in advising
                    if each.conversation_id == conversation.id
                },
            )
            for conversation in conversations
        ]


def _case_of(
    conversation: Conversation, last: Message | None, said: Sequence[Message], consulted: dict[int, str]
) -> Case:
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
        customer_class=conversation.customer_class,
        trend=trend_for_staff(said),
        consulted=consulted,
    )


def storable(text: str) -> str:
    """A text as it can be stored; raises ``InvalidRequest`` when it says nothing, or too much."""
    text = text.replace("\x00", "")  # PostgreSQL keeps none
    if not text.strip() or len(text) > MAX_TEXT:
        raise InvalidRequest(said("message_length", most=MAX_TEXT), code="invalid_text")
    return text


async def _source(repository: ChatRepository, conversation_id: str, suggested: Suggested) -> dict[str, int]:
    """The release and the revision that a suggestion was made from, as the bot noted them; empty if it noted none."""
    for asked in reversed(await repository.customer_lines(conversation_id, TURNS_SUGGESTED_FROM)):
        for candidate in (asked.turn or {}).get("candidates", []):
            release_id, revision = candidate.get("release_id"), candidate.get("revision")
            if candidate["entry_id"] != suggested.entry_id or release_id is None or revision is None:
                continue
            if suggested.release_id in (None, release_id):
                return {"release_id": release_id, "revision": revision}
    return {}


def _edited_suggestion(edited: EditedReply, message: Message) -> EditedSuggestion:
    return EditedSuggestion(
        conversation_id=edited.conversation_id,
        seq=edited.seq,
        entry_id=edited.entry_id,
        language=edited.language,
        suggested=edited.suggested,
        sent=edited.sent,
        agent_name=edited.agent.name,
        at=message.created_at,
    )
