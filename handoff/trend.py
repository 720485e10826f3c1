"""How a feeling moves over a conversation, as a pure function over the turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Literal

Direction = Literal["rising", "steady", "falling"]

LOOKED_BACK = 6
STEP = 0.08
SPAN = 0.2


@dataclass(frozen=True)
class TrendPoint:
    """One customer message: its sequence number, its label, and how bad the customer felt, 0 to 1."""

    seq: int
    emotion: str
    negativity: float


@dataclass(frozen=True)
class Trend:
    """Where the feeling goes, and the turns it was read from, oldest first."""

    direction: Direction
    points: tuple[TrendPoint, ...]


NO_TREND = Trend("steady", ())


def trend_of(points: Sequence[TrendPoint]) -> Trend:
    """The trend over the latest turns."""
    latest = tuple(points[-LOOKED_BACK:])
    return Trend(direction([point.negativity for point in latest]), latest)


def direction(values: Sequence[float]) -> Direction:
    """Whether values, 0 to 1 and oldest first, rise or fall.

    The slope is the median over all pairs of turns (Theil 1950, Sen 1968), so that one odd turn does not make a trend;
    it has to be at least ``STEP`` a turn, and the last value at least ``SPAN`` away from the first.

    >>> direction([0.1, 0.3, 0.6]), direction([0.9, 0.9, 0.2, 0.1]), direction([0.1, 0.8, 0.1])
    ('rising', 'falling', 'steady')
    """
    values = values[-LOOKED_BACK:]
    if len(values) < 2:
        return "steady"
    slope = median((later - earlier) / (j - i) for (i, earlier), (j, later) in combinations(enumerate(values), 2))
    moved = values[-1] - values[0]
    if slope >= STEP and moved >= SPAN:
        return "rising"
    if slope <= -STEP and moved <= -SPAN:
        return "falling"
    return "steady"
