"""How soon customers of a running system are told what an editor changed: over REST, as editors and widgets do."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.benchmarks.console_client import ANSWER_SECONDS, Console, Customer, Json
from evaluation.benchmarks.delays import Delay
from kb.content import EntryContent
from kit.errors import Unavailable

REASON = "the time until a change is live"


@dataclass(frozen=True)
class LiveChange:
    """Seconds from a reviewer's call to publish until the end of a turn that answers or offers what was changed.

    Args:
        changes: how many were made, each of another entry; all were taken back.
        told: at each address that customers ask, in the order of the addresses.
    """

    changes: int
    told: tuple[Delay, ...]

    def report(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


class LiveChanges:
    """An editor, a reviewer and customers of the same system.

    Args:
        urls: addresses of the system's ``web`` processes; staff sign in at the first, and customers ask at each.
        editor, reviewer: ``login:password`` of two people.
        is_rehearsed: the reviewer asks the check questions first, as the console does while the comment is written.
    """

    def __init__(self, urls: Sequence[str], editor: str, reviewer: str, *, is_rehearsed: bool = True) -> None:
        self._writes, self._approves = (Console(urls[0], *account.split(":", 1)) for account in (editor, reviewer))
        self._customers = [Customer(url) for url in urls]
        self._is_rehearsed = is_rehearsed

    def measure(self, entries: Sequence[EntryContent], changes: int) -> LiveChange:
        """Change that many entries one after another, and take each change back.

        Args:
            entries: those that customers are answered with, or offered, when they ask their question are changed.
            changes: at least one.

        Raises:
            Unavailable: there are too few of those, or what customers are told never says what was changed.
        """
        seconds: list[list[float]] = []
        step = max(1, len(entries) // changes)
        for entry in (each for first in range(step) for each in entries[first::step]):
            before = self._writes.entry(entry.id)
            content, mark = copy.deepcopy(before["content"]), f"({len(seconds) + 1}/{changes})"
            language, variant = next(iter(content["variants"].items()))
            asked = variant["question"]
            if not _tells(self._customers[0].ask(asked, language), asked):
                continue
            variant.update(
                question=f"{asked} {mark}",
                similar=[asked, *variant["similar"]],
                answer=f"{variant['answer']}\n\n{mark}",
            )
            seconds.append(self._live(content, before["revision"], asked, language, mark))
            self._take_back(before)
            if len(seconds) == changes:
                return LiveChange(changes, tuple(Delay.of(there) for there in zip(*seconds, strict=True)))
        raise Unavailable(f"Only {len(seconds)} of the entries are found by their question.")

    def _live(self, content: Json, revision: int, question: str, language: str, mark: str) -> list[float]:
        """Seconds until customers are told, at each address; they ask all the time."""
        self._writes.rewrite(content, revision)
        if self._is_rehearsed:
            self._approves.rehearse()
        with ThreadPoolExecutor(len(self._customers)) as customers:
            begun = time.perf_counter()
            told = [customers.submit(_told, customer, question, language, mark) for customer in self._customers]
            self._approves.publish(REASON)
            return [each.result() - begun for each in told]

    def _take_back(self, before: Json) -> None:
        changed = self._writes.entry(before["id"])
        self._writes.rewrite(before["content"], changed["revision"])
        self._approves.publish(REASON)


def _told(customer: Customer, question: str, language: str, mark: str) -> float:
    """The moment at which a customer is answered with what was changed, or offered it."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < ANSWER_SECONDS:
        if _tells(customer.ask(question, language), mark):
            return time.perf_counter()
    raise Unavailable(f"{question!r} is neither answered with what was changed nor offered it.")


def _tells(said: Json, words: str) -> bool:
    """Whether a message is an answer to a question that has these words, or offers such a question."""
    data = said["data"]
    return any(
        words in question for question in (data.get("question", ""), *(c["label"] for c in data.get("choices", ())))
    )
