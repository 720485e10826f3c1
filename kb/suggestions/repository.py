"""All SQL of suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from kb.interfaces import AskedQuestion
from kb.models import Origin, SuggestedQuestion, Suggestion

OPEN, ACCEPTED, DISMISSED = "open", "accepted", "dismissed"
KEYS_A_STATEMENT = 400


@dataclass(frozen=True)
class SuggestionFilter:
    """Which suggestions are wanted; None wants all.

    Args:
        status: one of the three.
        language: of the first question.
        scenario: of the nearest entry.
        text: part of the first question.
    """

    status: str | None = None
    language: str | None = None
    scenario: str | None = None
    text: str = ""


class SuggestionRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def leaders(self, encoder: str, limit: int) -> list[tuple[int, str]]:
        """Ids and languages of those that new questions may belong to, in the order of their ids: those asked last."""
        latest = (
            select(Suggestion.id, Suggestion.language)
            .where(Suggestion.encoder == encoder)
            .order_by(Suggestion.last_seen.desc())
            .limit(limit)
            .subquery()
        )
        rows = await self._session.execute(select(latest.c.id, latest.c.language).order_by(latest.c.id))
        return list(rows)

    async def newest_id(self) -> int:
        """The id of the suggestion that was begun last; 0 where there is none."""
        return (await self._session.execute(select(func.coalesce(func.max(Suggestion.id), 0)))).scalar_one()

    async def vectors(self, suggestion_ids: Sequence[int]) -> dict[int, bytes]:
        """The stored vectors of some suggestions."""
        found: dict[int, bytes] = {}
        for at in range(0, len(suggestion_ids), KEYS_A_STATEMENT):
            some = Suggestion.id.in_(suggestion_ids[at : at + KEYS_A_STATEMENT])
            rows = await self._session.execute(select(Suggestion.id, Suggestion.vector).where(some))
            found.update(rows.all())
        return found

    async def foreign(self, encoder: str, limit: int) -> list[Suggestion]:
        """Some whose vectors another encoder made."""
        rows = await self._session.execute(select(Suggestion).where(Suggestion.encoder != encoder).limit(limit))
        return list(rows.scalars())

    async def put_vector(self, suggestion_id: int, vector: bytes, encoder: str) -> None:
        """Store a vector in place of another encoder's."""
        await self._session.execute(
            update(Suggestion).where(Suggestion.id == suggestion_id).values(vector=vector, encoder=encoder)
        )

    async def stored(self, asked: Sequence[AskedQuestion]) -> set[tuple[str, int]]:
        """Which of these questions are there already."""
        found: set[tuple[str, int]] = set()
        for at in range(0, len(asked), KEYS_A_STATEMENT):
            some = [(each.conversation_id, each.seq) for each in asked[at : at + KEYS_A_STATEMENT]]
            rows = await self._session.execute(
                select(SuggestedQuestion.conversation_id, SuggestedQuestion.seq).where(
                    tuple_(SuggestedQuestion.conversation_id, SuggestedQuestion.seq).in_(some)
                )
            )
            found.update(rows)
        return found

    async def add(self, suggestion: Suggestion) -> Suggestion:
        """A new one, with its id."""
        self._session.add(suggestion)
        await self._session.flush()
        return suggestion

    def add_question(self, question: SuggestedQuestion) -> None:
        """One more question of a suggestion."""
        self._session.add(question)

    async def suggestion(self, suggestion_id: int, *, lock: bool = False) -> Suggestion | None:
        """One suggestion; with ``lock``, nobody else changes it before this transaction ends."""
        statement = select(Suggestion).where(Suggestion.id == suggestion_id)
        rows = await self._session.execute(statement.with_for_update() if lock else statement)
        return rows.scalar_one_or_none()

    async def page(self, wanted: SuggestionFilter, offset: int, limit: int) -> list[Suggestion]:
        """Those that are wanted, the most asked first."""
        rows = await self._session.execute(
            select(Suggestion)
            .where(*_conditions(wanted))
            .order_by(Suggestion.count.desc(), Suggestion.last_seen.desc(), Suggestion.id)
            .offset(offset)
            .limit(limit)
        )
        return list(rows.scalars())

    async def count(self, wanted: SuggestionFilter) -> int:
        """How many are wanted."""
        rows = await self._session.execute(select(func.count()).select_from(Suggestion).where(*_conditions(wanted)))
        return rows.scalar_one()

    async def count_by_status(self) -> dict[str, int]:
        """How many there are in each status."""
        rows = await self._session.execute(select(Suggestion.status, func.count()).group_by(Suggestion.status))
        return dict(rows.all())

    async def examples(self, suggestion_id: int, limit: int) -> list[SuggestedQuestion]:
        """The latest questions of a suggestion."""
        rows = await self._session.execute(
            select(SuggestedQuestion)
            .where(SuggestedQuestion.suggestion_id == suggestion_id)
            .order_by(SuggestedQuestion.at.desc(), SuggestedQuestion.seq)
            .limit(limit)
        )
        return list(rows.scalars())

    async def count_by(self, suggestion_ids: Iterable[int], column: str) -> dict[int, dict[str, int]]:
        """How many questions each of some suggestions has, by their ``language`` or ``why``."""
        kind = getattr(SuggestedQuestion, column)
        rows = await self._session.execute(
            select(SuggestedQuestion.suggestion_id, kind, func.count())
            .where(SuggestedQuestion.suggestion_id.in_(list(suggestion_ids)))
            .group_by(SuggestedQuestion.suggestion_id, kind)
        )
        found: dict[int, dict[str, int]] = {}
        for suggestion_id, name, count in rows:
            found.setdefault(suggestion_id, {})[name] = count
        return found

    async def weeks(self, wanted: WeekFilter) -> dict[date, int]:
        """How many questions there were in each week that had some."""
        rows = await self._session.execute(_counted(wanted, SuggestedQuestion.week))
        return dict(rows.all())

    async def kinds(self, wanted: WeekFilter, kind: Literal["language", "why", "scenario"]) -> dict[str, int]:
        """How many questions there were of each kind."""
        columns = {
            "language": SuggestedQuestion.language,
            "why": SuggestedQuestion.why,
            "scenario": Suggestion.scenario,
        }
        rows = await self._session.execute(_counted(wanted, columns[kind]))
        return dict(rows.all())

    async def weeks_of(self, wanted: WeekFilter, suggestion_ids: Sequence[int]) -> dict[tuple[int, date], int]:
        """How many questions each of some suggestions had in each week."""
        rows = await self._session.execute(
            _counted(wanted, SuggestedQuestion.suggestion_id, SuggestedQuestion.week).where(
                SuggestedQuestion.suggestion_id.in_(suggestion_ids)
            )
        )
        return {(row[0], row[1]): row[2] for row in rows}

    async def most_asked(self, wanted: WeekFilter, limit: int) -> list[tuple[int, int]]:
        """The suggestions with the most questions in some weeks, and how many."""
        rows = await self._session.execute(
            select(SuggestedQuestion.suggestion_id, func.count().label("asked"))
            .join(Suggestion, Suggestion.id == SuggestedQuestion.suggestion_id)
            .where(*_week_conditions(wanted))
            .group_by(SuggestedQuestion.suggestion_id)
            .order_by(func.count().desc(), SuggestedQuestion.suggestion_id)
            .limit(limit)
        )
        return [(suggestion_id, asked) for suggestion_id, asked in rows]

    async def named(self, suggestion_ids: Iterable[int]) -> dict[int, Suggestion]:
        """Some suggestions by their ids."""
        rows = await self._session.execute(select(Suggestion).where(Suggestion.id.in_(list(suggestion_ids))))
        return {found.id: found for found in rows.scalars()}

    async def add_origin(self, origin: Origin) -> None:
        """Say where a draft came from."""
        self._session.add(origin)
        await self._session.flush()

    async def origins(self, entry_id: str) -> list[Origin]:
        """Where drafts of an entry came from, the newest first."""
        rows = await self._session.execute(
            select(Origin).where(Origin.entry_id == entry_id).order_by(Origin.id.desc()).limit(100)
        )
        return list(rows.scalars())


@dataclass(frozen=True)
class WeekFilter:
    """Questions of some weeks, given by their Mondays; None wants all."""

    first: date
    last: date
    language: str | None = None
    scenario: str | None = None


def _counted(wanted: WeekFilter, *columns: InstrumentedAttribute[Any]) -> Select[Any]:
    return (
        select(*columns, func.count())
        .select_from(SuggestedQuestion)
        .join(Suggestion, Suggestion.id == SuggestedQuestion.suggestion_id)
        .where(*_week_conditions(wanted))
        .group_by(*columns)
    )


def _week_conditions(wanted: WeekFilter) -> list[ColumnElement[bool]]:
    found = [SuggestedQuestion.week >= wanted.first, SuggestedQuestion.week <= wanted.last]
    if wanted.language:
        found.append(SuggestedQuestion.language == wanted.language)
    if wanted.scenario:
        found.append(Suggestion.scenario == wanted.scenario)
    return found


def _conditions(wanted: SuggestionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status:
        found.append(Suggestion.status == wanted.status)
    if wanted.language:
        found.append(Suggestion.language == wanted.language)
    if wanted.scenario:
        found.append(Suggestion.scenario == wanted.scenario)
    if wanted.text:
        found.append(Suggestion.text.icontains(wanted.text, autoescape=True))
    return found
