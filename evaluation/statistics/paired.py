"""The same questions in two runs: whether the second is worse, or only looks like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from evaluation.statistics.intervals import LEVEL, ROUNDS, Interval, bootstrap

Statistic = Callable[[np.ndarray], float]


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
    old, new = as_numbers(before), as_numbers(after)
    if len(old) != len(new):
        raise ValueError(f"a run of {len(old)} and one of {len(new)} questions cannot be paired")
    return paired_difference(old, new, mean, seed=seed, level=level, rounds=rounds)


def paired_difference(
    before: np.ndarray,
    after: np.ndarray,
    statistic: Statistic,
    *,
    seed: int,
    level: float = LEVEL,
    rounds: int = ROUNDS,
) -> Difference | None:
    """The difference of any figure of two runs over the same questions, which are drawn in pairs; None without a value.

    Args:
        before: a row a question: a number, or several.
        after: the same of the second run, in the same order.
        statistic: the figure of such an array; NaN where it has none.
        seed: the same seed draws the same samples.
        level: share of the drawn differences that lie in the interval.
        rounds: how many samples are drawn.

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 8.

    >>> paired_difference(np.array([1.0, 2.0]), np.array([2.0, 3.0]), np.median, seed=1).value
    1.0
    """
    if not len(before):
        return None
    pairs = np.stack([before, after], axis=1)

    def difference(drawn: np.ndarray) -> float:
        return float(statistic(drawn[:, 1])) - float(statistic(drawn[:, 0]))

    value = difference(pairs)
    if np.isnan(value):
        return None
    return Difference(value, bootstrap(pairs, difference, seed=seed, level=level, rounds=rounds))


def swap_test(before: np.ndarray, after: np.ndarray, statistic: Statistic, *, seed: int, rounds: int = ROUNDS) -> float:
    """Two-sided p of a difference at least as large, were it chance alone which run a question's result is of.

    The two results of each question are swapped at random, which needs no questions that count in both runs, and fits
    any figure; where no figure is left, the draw counts against the difference. p = (1 + draws as large) / (1 + draws)
    (Noreen 1989, Computer-Intensive Methods for Testing Hypotheses; Yeh 2000, COLING). Of 0 and 1 it is McNemar's test.

    >>> swap_test(np.array([1.0]), np.array([0.0]), np.mean, seed=1)
    1.0
    """
    drawn = np.random.default_rng(seed)
    observed = abs(float(statistic(after)) - float(statistic(before))) - 1e-12
    as_large = 0
    for _ in range(rounds):
        swapped = drawn.integers(0, 2, len(before), dtype=bool).reshape(-1, *[1] * (before.ndim - 1))
        difference = statistic(np.where(swapped, before, after)) - statistic(np.where(swapped, after, before))
        as_large += not abs(difference) < observed
    return (1 + as_large) / (1 + rounds)


def as_numbers(scores: Sequence[float | None]) -> np.ndarray:
    """The scores as an array; NaN where one does not count.

    >>> as_numbers([1.0, None])
    array([ 1., nan])
    """
    return np.array([np.nan if score is None else score for score in scores], float)


def mean(scores: np.ndarray) -> float:
    """The mean of those that count; NaN where none does.

    >>> mean(as_numbers([1.0, None, 0.0]))
    0.5
    """
    known = ~np.isnan(scores)
    return float(scores[known].mean()) if known.any() else float("nan")
