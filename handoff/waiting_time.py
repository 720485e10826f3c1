"""What a waiting customer is told about the wait, as a pure function: a bound that mostly holds, or none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FEWEST_HANDLE_TIMES = 5
LONGEST_TOLD_MINUTES = 30
STEPS_MINUTES = (1, 2, 3, 5, 10, 15, 20, 30)
CAUTION = 1.65
"""Standard normal deviations put on top of the expectation: about nineteen in twenty should wait no longer."""


@dataclass(frozen=True)
class WaitEstimate:
    """``within`` so many minutes, ``more_than`` so many, or ``unknown``: too little is known to say anything."""

    kind: Literal["within", "more_than", "unknown"]
    minutes: int | None = None


UNKNOWN = WaitEstimate("unknown")


def estimate_wait(ahead: int, slots: int, free_slots: int, handle_seconds: Sequence[float]) -> WaitEstimate:
    """How long somebody with ``ahead`` people in front will wait.

    With ``slots`` conversations going on at once and handle times of mean m and deviation s, slots fall free every
    m / slots. The wait until the (ahead + 1)th falls free has mean (ahead + 1) m / slots and, as the sum of as many
    intervals of about that deviation, deviation sqrt(ahead + 1) max(s, m) / slots. The bound is the mean and
    ``CAUTION`` deviations, rounded up to a step that people say.

    Args:
        ahead: how many are in front in the same queue.
        slots: conversations that the agents who are there now can have at once.
        free_slots: how many of these are free.
        handle_seconds: of recently handled conversations.
    """
    if slots <= 0:
        return UNKNOWN
    if free_slots > ahead:
        return WaitEstimate("within", STEPS_MINUTES[0])
    if len(handle_seconds) < FEWEST_HANDLE_TIMES:
        return UNKNOWN
    mean = sum(handle_seconds) / len(handle_seconds)
    deviation = math.sqrt(sum((each - mean) ** 2 for each in handle_seconds) / (len(handle_seconds) - 1))
    needed = ahead - free_slots + 1
    seconds = (needed * mean + CAUTION * math.sqrt(needed) * max(deviation, mean)) / slots
    minutes = next((step for step in STEPS_MINUTES if seconds <= step * 60), None)
    if minutes is None:
        return WaitEstimate("more_than", LONGEST_TOLD_MINUTES)
    return WaitEstimate("within", minutes)
