"""What a suite of questions is to a run: cases with ids, rows of what came of each, and scores of any set of rows."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from evaluation.metrics.score import Score
from kb.content import EntryContent
from kit.settings import Settings


@dataclass(frozen=True)
class Candidate:
    """An entry that was found, with the question that names it, and how sure the search was of it, 0 to 1."""

    entry_id: str
    question: str
    confidence: float


@dataclass(frozen=True)
class Row:
    """One question, utterance or conversation and what came of it, in plain values.

    Args:
        suite: whose row it is.
        id: unique in the suite, and the same in every run.
        text: what the customer wrote.
        language: zh-Hans, zh-Hant, yue, en or mixed.
        scenario: the topic of what is right; empty where nothing is.
        slice: dialect, typo, emotion, out of scope and the like.
        expected: what would have been right: an entry, or words.
        got: what came instead of it, in the same form.
        right: whether it is good as it is: the others are listed as failures.
        told: the text that the customer read as an answer; empty where there was none.
        confidence: what the decision was made by, where there is such a thing.
        candidates: best first.
        details: whatever the suite measures by; plain values that JSON holds.
    """

    suite: str
    id: str
    text: str
    language: str
    scenario: str
    slice: str
    expected: str
    got: str
    right: bool
    told: str = ""
    confidence: float | None = None
    candidates: tuple[Candidate, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_broken(self) -> bool:
        """Whether the channel failed before the end, which says nothing of the bot: a run that goes on asks again."""
        return self.details.get("failure") == "broken"


Keep = Callable[[Row], None]


@dataclass(frozen=True)
class Prepared:
    """What is to be asked, read and checked before the first question.

    Args:
        cases: the ids of all rows, in their order.
        data: the SHA-256 of each file of questions, by its name.
        entries: the knowledge base that is asked; empty where the suite asks a running system.
        ask: asks the cases with the given ids and keeps each row as soon as it is known; returns figures of the whole,
            as the time to publish.
        figures: the suite's own figures as plain values, from all rows and what ``ask`` returned.
        system: the running system that is asked, as its live release; empty where there is none.
    """

    cases: Sequence[str]
    data: Mapping[str, str]
    entries: Sequence[EntryContent]
    ask: Callable[[frozenset[str], Keep], Awaitable[dict[str, Any]]]
    figures: Callable[[Sequence[Row], Mapping[str, Any]], dict[str, Any]]
    system: Mapping[str, Any] = field(default_factory=dict)


class Suite(Protocol):
    """A kind of test: ``python -m evaluation NAME`` runs it, and ``all`` runs it with the others."""

    @property
    def name(self) -> str:
        """The command's name."""
        ...

    @property
    def help(self) -> str:
        """The command's line in ``--help``."""
        ...

    @property
    def in_all(self) -> bool:
        """Whether ``all`` runs it."""
        ...

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of its own command, which ``all`` does not have."""
        ...

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """Options that its own command and ``all`` have; ``all`` has one once that several suites share."""
        ...

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """Read the cases."""
        ...

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Every metric over rows of this suite; ``individual`` is in their order."""
        ...
