"""How long it takes from the call that changes the knowledge base until customers of two workers meet the change.

Both workers are asked all the time; they learn anew once nothing has gone live for a while: that is how it is in use.
An edited entry is withdrawn right after, so its new question is known to find what is withdrawn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.benchmarks.branches import edited
from evaluation.benchmarks.changes import Change
from evaluation.benchmarks.worker_process import WorkerProcess
from kb.content import EntryContent
from kb.service import FOLLOW_SECONDS


@dataclass(frozen=True)
class Delay:
    """Seconds from the call to the first answer that knows of it."""

    p50_seconds: float
    p95_seconds: float
    max_seconds: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Delay:
        """Over at least one change."""
        return cls(float(np.median(seconds)), float(np.percentile(seconds, 95)), max(seconds))


@dataclass(frozen=True)
class Delays:
    """Of one kind of change.

    Args:
        here: at the worker that makes it.
        elsewhere: at the other one, which looks for changes four times a second.
    """

    here: Delay
    elsewhere: Delay

    @classmethod
    def of(cls, seconds: Sequence[tuple[float, float]]) -> Delays:
        """Over at least one change; seconds here and elsewhere."""
        here, elsewhere = zip(*seconds, strict=True)
        return cls(Delay.of(here), Delay.of(elsewhere))


@dataclass(frozen=True)
class ChangeDelays:
    """Of edits that are published at once or after a rehearsal, and of withdrawals."""

    edits: Delays
    rehearsed_edits: Delays
    withdrawals: Delays


async def measure(
    here: WorkerProcess,
    elsewhere: WorkerProcess,
    entries: Sequence[EntryContent],
    count: int,
    progress: Callable[[str], None],
) -> ChangeDelays:
    """Edit, edit again after a rehearsal, and withdraw ``count`` of the entries, one after another.

    Args:
        here: the worker that makes the changes.
        elsewhere: the other one.
        entries: what is live; more than ``count``.
        count: at least one.
        progress: called with what is done next.
    """
    edits: list[tuple[float, float]] = []
    rehearsed: list[tuple[float, float]] = []
    withdrawals: list[tuple[float, float]] = []
    for number in range(count):
        progress(f"change {number + 1} of {count}")
        entry, language, question = edited(entries[number * len(entries) // count], number + 1)
        edit = Change(entry.id, entry, question, language)
        # The other worker has looked just now: the calls are spread over the time until it looks again.
        pause_seconds = FOLLOW_SECONDS * number / count
        again, language, question = edited(entry, count + number + 1)
        changes = (
            (edit, edits),
            (Change(entry.id, again, question, language, is_rehearsed=True), rehearsed),
            (Change(entry.id, None, question, language), withdrawals),
        )
        for change, seconds in changes:
            await asyncio.sleep(pause_seconds)
            made, followed = await asyncio.gather(here.make(change), elsewhere.meet(change))
            seconds.append((made.met - made.begun, followed.met - made.begun))
    return ChangeDelays(Delays.of(edits), Delays.of(rehearsed), Delays.of(withdrawals))
