"""Intervals: how far a figure of a sample may be from the figure of all customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

LEVEL = 0.95
ROUNDS = 2000


@dataclass(frozen=True)
class Interval:
    """Both ends of an interval, in the unit of the figure that it belongs to."""

    low: float
    high: float


def wilson(successes: int, n: int, level: float = LEVEL) -> Interval:
    """The score interval of a share: ``successes`` of ``n``; the whole of 0 to 1 where nothing was seen.

    With p = successes / n and the normal quantile z: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    (Wilson 1927, Journal of the American Statistical Association 22).

    >>> interval = wilson(95, 100)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.8882, 0.9785)

    Raises:
        ValueError: there are more successes than trials, or fewer than none.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} trials cannot be")
    if n == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, squared = successes / n, z * z / n
    middle = share + squared / 2
    reach = z * ((share * (1 - share) + squared / 4) / n) ** 0.5
    # Exactly 0 or 1 at the ends, where rounding would leave 1e-17.
    low = 0.0 if successes == 0 else (middle - reach) / (1 + squared)
    high = 1.0 if successes == n else (middle + reach) / (1 + squared)
    return Interval(low, high)


def bootstrap(
    values: Sequence[Any] | np.ndarray,
    statistic: Callable[[Any], float],
    *,
    seed: int,
    level: float = LEVEL,
    rounds: int = ROUNDS,
) -> Interval:
    """The percentile bootstrap interval of any statistic (Efron 1979, Annals of Statistics 7).

    Args:
        values: at least one; numbers, or rows of numbers, which are drawn whole.
        statistic: the figure of an array that has the shape of ``values``; a NaN is left out.
        seed: the same seed draws the same samples.
        level: share of the drawn figures that lie in the interval.
        rounds: how many samples are drawn, each as large as ``values``.

    >>> interval = bootstrap([1, 2, 3, 4, 5], lambda drawn: drawn.mean(), seed=1)
    >>> 1 <= interval.low < 3 < interval.high <= 5
    True

    Raises:
        ValueError: there are no values.
    """
    array = np.asarray(values)
    if len(array) == 0:
        raise ValueError("an interval needs at least one value")
    drawn = np.random.default_rng(seed)
    figures = [float(statistic(array[drawn.integers(0, len(array), len(array))])) for _ in range(rounds)]
    tail = 100 * (1 - level) / 2
    low, high = np.nanpercentile(figures, [tail, 100 - tail])
    return Interval(float(low), float(high))
