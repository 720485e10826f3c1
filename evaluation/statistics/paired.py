"""The same questions in two runs: whether the second is worse, or only looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from evaluation.statistics.intervals import LEVEL, ROUNDS, Interval, bootstrap


@dataclass(frozen=True)
class McNemar:
    """Questions that one of two runs got right.

    Args:
        lost: right before and wrong now.
        won: wrong before and right now.
        p: two-sided exact probability of a split at least as uneven, where both ways are equally likely.
    """

    lost: int
    won: int
    p: float


def mcnemar(before: Sequence[bool | None], after: Sequence[bool | None]) -> McNemar:
    """McNemar's exact test; pairs in which one is None do not count.

    p = min(1, 2 P(X <= min(lost, won))) with X binomial of lost + won and one half (McNemar 1947, Psychometrika 12).

    >>> mcnemar([True] * 6, [False] * 6)
    McNemar(lost=6, won=0, p=0.03125)

    Raises:
        ValueError: the runs have different numbers of questions.
    """
    pairs = [(x, y) for x, y in zip(before, after, strict=True) if x is not None and y is not None]
    lost = sum(bool(x) and not y for x, y in pairs)
    won = sum(bool(y) and not x for x, y in pairs)
    n, less = lost + won, min(lost, won)
    tail = sum(comb(n, k) for k in range(less + 1)) / 2**n
    return McNemar(lost, won, min(1.0, 2 * tail))


@dataclass(frozen=True)
class Difference:
    """By how much a figure is higher in the second run, with its interval."""

    value: float
    interval: Interval


def paired_bootstrap(
    before: Sequence[float | None],
    after: Sequence[float | None],
    *,
    seed: int,
    level: float = LEVEL,
    rounds: int = ROUNDS,
) -> Difference | None:
    """The difference of two means over the same questions, which are drawn in pairs; None where one mean has none.

    A question may count in one run only (an answer's precision, where only one of them answered): it is drawn all the
    same. Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 8.

    >>> difference = paired_bootstrap([1, 1, 1, 0], [1, 0, 1, 0], seed=1)
    >>> difference.value, difference.interval.high
    (-0.25, 0.0)

    Raises:
        ValueError: the runs have different numbers of questions.
    """
    pairs = np.array(
        [[np.nan if x is None else x, np.nan if y is None else y] for x, y in zip(before, after, strict=True)], float
    ).reshape(-1, 2)
    if np.isnan(pairs).all(axis=0).any() or not len(pairs):
        return None
    return Difference(_difference(pairs), bootstrap(pairs, _difference, seed=seed, level=level, rounds=rounds))


def _difference(pairs: np.ndarray) -> float:
    known = ~np.isnan(pairs)
    counts = known.sum(axis=0)
    if not counts.all():
        return float("nan")
    means = np.where(known, pairs, 0.0).sum(axis=0) / counts
    return float(means[1] - means[0])
