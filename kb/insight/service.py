"""How entries fare with customers, and what customers ask that nobody has written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from kb.content import EntryContent, Lang
from kb.insight.heat import Heat, heats
from kb.insight.repository import EntryFacts, InsightRepository
from kb.interfaces import USES, EntryUses, Period, Use
from kb.models import Suggestion
from kb.repository import KnowledgeRepository
from kb.suggestions.collecting import monday_of
from kb.suggestions.repository import SuggestionRepository, WeekFilter
from kit.database import Database

Column = Literal[
    "entry_id", "answered", "helpful", "unhelpful", "offered", "chosen", "handed_off", "last_answer", "last_review"
]
COLUMNS: tuple[Column, ...] = get_args(Column)
MOST_ASKED = 10


@dataclass(frozen=True)
class EntryFigures:
    """How one entry fared in a period.

    Args:
        facts: the entry.
        counts: how often each use of it happened.
        last_answer: when customers were told it last, in the period.
        heat: whether it is among the few that give half of all answers, or live and never given.
        questions: by language; only where they are asked for.
    """

    facts: EntryFacts
    counts: dict[Use, int]
    last_answer: datetime | None
    heat: Heat | None
    questions: dict[Lang, str]


@dataclass(frozen=True)
class InsightFilter:
    """Which entries are wanted, and in which order; None wants all.

    Args:
        scenario: the whole name.
        language: of the customers; counts are of them alone.
        heat: hot or cold.
        sort: by which column.
        falling: whether the largest comes first.
    """

    scenario: str | None = None
    language: Lang | None = None
    heat: Heat | None = None
    sort: Column = "answered"
    falling: bool = True


@dataclass(frozen=True)
class InsightPage:
    """Some entries, how many match, sums over all that match, and the scenarios that there are."""

    entries: list[EntryFigures]
    total: int
    sums: dict[Use, int]
    scenarios: dict[str, int]


@dataclass(frozen=True)
class Unanswered:
    """Questions that were not answered well.

    Args:
        weeks: how many by the Monday of each week, weeks without any among them.
        languages: how many by language.
        scenarios: by the scenario of the nearest entry.
        whys: by why they count.
        most: the suggestions that were asked most: how often, and by week.
    """

    weeks: list[tuple[date, int]]
    languages: dict[str, int]
    scenarios: dict[str, int]
    whys: dict[str, int]
    most: list[tuple[Suggestion, int, list[tuple[date, int]]]]


class Insight:
    """Counts; changes nothing.

    Args:
        uses: what happened to entries in conversations.
    """

    def __init__(self, database: Database, uses: EntryUses) -> None:
        self._database, self._uses = database, uses

    async def entries(
        self, period: Period, wanted: InsightFilter, offset: int = 0, limit: int | None = None
    ) -> InsightPage:
        """A page of the entries that are wanted; all of them without a limit."""
        counts = await self._uses.counts(period, wanted.language)
        by_entry: dict[str, dict[Use, int]] = {}
        last: dict[str, datetime] = {}
        for count in counts:
            by_entry.setdefault(count.entry_id, {})[count.use] = count.count
            if count.use == "answered":
                last[count.entry_id] = count.last
        async with self._database.read() as session:
            live = await KnowledgeRepository(session).live_release_id()
            facts = await InsightRepository(session).facts(live)
        hot = heats(
            {each.entry_id: by_entry.get(each.entry_id, {}).get("answered", 0) for each in facts if each.is_live}
        )
        rows = [
            EntryFigures(each, by_entry.get(each.entry_id, {}), last.get(each.entry_id), hot.get(each.entry_id), {})
            for each in facts
            if each.status != "archived" or each.entry_id in by_entry
        ]
        scenarios: dict[str, int] = {}
        for row in rows:
            scenarios[row.facts.scenario] = scenarios.get(row.facts.scenario, 0) + 1
        chosen = sorted_figures([row for row in rows if _is_wanted(row, wanted)], wanted.sort, falling=wanted.falling)
        shown = chosen[offset:] if limit is None else chosen[offset : offset + limit]
        sums: dict[Use, int] = {use: sum(row.counts.get(use, 0) for row in chosen) for use in USES}
        return InsightPage(await self._with_questions(shown), len(chosen), sums, scenarios)

    async def unanswered(self, since: date, until: date, language: Lang | None, scenario: str | None) -> Unanswered:
        """Questions of the weeks that two days lie in and those between."""
        wanted = WeekFilter(monday_of(since), monday_of(until), language, scenario)
        async with self._database.read() as session:
            repository = SuggestionRepository(session)
            by_week = await repository.weeks(wanted)
            languages = await repository.kinds(wanted, "language")
            scenarios = await repository.kinds(wanted, "scenario")
            whys = await repository.kinds(wanted, "why")
            most = await repository.most_asked(wanted, MOST_ASKED)
            named = await repository.named(key for key, _ in most)
            weekly = await repository.weeks_of(wanted, [key for key, _ in most])
        weeks = _weeks(wanted.first, wanted.last)
        return Unanswered(
            [(week, by_week.get(week, 0)) for week in weeks],
            languages,
            scenarios,
            whys,
            [(named[key], asked, [(week, weekly.get((key, week), 0)) for week in weeks]) for key, asked in most],
        )

    async def _with_questions(self, rows: Sequence[EntryFigures]) -> list[EntryFigures]:
        async with self._database.read() as session:
            contents = await KnowledgeRepository(session).contents(row.facts.revision_id for row in rows)
        return [
            EntryFigures(row.facts, row.counts, row.last_answer, row.heat, _questions(contents[row.facts.revision_id]))
            for row in rows
        ]


def sorted_figures(rows: Sequence[EntryFigures], column: Column, *, falling: bool) -> list[EntryFigures]:
    """Rows by a column; equal ones by their ids, and those that have no value last."""

    def value(row: EntryFigures) -> str | float | None:
        if column == "entry_id":
            return row.facts.entry_id
        if column == "last_answer" or column == "last_review":
            at = row.last_answer if column == "last_answer" else row.facts.last_review
            return at.timestamp() if at else None
        return row.counts.get(column, 0)

    by_id = sorted(rows, key=lambda row: row.facts.entry_id)
    valued = [row for row in by_id if value(row) is not None]
    return [
        *sorted(valued, key=value, reverse=falling),  # type: ignore[arg-type]  # no None among them
        *(row for row in by_id if value(row) is None),
    ]


def _is_wanted(row: EntryFigures, wanted: InsightFilter) -> bool:
    return wanted.scenario in (None, row.facts.scenario) and wanted.heat in (None, row.heat)


def _questions(content: EntryContent) -> dict[Lang, str]:
    return {language: variant.question for language, variant in content.variants.items()}


def _weeks(first: date, last: date) -> list[date]:
    return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
