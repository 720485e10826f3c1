"""All SQL of what happened to entries in conversations, and of questions that were not answered well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.models import EntryUse, Message, UnansweredQuestion
from chat.records.poor_turns import question_before, why_poor
from kb.interfaces import Period, Use, UseCount, Why

MESSAGES_LOOKED_BACK = 5


class Records:
    """Works inside the transaction it is given, which is the one that stores what it is about."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def said(self, message: Message) -> None:
        """Note what a stored message did to entries: answered with one, offered some, or chose one."""
        data = message.data
        if message.sender == "bot" and message.kind == "answer" and "entry_id" in data:
            self._used("answered", message, str(data["entry_id"]), data.get("release_id"), data.get("revision"))
        elif message.sender == "bot" and message.kind == "choices":
            for entry_id in dict.fromkeys(str(choice["entry_id"]) for choice in data.get("choices", [])):
                self._used("offered", message, entry_id)
        elif message.sender == "customer" and data.get("choice"):
            choice = str(data["choice"])
            if await self._was_offered(message.conversation_id, choice):
                self._used("chosen", message, choice)

    async def voted(self, message: Message, helpful: bool, at: datetime) -> None:
        """Note a customer's opinion of what the bot said, in place of an earlier one."""
        if message.kind == "answer" and "entry_id" in message.data:
            await self._session.execute(
                delete(EntryUse).where(
                    EntryUse.conversation_id == message.conversation_id,
                    EntryUse.seq == message.seq,
                    EntryUse.use.in_(("helpful", "unhelpful")),
                )
            )
            self._used("helpful" if helpful else "unhelpful", message, str(message.data["entry_id"]), at=at)
        if not helpful:
            await self._unanswered(await self._question_before(message), "not_helpful", at)

    async def turn_noted(self, message: Message) -> None:
        """Note a turn that left the customer without a good answer."""
        why = why_poor(message.turn)
        if why is not None:
            asked = await self._question_before(message) if why == "none_of_these" else message
            await self._unanswered(asked, why, message.created_at)

    async def handed_off(self, conversation_id: str, at: datetime, since: datetime) -> None:
        """Note that a conversation went to a person after its last answer, if that is not older than ``since``."""
        last = await self._session.execute(
            select(EntryUse)
            .where(EntryUse.conversation_id == conversation_id, EntryUse.use == "answered", EntryUse.at >= since)
            .order_by(EntryUse.seq.desc())
            .limit(1)
        )
        answered = last.scalar_one_or_none()
        if answered is not None:
            await self._session.merge(
                EntryUse(
                    conversation_id=conversation_id,
                    seq=answered.seq,
                    use="handed_off",
                    entry_id=answered.entry_id,
                    language=answered.language,
                    at=at,
                )
            )

    async def counts(self, period: Period, language: str | None) -> list[UseCount]:
        """Of each entry and use within a period."""
        statement = (
            select(EntryUse.entry_id, EntryUse.use, func.count(), func.max(EntryUse.at))
            .where(EntryUse.at >= period.since, EntryUse.at < period.until)
            .group_by(EntryUse.entry_id, EntryUse.use)
        )
        if language is not None:
            statement = statement.where(EntryUse.language == language)
        rows = await self._session.execute(statement)
        return [UseCount(entry_id, cast(Use, use), count, last) for entry_id, use, count, last in rows]

    async def waiting(self, limit: int) -> list[tuple[UnansweredQuestion, Message]]:
        """Questions that the knowledge base has not taken yet, the oldest first."""
        rows = await self._session.execute(
            select(UnansweredQuestion, Message)
            .join(
                Message,
                (Message.conversation_id == UnansweredQuestion.conversation_id)
                & (Message.seq == UnansweredQuestion.seq),
            )
            .where(UnansweredQuestion.taken.is_(False))
            .order_by(UnansweredQuestion.at)
            .limit(limit)
        )
        return list(rows)

    async def take(self, keys: Sequence[tuple[str, int]]) -> None:
        """The knowledge base has them."""
        if keys:
            await self._session.execute(
                update(UnansweredQuestion)
                .where(tuple_(UnansweredQuestion.conversation_id, UnansweredQuestion.seq).in_(keys))
                .values(taken=True)
            )

    async def question_of_reply(self, reply: Message) -> Message | None:
        """The customer's question that an agent's reply answers."""
        return await self._question_before(reply)

    def _used(
        self,
        use: Use,
        message: Message,
        entry_id: str,
        release_id: int | None = None,
        revision: int | None = None,
        *,
        at: datetime | None = None,
    ) -> None:
        """A new use; that there is none like it need not be asked, since each message is stored once."""
        self._session.add(
            EntryUse(
                conversation_id=message.conversation_id,
                seq=message.seq,
                use=use,
                entry_id=entry_id,
                language=message.language,
                release_id=release_id,
                revision=revision,
                at=at or message.created_at,
            )
        )

    async def _unanswered(self, asked: Message | None, why: Why, at: datetime) -> None:
        """The first reason stays; a question is one question."""
        if asked is None:
            return
        key = (asked.conversation_id, asked.seq)
        if await self._session.get(UnansweredQuestion, key) is None:
            self._session.add(UnansweredQuestion(conversation_id=key[0], seq=key[1], why=why, at=at, taken=False))
            await self._session.flush()

    async def _question_before(self, message: Message) -> Message | None:
        rows = await self._session.execute(
            select(Message)
            .where(
                Message.conversation_id == message.conversation_id,
                Message.sender == "customer",
                Message.seq < message.seq,
            )
            .order_by(Message.seq.desc())
            .limit(MESSAGES_LOOKED_BACK)
        )
        return question_before(rows.scalars())

    async def _was_offered(self, conversation_id: str, entry_id: str) -> bool:
        rows = await self._session.execute(
            select(func.count())
            .select_from(EntryUse)
            .where(
                EntryUse.conversation_id == conversation_id, EntryUse.use == "offered", EntryUse.entry_id == entry_id
            )
        )
        return rows.scalar_one() > 0
