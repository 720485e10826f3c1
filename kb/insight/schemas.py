"""Shapes of suggestions and insight over REST."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from kb.content import Lang
from kb.insight.heat import Heat
from kb.insight.service import EntryFigures, InsightPage, Unanswered
from kb.interfaces import USES, Use, Why
from kb.models import Origin
from kb.schemas import Count
from kb.suggestions.service import Nearest, Shown, SuggestionPage

SuggestionStatus = Literal["open", "accepted", "dismissed"]


class ExampleView(BaseModel):
    """One question of a suggestion, personal data masked."""

    text: str
    language: Lang
    why: Why
    at: datetime


class NearestView(BaseModel):
    """The entry that a question finds at present; ``is_answered``: a customer who asks it now is told that."""

    entry_id: str
    questions: dict[Lang, str]
    confidence: float
    is_answered: bool

    @classmethod
    def of(cls, nearest: Nearest) -> NearestView:
        """Of what was found."""
        return cls(
            entry_id=nearest.entry_id,
            questions=nearest.questions,
            confidence=round(nearest.confidence, 4),
            is_answered=nearest.is_answered,
        )


class SuggestionView(BaseModel):
    """Questions that mean the same; ``entry_id`` and ``revision`` are what became of them."""

    id: int
    text: str
    language: Lang
    status: SuggestionStatus
    count: int
    languages: list[Count]
    whys: list[Count]
    first_seen: datetime
    last_seen: datetime
    scenario: str
    examples: list[ExampleView]
    nearest: NearestView | None
    entry_id: str | None
    revision: int | None
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, shown: Shown) -> SuggestionView:
        """Of a suggestion as it is stored."""
        stored = shown.suggestion
        return cls.model_validate(
            {
                **{name: getattr(stored, name) for name in _STORED},
                "languages": Count.all_of(shown.languages),
                "whys": Count.all_of(shown.whys),
                "examples": [
                    {"text": each.text, "language": each.language, "why": each.why, "at": each.at}
                    for each in shown.examples
                ],
                "nearest": NearestView.of(shown.nearest) if shown.nearest else None,
            }
        )


_STORED = (
    "id",
    "text",
    "language",
    "status",
    "count",
    "first_seen",
    "last_seen",
    "scenario",
    "entry_id",
    "revision",
    "decided_by",
    "decided_at",
)


class SuggestionList(BaseModel):
    """Some suggestions, the most asked first."""

    suggestions: list[SuggestionView]
    total: int
    statuses: list[Count]

    @classmethod
    def of(cls, page: SuggestionPage) -> SuggestionList:
        """Of a page."""
        return cls(
            suggestions=[SuggestionView.of(each) for each in page.suggestions],
            total=page.total,
            statuses=Count.all_of(page.statuses),
        )


class AcceptRequest(BaseModel):
    """The entry that a question goes to; ``questions`` are of the examples, the first question where none is named."""

    entry_id: str = Field(min_length=1, max_length=120)
    questions: Annotated[list[str], Field(max_length=6)] = []
    in_spite: bool = False


class DismissRequest(BaseModel):
    """Why."""

    comment: str = Field("", max_length=2000)


class DraftView(BaseModel):
    """The draft that came of it."""

    entry_id: str
    revision: int


class OriginView(BaseModel):
    """Where a draft came from. The conversation is named to whoever may read it."""

    kind: Literal["suggestion", "reply"]
    revision: int
    question: str
    by: str
    at: datetime
    suggestion_id: int | None
    conversation_id: str | None
    seq: int | None

    @classmethod
    def of(cls, origin: Origin, *, with_conversation: bool) -> OriginView:
        """Of a row."""
        return cls.model_validate(
            {
                **{name: getattr(origin, name) for name in ("revision", "question", "by", "at", "suggestion_id")},
                "kind": origin.kind,
                "conversation_id": origin.conversation_id if with_conversation else None,
                "seq": origin.seq if with_conversation else None,
            }
        )


class OriginList(BaseModel):
    """Where drafts of an entry came from, the newest first."""

    origins: list[OriginView]


class UseCounts(BaseModel):
    """How often each use of an entry happened."""

    answered: int
    offered: int
    chosen: int
    helpful: int
    unhelpful: int
    handed_off: int

    @classmethod
    def of(cls, counts: Mapping[Use, int]) -> UseCounts:
        """Those that are missing did not happen."""
        values: dict[str, Any] = {use: counts.get(use, 0) for use in USES}
        return cls(**values)


class EntryInsight(BaseModel):
    """How an entry fared."""

    entry_id: str
    scenario: str
    status: str
    is_live: bool
    questions: dict[Lang, str]
    counts: UseCounts
    last_answer: datetime | None
    last_review: datetime | None
    heat: Heat | None

    @classmethod
    def of(cls, row: EntryFigures) -> EntryInsight:
        """Of a row."""
        return cls(
            entry_id=row.facts.entry_id,
            scenario=row.facts.scenario,
            status=row.facts.status,
            is_live=row.facts.is_live,
            questions=row.questions,
            counts=UseCounts.of(row.counts),
            last_answer=row.last_answer,
            last_review=row.facts.last_review,
            heat=row.heat,
        )


class InsightView(BaseModel):
    """How some entries fared from one day to another, both among them."""

    since: date
    until: date
    entries: list[EntryInsight]
    total: int
    sums: UseCounts
    scenarios: list[Count]

    @classmethod
    def of(cls, page: InsightPage, since: date, until: date) -> InsightView:
        """Of a page."""
        return cls(
            since=since,
            until=until,
            entries=[EntryInsight.of(row) for row in page.entries],
            total=page.total,
            sums=UseCounts.of(page.sums),
            scenarios=Count.all_of(page.scenarios),
        )


class WeekCount(BaseModel):
    """How many there were in the week that begins on a Monday."""

    week: date
    count: int


class AskedMost(BaseModel):
    """A suggestion that was asked often, and when."""

    id: int
    text: str
    language: Lang
    status: SuggestionStatus
    count: int
    weeks: list[WeekCount]


class UnansweredView(BaseModel):
    """Questions that were not answered well."""

    since: date
    until: date
    total: int
    weeks: list[WeekCount]
    languages: list[Count]
    scenarios: list[Count]
    whys: list[Count]
    most: list[AskedMost]

    @classmethod
    def of(cls, found: Unanswered, since: date, until: date) -> UnansweredView:
        """Of what was counted."""
        return cls(
            since=since,
            until=until,
            total=sum(count for _, count in found.weeks),
            weeks=[WeekCount(week=week, count=count) for week, count in found.weeks],
            languages=Count.all_of(found.languages),
            scenarios=Count.all_of(found.scenarios),
            whys=Count.all_of(found.whys),
            most=[
                AskedMost.model_validate(
                    {
                        **{name: getattr(suggestion, name) for name in ("id", "text", "language", "status")},
                        "count": count,
                        "weeks": [WeekCount(week=week, count=number) for week, number in weeks],
                    }
                )
                for suggestion, count, weeks in found.most
            ],
        )
