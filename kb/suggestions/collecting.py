"""Takes up what customers asked in vain and puts what means the same together, a little at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from kb.comparing import Comparing
from kb.encoder import EncoderUnavailable, Vectors
from kb.interfaces import AskedQuestion, AskedQuestions
from kb.models import SuggestedQuestion, Suggestion
from kb.repository import KnowledgeRepository
from kb.suggestions.grouping import grouped, plain
from kb.suggestions.leaders import LOT, Leaders, packed
from kb.suggestions.repository import ACCEPTED, OPEN, SuggestionRepository
from kit.database import Database
from kit.errors import Unavailable

log = structlog.get_logger(__name__)

COLLECT_SECONDS = 3.0


@dataclass(frozen=True)
class Read:
    """A question that was read: what it is compared by, and what it found."""

    asked: AskedQuestion
    raw: Vectors
    nearest_id: str
    confidence: float
    scenario: str


class Collector:
    """Groups new questions; each is stored once, whichever workers find it.

    Args:
        asked: what customers asked.
        comparing: tells which questions mean the same.
        day_of: the day of a moment at the bank.
    """

    def __init__(
        self, database: Database, asked: AskedQuestions, comparing: Comparing, day_of: Callable[[datetime], date]
    ) -> None:
        self._database, self._asked, self._comparing, self._day_of = database, asked, comparing, day_of
        self._leaders = Leaders(database, comparing)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look for new questions every few seconds."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(COLLECT_SECONDS)
            try:
                while await self.collect():
                    log.debug("suggestions_collected")
            except EncoderUnavailable as error:
                log.debug("suggestions_wait", reason=error.message)  # counted where it failed
            except Unavailable as error:
                log.warning("suggestions_wait", code=error.code)
            except Exception as error:  # edge of a background task: the next round tries again
                log.error("suggestions_not_collected", exc_info=error)

    async def collect(self) -> int:
        """Take up the next questions; returns how many were looked at.

        Raises:
            EncoderUnavailable: they cannot be compared at present, and wait.
        """
        waiting = await self._asked.waiting(LOT) if self._comparing.is_possible else []
        if not waiting:
            return 0
        read = await self._read([each for each in waiting if any(map(str.isalnum, plain(each.text)))])
        while read and not await self._store(read):
            log.debug("suggestions_overtaken")
        await self._asked.take(waiting)
        return len(waiting)

    async def _read(self, asked: Sequence[AskedQuestion]) -> list[Read]:
        questions = [(plain(each.text), each.language) for each in asked]
        if not questions:
            return []
        raw, found = await self._comparing.raw(questions), await self._comparing.found(questions)
        return [
            Read(each, vector, first.entry.id, first.confidence, first.entry.scenario)
            for each, vector, (first, _) in zip(asked, raw, found, strict=True)
        ]

    async def _store(self, read: Sequence[Read]) -> bool:
        """Put questions to their suggestions; False when another worker has begun a suggestion meanwhile."""
        newest_id, leaders, held = await self._leaders.newest()
        vectors = self._comparing.centred(np.stack([each.raw for each in read]), [each.asked.language for each in read])
        groups = await asyncio.to_thread(grouped, vectors, held if leaders else held.reshape(0, vectors.shape[1]))
        async with self._database.write() as session:
            repository = SuggestionRepository(session)
            live_id = await KnowledgeRepository(session).live_release_id(lock=True)  # one worker after the other
            if await repository.newest_id() != newest_id:
                return False
            known = await repository.stored([each.asked for each in read])
            ids: list[int | None] = [*leaders]
            for each, group in zip(read, groups, strict=True):
                ids += [None] * (group + 1 - len(ids))
                if (each.asked.conversation_id, each.asked.seq) in known:
                    continue
                suggestion_id = ids[group]
                suggestion = await repository.suggestion(suggestion_id) if suggestion_id is not None else None
                if suggestion is None:
                    suggestion = await repository.add(self._begun(each))
                    ids[group] = suggestion.id
                await self._put(session, suggestion, each.asked, live_id)
        return True

    async def _put(
        self, session: AsyncSession, suggestion: Suggestion, asked: AskedQuestion, live_id: int | None
    ) -> None:
        SuggestionRepository(session).add_question(
            SuggestedQuestion(
                conversation_id=asked.conversation_id,
                seq=asked.seq,
                suggestion_id=suggestion.id,
                text=asked.text,
                language=asked.language,
                why=asked.why,
                at=asked.at,
                week=monday_of(self._day_of(asked.at)),
            )
        )
        suggestion.count += 1
        suggestion.first_seen = min(suggestion.first_seen, asked.at)
        suggestion.last_seen = max(suggestion.last_seen, asked.at)
        if suggestion.status == ACCEPTED and suggestion.entry_id and suggestion.revision:
            live = await KnowledgeRepository(session).live_numbers(live_id, [suggestion.entry_id])
            if live.get(suggestion.entry_id, 0) >= suggestion.revision:
                suggestion.status = OPEN  # customers are told what was written, and it does not help them

    def _begun(self, read: Read) -> Suggestion:
        return Suggestion(
            text=read.asked.text,
            language=read.asked.language,
            vector=packed(read.raw),
            encoder=self._comparing.encoder_name,
            status=OPEN,
            count=0,
            first_seen=read.asked.at,
            last_seen=read.asked.at,
            nearest_id=read.nearest_id,
            nearest_confidence=read.confidence,
            scenario=read.scenario,
        )


def monday_of(day: date) -> date:
    """The Monday on or before a day."""
    return day - timedelta(days=day.weekday())
