"""What the knowledge base is told of conversations: `kb.interfaces` over the database, personal data masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from chat.records.repository import Records
from kb.content import Lang
from kb.interfaces import AskedQuestion, Period, UseCount, Why
from kit.database import Database
from kit.masking import mask


class ConversationRecords:
    """Questions asked in vain, and what happened to entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, limit: int) -> list[AskedQuestion]:
        """Those that nobody has taken yet, the oldest first."""
        async with self._database.read() as session:
            found = await Records(session).waiting(limit)
        return [
            AskedQuestion(
                message.conversation_id,
                message.seq,
                mask(message.text),
                "en" if message.language == "en" else "zh",
                cast(Why, row.why),
                message.created_at,
            )
            for row, message in found
        ]

    async def take(self, asked: Sequence[AskedQuestion]) -> None:
        """They need not be given again."""
        async with self._database.write() as session:
            await Records(session).take([(each.conversation_id, each.seq) for each in asked])

    async def counts(self, period: Period, language: Lang | None) -> list[UseCount]:
        """Of each entry and use that there was in a period."""
        async with self._database.read() as session:
            return await Records(session).counts(period, language)
