"""All SQL of notes, consultations, outcomes, ratings, and a customer's other conversations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.casework.models import CaseNote, CaseOutcome, Consultation, EditedSuggestion, Rating
from chat.channels import TEST_CHANNELS
from chat.models import Conversation, Message, OwnerChange
from chat.ownership import Owner
from chat.repository import TOPIC_LASTS
from handoff.facts import Reason

OTHERS_AT_MOST = 20
LIVE_AT_MOST = 200

_AGENT_WORDS = (  # built once: asked at every turn
    select(Message)
    .where(
        Message.conversation_id == bindparam("id"),
        Message.sender == "agent",
        Message.seq > bindparam("after"),
        Message.seq < bindparam("before"),
        Message.created_at > bindparam("since"),
    )
    .order_by(Message.seq)
)


class CaseRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: CaseOutcome | EditedSuggestion) -> None:
        """A new outcome, or a new edited suggestion."""
        self._session.add(row)

    # notes

    async def append_note(self, note: CaseNote) -> CaseNote:
        """Store a note under the conversation's next number. The conversation must be locked."""
        last = await self._session.execute(
            select(func.max(CaseNote.number)).where(CaseNote.conversation_id == note.conversation_id)
        )
        note.number = (last.scalar_one() or 0) + 1
        self._session.add(note)
        await self._session.flush()
        return note

    async def note_by_client_id(self, conversation_id: str, author_id: int, client_id: str) -> CaseNote | None:
        """The note that this author has written before under this id."""
        statement = select(CaseNote).where(
            CaseNote.conversation_id == conversation_id,
            CaseNote.author_id == author_id,
            CaseNote.client_id == client_id,
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def notes(self, conversation_id: str, after: int) -> list[CaseNote]:
        """Notes after a number, in order."""
        statement = (
            select(CaseNote)
            .where(CaseNote.conversation_id == conversation_id, CaseNote.number > after)
            .order_by(CaseNote.number)
        )
        return list((await self._session.execute(statement)).scalars())

    # consultations

    async def consult(self, consultation: Consultation) -> None:
        """Begin, or begin again."""
        await self._session.merge(consultation)
        await self._session.flush()

    async def consulted(self, conversation_ids: Sequence[str]) -> list[Consultation]:
        """Who is being consulted now in these conversations."""
        statement = (
            select(Consultation)
            .where(Consultation.conversation_id.in_(conversation_ids), Consultation.ended_at.is_(None))
            .order_by(Consultation.colleague_id)
        )
        return list((await self._session.execute(statement)).scalars())

    async def end_consultations(self, conversation_id: str, at: datetime, colleague_id: int | None = None) -> bool:
        """End one, or all; whether there was one."""
        statement = update(Consultation).where(
            Consultation.conversation_id == conversation_id, Consultation.ended_at.is_(None)
        )
        if colleague_id is not None:
            statement = statement.where(Consultation.colleague_id == colleague_id)
        ended = await self._session.execute(statement.values(ended_at=at))
        return bool(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has a row count

    async def consulted_by(self, colleague_id: int) -> list[Conversation]:
        """Conversations in which this colleague is being consulted, the oldest request first."""
        statement = (
            select(Conversation)
            .join(Consultation, Consultation.conversation_id == Conversation.id)
            .where(Consultation.colleague_id == colleague_id, Consultation.ended_at.is_(None))
            .order_by(Consultation.asked_at, Conversation.id)
        )
        return list((await self._session.execute(statement)).scalars())

    # conversations

    async def live(self, since: datetime) -> list[Conversation]:
        """With people, waiting, or with the bot and something said since then: people first, the longest first."""
        newest = and_(Message.conversation_id == Conversation.id, Message.seq == Conversation.last_seq)
        place = case({Owner.WAITING.value: 0, Owner.AGENT.value: 1}, value=Conversation.owner, else_=2)
        statement = (
            select(Conversation)
            .outerjoin(Message, newest)
            .where(
                or_(
                    Conversation.owner.in_((Owner.WAITING, Owner.AGENT)),
                    and_(Conversation.owner == Owner.BOT, Message.created_at > since),
                )
            )
            .order_by(place, Conversation.waiting_since, Conversation.created_at, Conversation.id)
            .limit(LIVE_AT_MOST)
        )
        return list((await self._session.execute(statement)).scalars())

    async def others(self, conversation: Conversation) -> list[tuple[Conversation, str | None, bool]]:
        """The same customer's other conversations, the newest first: how each ended, and whether it was a complaint."""
        if conversation.customer_id is None:
            return []
        complained = (
            select(OwnerChange.version)
            .where(OwnerChange.conversation_id == Conversation.id, OwnerChange.reason == Reason.COMPLAINT)
            .exists()
        )
        found = await self._session.execute(
            select(Conversation, CaseOutcome.kind, complained)
            .outerjoin(CaseOutcome, CaseOutcome.conversation_id == Conversation.id)
            .where(
                Conversation.customer_id == conversation.customer_id,
                Conversation.id != conversation.id,
                Conversation.customer_seq > 0,
            )
            .order_by(Conversation.created_at.desc(), Conversation.id)
            .limit(OTHERS_AT_MOST)
        )
        return [(row[0], row[1], bool(row[2])) for row in found]

    async def agent_words(self, message: Message, after: int) -> list[Message]:
        """What an agent said before a customer's message and after another one, if the topic is not old."""
        wanted = {
            "id": message.conversation_id,
            "after": after,
            "before": message.seq,
            "since": message.created_at - TOPIC_LASTS,
        }
        return list((await self._session.execute(_AGENT_WORDS, wanted)).scalars())

    # outcomes and ratings

    async def outcomes(self, since: datetime | None = None) -> list[tuple[CaseOutcome, Conversation]]:
        """Closed conversations with the agents' judgement, in the order of closing."""
        statement = (
            select(CaseOutcome, Conversation)
            .join(Conversation, Conversation.id == CaseOutcome.conversation_id)
            .order_by(CaseOutcome.at, CaseOutcome.conversation_id)
        )
        if since is not None:
            statement = statement.where(CaseOutcome.at >= since)
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    async def edited_suggestions(self) -> list[EditedSuggestion]:
        """The newest first."""
        statement = select(EditedSuggestion).order_by(EditedSuggestion.at.desc(), EditedSuggestion.conversation_id)
        return list((await self._session.execute(statement)).scalars())

    async def speakers(self, conversation_id: str) -> dict[str, str | None]:
        """Which of ``bot`` and ``agent`` have spoken, each with the name that spoke last."""
        found = await self._session.execute(
            select(Message.sender, Message.sender_name)
            .where(Message.conversation_id == conversation_id, Message.sender.in_(("bot", "agent")))
            .order_by(Message.seq)
        )
        return {row[0]: row[1] for row in found}

    async def rating(self, conversation_id: str, subject: str) -> Rating | None:
        """What the customer has said of the bot, or of the person."""
        return await self._session.get(Rating, (conversation_id, subject))

    async def ratings_of(self, conversation_id: str) -> dict[str, Rating]:
        """A conversation's ratings by subject."""
        statement = select(Rating).where(Rating.conversation_id == conversation_id)
        return {rating.subject: rating for rating in (await self._session.execute(statement)).scalars()}

    async def rate(self, values: dict[str, Any]) -> None:
        """Store a rating; a second one of the same subject takes the place of the first."""
        await self._session.merge(Rating(**values))

    async def ratings(self, since: datetime) -> list[tuple[Rating, Conversation]]:
        """Customers' ratings of conversations begun since then, the newest first, each with its conversation."""
        statement = (
            select(Rating, Conversation)
            .join(Conversation, Conversation.id == Rating.conversation_id)
            .where(Conversation.created_at >= since, Conversation.channel.not_in(TEST_CHANNELS))
            .order_by(Rating.at.desc(), Rating.conversation_id, Rating.subject)
        )
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    async def ratable(self, subject: str, since: datetime) -> int:
        """Conversations begun since then whose customer could rate the subject: it spoke, and its part is over.

        For the person that is once the person has left; for the bot once the conversation has ended.
        """
        spoke = (
            select(Message.seq).where(Message.conversation_id == Conversation.id, Message.sender == subject).exists()
        )
        over = (Owner.CLOSED.value,) if subject == "bot" else (Owner.CLOSED.value, Owner.BOT.value)
        statement = (
            select(func.count())
            .select_from(Conversation)
            .where(Conversation.created_at >= since, Conversation.channel.not_in(TEST_CHANNELS))
            .where(Conversation.owner.in_(over), Conversation.customer_seq > 0, spoke)
        )
        return (await self._session.execute(statement)).scalar_one()

    async def customers_words(self, conversation_ids: Iterable[str]) -> dict[str, list[Message]]:
        """The customers' messages of these conversations, in order."""
        found: dict[str, list[Message]] = {}
        statement = (
            select(Message)
            .where(Message.conversation_id.in_(list(conversation_ids)), Message.sender == "customer")
            .order_by(Message.conversation_id, Message.seq)
        )
        for message in (await self._session.execute(statement)).scalars():
            found.setdefault(message.conversation_id, []).append(message)
        return found
