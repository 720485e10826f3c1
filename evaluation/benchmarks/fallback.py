"""A peer as a bot: it answers what it is sure enough of, and hands the rest to a person; it can do nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from evaluation.benchmarks.peers import Peer
from evaluation.benchmarks.peers import Reply as Found
from evaluation.customers.heard import Heard, Reply
from evaluation.datasets import Query
from kb.content import Lang


@dataclass(frozen=True)
class Bar:
    """From which confidence on a peer answers, and what that came to on the questions that it was set by.

    Args:
        confidence: in the peer's own measure; None where no bar reaches the wanted precision.
        precision: share right of the answers from there on.
        coverage: answers over questions.
    """

    confidence: float | None
    precision: float
    coverage: float


def lowest_bar(queries: Sequence[Query], found: Sequence[Found], precision: float) -> Bar:
    """The lowest confidence from which on at least ``precision`` of the answers are right; ties stand together.

    >>> right, wrong = Query("1", "?", "en", "a", ""), Query("2", "?", "en", "b", "")
    >>> sure, unsure = Found(("a",), ("a",), 0.9, 1.0), Found(("a",), ("a",), 0.4, 1.0)
    >>> lowest_bar([right, wrong], [sure, unsure], 0.95)
    Bar(confidence=0.9, precision=1.0, coverage=0.5)
    """
    ranked = sorted(zip(queries, found, strict=True), key=lambda pair: -pair[1].confidence)
    best, right = Bar(None, 0.0, 0.0), 0
    for count, (query, reply) in enumerate(ranked, start=1):
        right += reply.given == (query.entry_id,)
        is_last_of_ties = count == len(ranked) or ranked[count][1].confidence < reply.confidence
        if is_last_of_ties and right / count >= precision:
            best = Bar(reply.confidence, right / count, count / len(ranked))
    return best


class FallbackBot:
    """A conversation with a peer that answers from a confidence on. It remembers nothing, as the peer does."""

    def __init__(self, peer: Peer, bar: Bar) -> None:
        self._peer = peer
        self._bar = bar
        self._language: Lang = "zh"
        self._seq = 0
        self.conversation_id = ""

    async def start(self, language: Lang, channel: str = "web", marker: str | None = None) -> None:
        """Begin."""
        self._language = language

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def come_back(self) -> None:
        """Nothing was closed."""

    async def say(self, text: str, choice: str | None = None) -> Reply:
        """The best entry, or a person."""
        (found,) = await self._peer.ask([Query("", text, self._language, None, "")])
        self._seq += 2
        if self._bar.confidence is None or not found.given or found.confidence < self._bar.confidence:
            return Reply((), "waiting")
        answers = (Heard(self._seq, "bot", "answer", "", entry_id=entry_id) for entry_id in found.given)
        return Reply(tuple(answers), "bot")

    async def vote(self, seq: int, *, helpful: bool) -> None:
        """Nobody learns from it."""

    async def press_for_person(self) -> Reply:
        """A person comes."""
        return Reply((), "waiting")

    async def cancel_waiting(self) -> None:
        """There is no queue."""
