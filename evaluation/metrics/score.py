"""What every metric returns: the figure, how sure it is, of how many, and what each one contributed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.statistics.intervals import Interval, bootstrap, wilson

SEED = 20261101
ROUNDS_OF_CURVES = 500
"""Samples of a figure that is a curve's: each takes a sort, and the ends of the interval move in the third decimal."""


@dataclass(frozen=True)
class Score:
    """A figure with its 95 % interval.

    Args:
        value: the figure; None where nothing counts.
        interval: None where there is no value, or where one number alone says nothing of others.
        n: how many count.
        individual: one for each item that was passed, in its order; None where it does not count.
    """

    value: float | None
    interval: Interval | None
    n: int
    individual: tuple[float | None, ...]


NOTHING = Score(None, None, 0, ())
"""Of a metric that was not measured."""


def share(counted: Sequence[bool | None]) -> Score:
    """A share with Wilson's interval; None does not count.

    >>> share([True, False, None]).value
    0.5
    """
    known = [item for item in counted if item is not None]
    individual = tuple(None if item is None else float(item) for item in counted)
    if not known:
        return Score(None, None, 0, individual)
    return Score(sum(known) / len(known), wilson(sum(known), len(known)), len(known), individual)


def measured(
    values: Sequence[float | None], statistic: Callable[[Any], float], *, seed: int = SEED, rounds: int = 2000
) -> Score:
    """Any statistic of numbers with a bootstrap interval, which one number alone does not have; None does not count.

    >>> measured([1.0, None, 3.0], lambda values: values.mean()).value
    2.0
    """
    known = [float(value) for value in values if value is not None]
    individual = tuple(None if value is None else float(value) for value in values)
    if not known:
        return Score(None, None, 0, individual)
    figure = float(statistic(np.asarray(known)))
    interval = bootstrap(known, statistic, seed=seed, rounds=rounds) if len(known) > 1 else None
    return Score(figure, interval, len(known), individual)
