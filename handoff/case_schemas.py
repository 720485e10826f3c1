"""Shapes of notes, transfers, advice, summaries and ratings at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from handoff.case_desk import RatingReport
from handoff.case_interfaces import Note, OtherConversation, Subject
from handoff.schemas import CaseAnswer, CaseView, Colleague, Seen, StaffMessage
from handoff.summary import Summary


class NoteView(BaseModel):
    """A note as staff see it; no customer ever does."""

    number: int
    kind: Literal["note", "transfer", "consult", "consult_end", "taken_over"]
    author: Colleague
    client_id: str | None
    text: str
    data: dict[str, Any]
    after_seq: int
    created_at: datetime

    @classmethod
    def of(cls, note: Note) -> NoteView:
        """The view of a note."""
        return cls.model_validate(
            {**vars(note), "author": Colleague(id=note.author.id, name=note.author.name)}, from_attributes=True
        )


class AttemptView(BaseModel):
    """One thing that was tried."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["answer", "choices", "decline", "agent"]
    entry_id: str | None
    title: str
    helpful: bool | None
    chosen: str | None


class SummaryView(BaseModel):
    """What happened so far."""

    model_config = ConfigDict(from_attributes=True)

    wants: list[str]
    tried: list[AttemptView]
    turns: int

    @classmethod
    def of(cls, summary: Summary) -> SummaryView:
        """The view of a summary."""
        return cls.model_validate(summary)


class History(CaseAnswer):
    """A case with all that was said, all notes, and what it comes to."""

    messages: list[StaffMessage]
    notes: list[NoteView]
    summary: SummaryView


class NewNote(BaseModel):
    """A note; ``client_id`` makes a retry harmless."""

    client_id: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=2000)


class StoredNote(BaseModel):
    """A note that is stored."""

    note: NoteView


class SummaryAnswer(BaseModel):
    """A summary."""

    summary: SummaryView


class Transfer(Seen):
    """To whom, a colleague or a team, and what they should know."""

    colleague_id: int | None = None
    team_id: str | None = Field(None, max_length=64)
    memo: str = Field("", max_length=2000)


class AskAdvice(BaseModel):
    """Whom to ask, and what."""

    colleague_id: int
    question: str = Field("", max_length=2000)


class EndAdvice(BaseModel):
    """Whose part is over."""

    colleague_id: int


class LiveCases(BaseModel):
    """All conversations that are going on."""

    conversations: list[CaseView]


class OtherView(BaseModel):
    """Another conversation of the same customer."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    language: str
    channel: str
    owner: str
    created_at: datetime
    outcome: str | None
    wants: str
    open_complaint: bool


class Others(BaseModel):
    """The newest first."""

    conversations: list[OtherView]

    @classmethod
    def of(cls, found: list[OtherConversation]) -> Others:
        """The view of a list."""
        return cls(conversations=[OtherView.model_validate(each) for each in found])


class Messages(BaseModel):
    """Messages in order."""

    messages: list[StaffMessage]


class SatisfactionView(BaseModel):
    """CSAT with its 95 % interval, and how many of those who could rate did."""

    model_config = ConfigDict(from_attributes=True)

    answers: int
    asked: int
    mean: float | None
    low: float | None
    high: float | None


class RatingView(BaseModel):
    """One rating."""

    model_config = ConfigDict(from_attributes=True)

    conversation_id: str
    subject: Subject
    score: int
    comment: str | None
    agent_name: str | None
    language: str
    at: datetime


class Ratings(BaseModel):
    """What customers said, of the bot and of people apart."""

    since: datetime
    bot: SatisfactionView
    agent: SatisfactionView
    ratings: list[RatingView]

    @classmethod
    def of(cls, report: RatingReport) -> Ratings:
        """The view of a report."""
        return cls(
            since=report.since,
            bot=SatisfactionView.model_validate(report.satisfaction["bot"]),
            agent=SatisfactionView.model_validate(report.satisfaction["agent"]),
            ratings=[RatingView.model_validate(each) for each in report.ratings],
        )
