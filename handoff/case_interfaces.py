"""What the desk needs of what staff add to a conversation: notes, colleagues, outcomes, ratings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from handoff.interfaces import Case, Conversations, Line, Person
from kit.errors import Conflict

Subject = Literal["bot", "agent"]


class StaleView(Conflict):
    """The caller decided on a version of the conversation that is no longer the newest."""

    code = "owner_changed"


@dataclass(frozen=True)
class Team:
    """A group of people that a conversation can be given to."""

    id: str
    name: dict[str, str]


@dataclass(frozen=True)
class EditedReply:
    """A suggested answer as an agent improved it: for the editors of that entry."""

    conversation_id: str
    seq: int
    entry_id: str
    language: str
    suggested: str
    sent: str
    agent: Person


class DraftOffers(Protocol):
    """Where improved answers go."""

    async def offer(self, edited: EditedReply) -> None:
        """Offer one to the editors. It is stored already; what fails here loses nothing."""
        ...


@dataclass(frozen=True)
class Note:
    """What staff wrote for each other, after message ``after_seq``.

    ``kind`` is ``note``, or what happened: ``transfer``, ``consult``, ``consult_end``, ``taken_over``.
    """

    number: int
    kind: str
    author: Person
    client_id: str | None
    text: str
    after_seq: int
    created_at: datetime
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OtherConversation:
    """Another conversation of the same customer.

    ``open_complaint``: a person was called for a complaint, and nobody has said that it was solved, or was none.
    """

    id: str
    language: str
    channel: str
    owner: str
    created_at: datetime
    outcome: str | None
    wants: str
    open_complaint: bool = False


@dataclass(frozen=True)
class RatingLine:
    """One rating as supervisors read it."""

    conversation_id: str
    subject: Subject
    score: int
    comment: str | None
    agent_name: str | None
    language: str
    at: datetime


@dataclass(frozen=True)
class Satisfaction:
    """Mean of 1 to 5 with its 95 % interval, and how many of those who could rate did."""

    answers: int
    asked: int
    mean: float | None
    low: float | None
    high: float | None


class Casework(Protocol):
    """What staff add. Every change of owner is a compare-and-swap on the version that ``case`` was read at."""

    async def notes(self, conversation_id: str, after: int) -> list[Note]:
        """Notes after a number, in order."""
        ...

    async def note(self, conversation_id: str, author: Person, client_id: str, text: str) -> Note:
        """Store a note; the same ``client_id`` of an author is stored once."""
        ...

    async def transfer(self, case: Case, by: Person, to: Person | Team, memo: str) -> Case:
        """Give a conversation to a colleague, or put it into a team's queue, with a memo as a note."""
        ...

    async def take_over(self, case: Case, by: Person) -> Case:
        """Become the one who speaks, whoever did before."""
        ...

    async def consult(self, case: Case, by: Person, colleague: Person, question: str) -> Case:
        """Let a colleague read, and write notes."""
        ...

    async def end_consultation(self, case: Case, by: Person, colleague_id: int) -> Case:
        """The colleague's part is over."""
        ...

    async def consulted_by(self, colleague_id: int) -> list[Case]:
        """Conversations in which a colleague is being consulted."""
        ...

    async def live(self) -> list[Case]:
        """All that are going on."""
        ...

    async def others(self, conversation_id: str) -> list[OtherConversation]:
        """The same customer's other conversations, the newest first."""
        ...

    async def other_lines(self, conversation_id: str, other_id: str) -> list[Line]:
        """Messages of one of them; raises ``NotFound`` when it is another customer's."""
        ...

    async def ratings(self, since: datetime) -> tuple[dict[Subject, Satisfaction], list[RatingLine]]:
        """Satisfaction with the bot and with people, apart, and the ratings behind it."""
        ...


class DeskWork(Conversations, Casework, Protocol):
    """Everything that the desk needs of conversations."""
