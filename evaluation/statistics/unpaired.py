"""Two groups of different customers: whether a share differs between them."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import fisher_exact

from evaluation.statistics.intervals import Interval, wilson


@dataclass(frozen=True)
class ShareDifference:
    """By how much the second share is higher.

    Args:
        value: the difference of the shares.
        interval: 95 %, Newcombe's.
        p: two-sided, Fisher's exact test.
    """

    value: float
    interval: Interval
    p: float


def share_difference(before: tuple[int, int], after: tuple[int, int]) -> ShareDifference | None:
    """Compare two shares, each as successes and n; None where one group is empty.

    The interval is Newcombe's, from Wilson's of both (Newcombe 1998, Statistics in Medicine 17, method 10).

    >>> found = share_difference((48, 80), (56, 70))
    >>> round(found.value, 2), round(found.interval.low, 4), round(found.interval.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if not before[1] or not after[1]:
        return None
    x, y = before[0] / before[1], after[0] / after[1]
    of_x, of_y = wilson(*before), wilson(*after)
    value = y - x
    low = value - ((y - of_y.low) ** 2 + (of_x.high - x) ** 2) ** 0.5
    high = value + ((of_y.high - y) ** 2 + (x - of_x.low) ** 2) ** 0.5
    table = [[after[0], after[1] - after[0]], [before[0], before[1] - before[0]]]
    return ShareDifference(value, Interval(low, high), float(fisher_exact(table).pvalue))
