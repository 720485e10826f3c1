"""How soon customers of a running system are told what an editor changed: over REST, as editors and widgets do."""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.benchmarks.console_client import ANSWER_SECONDS, Console, Customer, Json
from kb.content import EntryContent
from kit.errors import Unavailable

REASON = "the time until a change is live"


@dataclass(frozen=True)
class LiveChange:
    """Seconds from a reviewer's call to publish until the end of a turn that tells what was changed.

    Args:
        changes: how many were made, each of another entry; all were taken back.
        median_seconds, longest_seconds: of them.
    """

    changes: int
    median_seconds: float
    longest_seconds: float

    def report(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


class LiveChanges:
    """An editor, a reviewer and a customer of the same system; the staff by ``login:password``."""

    def __init__(self, url: str, editor: str, reviewer: str) -> None:
        self._writes, self._approves = (Console(url, *account.split(":", 1)) for account in (editor, reviewer))
        self._customer = Customer(url)

    def measure(self, entries: Sequence[EntryContent], changes: int) -> LiveChange:
        """Change that many entries one after another, and take each change back.

        Raises:
            Unavailable: what the system answers is never the changed text.
        """
        seconds = []
        for number, entry in enumerate(entries[:: max(1, len(entries) // changes)][:changes]):
            before = self._writes.entry(entry.id)
            content, mark = copy.deepcopy(before["content"]), f"({number + 1}/{changes})"
            language, variant = next(iter(content["variants"].items()))
            variant["answer"] += f"\n\n{mark}"
            seconds.append(self._live(content, before["revision"], variant["question"], language, mark))
            self._take_back(before)
        return LiveChange(len(seconds), statistics.median(seconds), max(seconds))

    def _live(self, content: Json, revision: int, question: str, language: str, mark: str) -> float:
        self._writes.rewrite(content, revision)
        begun = time.perf_counter()
        self._approves.publish(REASON)
        while time.perf_counter() - begun < ANSWER_SECONDS:
            if mark in self._customer.ask(question, language)["text"]:
                return time.perf_counter() - begun
        raise Unavailable(f"{question!r} is not answered with what was changed in {content['id']!r}.")

    def _take_back(self, before: Json) -> None:
        changed = self._writes.entry(before["id"])
        self._writes.rewrite(before["content"], changed["revision"])
        self._approves.publish(REASON)
