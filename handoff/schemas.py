"""Shapes of the desk, as ``docs/protocol.md`` describes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from handoff.desk import Lists
from handoff.interfaces import Case, Line, OutcomeKind
from handoff.trend import Direction, Trend
from kit.masking import mask


class AgentView(BaseModel):
    """Who talks to the customer."""

    name: str


class Colleague(BaseModel):
    """A member of staff."""

    id: int
    name: str


class LastMessage(BaseModel):
    """The last line of a list's row."""

    sender: str
    text: str
    created_at: datetime


class TrendPointView(BaseModel):
    """How one customer message felt; ``negativity`` is 0 to 1."""

    seq: int
    emotion: str
    negativity: float


class TrendView(BaseModel):
    """Where the customer's feeling goes, and the latest messages it was read from, oldest first."""

    direction: Direction
    points: list[TrendPointView]

    @classmethod
    def of(cls, trend: Trend) -> TrendView:
        """The view of a trend."""
        points = [
            TrendPointView(seq=point.seq, emotion=point.emotion, negativity=round(point.negativity, 3))
            for point in trend.points
        ]
        return cls(direction=trend.direction, points=points)


class CaseView(BaseModel):
    """A conversation as the desk lists it."""

    id: str
    version: int
    language: str
    owner: str
    customer_class: str
    reason: str | None
    emotion: str
    trend: TrendView
    waiting_since: datetime | None
    taken_at: datetime | None
    agent: AgentView | None
    last_message: LastMessage | None
    last_seq: int
    summary: str
    slots: dict[str, Any]
    consulted: list[Colleague]

    @classmethod
    def of(cls, case: Case) -> CaseView:
        """The view of a case."""
        last = case.last_line
        return cls(
            id=case.id,
            version=case.version,
            language=case.language,
            owner=case.owner,
            customer_class=case.customer_class,
            reason=case.reason,
            emotion=case.emotion,
            trend=TrendView.of(case.trend),
            waiting_since=case.waiting_since,
            taken_at=case.taken_at,
            agent=AgentView(name=case.agent_name) if case.agent_name else None,
            last_message=LastMessage(sender=last.sender, text=mask(last.text)[:200], created_at=last.created_at)
            if last
            else None,
            last_seq=case.last_seq,
            summary=case.wants,
            slots=case.slots,
            consulted=[Colleague(id=number, name=name) for number, name in case.consulted.items()],
        )


class StaffMessage(BaseModel):
    """A message as staff see it, with what the bot made of it."""

    seq: int
    client_id: str | None
    sender: str
    sender_name: str | None
    kind: str
    text: str
    language: str
    data: dict[str, Any]
    turn: dict[str, Any] | None
    created_at: datetime
    helpful: bool | None

    @classmethod
    def of(cls, line: Line) -> StaffMessage:
        """The view of a line."""
        return cls.model_validate(line, from_attributes=True)


class Queue(BaseModel):
    """The lists of the left pane."""

    waiting: list[CaseView]
    mine: list[CaseView]
    consulted: list[CaseView]

    @classmethod
    def of(cls, lists: Lists) -> Queue:
        """The view of the lists."""
        return cls(
            waiting=[CaseView.of(case) for case in lists.waiting],
            mine=[CaseView.of(case) for case in lists.mine],
            consulted=[CaseView.of(case) for case in lists.consulted],
        )


class CaseAnswer(BaseModel):
    """A case."""

    case: CaseView


class SuggestionUsed(BaseModel):
    """The suggested answer that a reply began as, and its words as they were put into the box.

    ``release_id`` is the candidate's; without one, the entry's latest candidate in the conversation is meant.
    """

    entry_id: str = Field(min_length=1, max_length=120)
    inserted: str = Field(min_length=1, max_length=8000)
    release_id: int | None = None


class Reply(BaseModel):
    """What an agent says; ``client_id`` makes a retry harmless."""

    client_id: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=2000)
    suggestion: SuggestionUsed | None = None


class Seen(BaseModel):
    """The version of the case that the caller decided on; without one, any will do."""

    version: int | None = Field(None, ge=0)


class Closing(Seen):
    """How the conversation went; ``entry_id`` is the answer that solved it."""

    outcome: OutcomeKind | None = None
    entry_id: str | None = Field(None, min_length=1, max_length=120)


class StoredReply(BaseModel):
    """A reply that is stored."""

    message: StaffMessage
