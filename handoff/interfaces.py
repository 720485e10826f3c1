"""What the desk and the replay need of conversations, and signals of vectors: never ``chat``, never ``kb``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from handoff.facts import Bars, Happening, Reason, TurnSignals
from handoff.models import LeftMessage
from handoff.trend import NO_TREND, Trend

Vector = NDArray[np.float32]
Lang = Literal["zh", "en"]
EncodeText = Callable[[str, Lang], Awaitable[Vector]]

OutcomeKind = Literal["solved", "not_solved", "spam"]

QUEUE = "queue"
# The kind of an event of a conversation: more is known of what the customer has said, which staff alone see.
FOUND = "found"


class Views(Protocol):
    """What a vector is made of."""

    def slices(self) -> list[slice]:
        """The dimensions of each encoder's view, in order."""
        ...


class ExampleVectors(Protocol):
    """Vectors of labelled examples, kept between starts."""

    @property
    def name(self) -> str:
        """Of what makes them."""
        ...

    @property
    def space(self) -> Views:
        """What they are made of."""
        ...

    def encode(self, texts: Sequence[str]) -> Vector:
        """Vectors of ``texts`` in their order, one row each."""
        ...

    def keep_used(self) -> None:
        """Keep those that were asked for, and no others."""
        ...


def conversation_topic(conversation_id: str) -> str:
    """The event topic of one conversation."""
    return f"conversation:{conversation_id}"


@dataclass(frozen=True)
class Line:
    """One message as staff see it; ``turn`` is what the bot made of a customer's message."""

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
    helpful: bool | None = None


@dataclass(frozen=True)
class Case:
    """A conversation as the desk lists it; ``consulted`` are the colleagues who are asked for advice, by id."""

    id: str
    language: str
    owner: str
    version: int
    reason: str | None
    emotion: str
    slots: dict[str, Any]
    waiting_since: datetime | None
    taken_at: datetime | None
    agent_id: int | None
    agent_name: str | None
    last_seq: int
    last_line: Line | None
    wants: str
    customer_class: str = "standard"
    trend: Trend = NO_TREND
    consulted: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """A member of staff."""

    id: int
    name: str


@dataclass(frozen=True)
class Outcome:
    """How a conversation ended; ``entry_id`` is the answer that solved it, if one did."""

    kind: OutcomeKind
    entry_id: str | None = None


@dataclass(frozen=True)
class Suggested:
    """An inserted suggestion: the entry, its words as they were put into the box, and the release that says them."""

    entry_id: str
    inserted: str
    release_id: int | None = None


class QueueFacts(Protocol):
    """What the roster needs to know of conversations."""

    async def loads(self) -> dict[int, int]:
        """How many conversations each agent has."""
        ...

    async def waiting_by_team(self) -> dict[str, int]:
        """How many wait for each team."""
        ...


class LeftMessages(Protocol):
    """Messages that customers left, as the desk deals with them."""

    async def left_messages(self) -> list[LeftMessage]:
        """Those that nobody is done with, the earliest promise first."""
        ...

    async def take_message(self, reference: str, agent_id: int, agent_name: str) -> LeftMessage:
        """Look after one; raises ``Conflict`` when somebody else does."""
        ...

    async def finish_message(self, reference: str, agent_id: int, *, in_charge: bool) -> LeftMessage:
        """The customer has been answered; raises ``Forbidden`` unless it is theirs."""
        ...


class Conversations(Protocol):
    """The desk's side of conversations. Every change of owner is a compare-and-swap on ``version``."""

    async def waiting(self) -> list[Case]:
        """Those waiting for a person, oldest first."""
        ...

    async def held_by(self, agent_id: int) -> list[Case]:
        """Those an agent is talking to, oldest first."""
        ...

    async def case(self, conversation_id: str) -> Case:
        """One conversation; raises ``NotFound``."""
        ...

    async def lines(self, conversation_id: str, after: int) -> list[Line]:
        """Messages after a sequence number, in order."""
        ...

    async def take(self, case: Case, agent_id: int, agent_name: str) -> Case:
        """Give a waiting conversation to an agent; raises ``Conflict`` when it is gone."""
        ...

    async def reply(
        self,
        conversation_id: str,
        agent_id: int,
        agent_name: str,
        client_id: str,
        text: str,
        suggested: Suggested | None = None,
    ) -> Line:
        """Store an agent's message; raises ``Conflict`` when the conversation is not theirs."""
        ...

    async def give_back(self, case: Case, agent_name: str) -> Case:
        """Let the bot go on."""
        ...

    async def close(self, case: Case, agent_name: str, outcome: Outcome | None = None) -> Case:
        """End the conversation, with the agent's judgement where there is one."""
        ...


@dataclass(frozen=True)
class StoredTurn:
    """A customer's message as it was understood at the time; None or empty where that part was never asked.

    Args:
        intent: what the bot understood.
        confidences: of the knowledge base's candidates, highest first.
        bars: from which confidence on it answered or offered choices then.
        chosen: the message was a press on an offered entry.
        unhelpful: answers of this turn that the customer marked as not helpful.
    """

    seq: int
    text: str
    signals: TurnSignals
    intent: str | None = None
    off_topic: bool = False
    confidences: tuple[float, ...] = ()
    bars: Bars | None = None
    chosen: bool = False
    unhelpful: int = 0


@dataclass(frozen=True)
class StoredHandoff:
    """The first time a person was called: at or after which message, why, and what happened if it was not words."""

    seq: int
    reason: Reason
    happening: Happening | None


@dataclass(frozen=True)
class StoredConversation:
    """A conversation up to the first time a person was called, or to its end."""

    id: str
    elder: bool
    turns: tuple[StoredTurn, ...]
    handoff: StoredHandoff | None


class StoredConversations(Protocol):
    """Past conversations, for the replay of a changed policy."""

    def since(self, moment: datetime | None) -> AsyncIterator[StoredConversation]:
        """Those begun since a moment, or all, oldest first."""
        ...
