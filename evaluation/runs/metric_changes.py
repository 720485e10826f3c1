"""Every metric of two runs over the same questions: by how much it differs, and whether chance explains that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.metrics.catalogue import CATALOGUE, Meaning
from evaluation.metrics.score import NOTHING, Score
from evaluation.runs.pooled import statistic_of, values_of
from evaluation.statistics.paired import (
    Difference,
    McNemar,
    as_numbers,
    mcnemar,
    mean,
    paired_difference,
    swap_test,
)
from evaluation.suite import Row

Measure = Callable[[Sequence[Row]], dict[str, Score]]
ALPHA = 0.05
ROUNDS_OF_POOLED = 1000
"""Samples of a figure that is no mean: each takes a sort of all questions."""
LEAST_SECONDS, LEAST_SLOWER = 0.25, 0.25
"""How much of a time, in seconds and as a share of the earlier one, the machine's load may explain between two runs."""


@dataclass(frozen=True)
class MetricChange:
    """A metric over the questions that both runs have.

    Args:
        metric: its name.
        before: its value in the first run.
        after: its value in the second.
        difference: with its interval; None where one run has no value.
        test: McNemar's, where the individual scores are yes or no.
        lost: ids of the questions that count less in the second.
        won: ids of those that count more.
        verdict: whether the difference is one that chance does not explain at 5 %; ``not compared`` where one run has
            no value, or has not stored what it is computed from.
        p: of McNemar's test where it decides: the same questions count in both runs, each as yes or no, or it finds a
            difference among those that do; else of the swap test.
    """

    metric: str
    before: float | None
    after: float | None
    difference: Difference | None
    test: McNemar | None
    lost: tuple[str, ...]
    won: tuple[str, ...]
    verdict: str
    p: float | None = None


def metric_changes(first: Sequence[Row], second: Sequence[Row], measure: Measure, seed: int) -> list[MetricChange]:
    """Every metric that one of the runs has; the rows are of the same questions in the same order."""
    before, after = measure(first), measure(second)
    found = []
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, NOTHING), after.get(name, NOTHING)
        if (old.value is None) != (new.value is None):
            found.append(_not_compared(name, old, new))
        elif old.value is None:
            found.append(MetricChange(name, None, None, None, None, (), (), "not judged"))
        elif CATALOGUE.get(name, Meaning(None)).paired:
            found.append(_of_means(name, old, new, [row.id for row in first], seed))
        else:
            found.append(_of_pooled(name, old, new, first, second, seed))
    return found


def _of_means(name: str, before: Score, after: Score, ids: Sequence[str], seed: int) -> MetricChange:
    sign = _sign(name)
    pairs = list(zip(before.individual, after.individual, strict=True))
    old, new = as_numbers(before.individual), as_numbers(after.individual)
    difference = paired_difference(old, new, mean, seed=seed)
    test = None
    if all(value in (None, 0.0, 1.0) for pair in pairs for value in pair):
        yes = [[None if value is None else bool(value) == (sign > 0) for value in pair] for pair in pairs]
        test = mcnemar([pair[0] for pair in yes], [pair[1] for pair in yes])
    same = all((x is None) == (y is None) for x, y in pairs)
    deciding = test if test is not None and (same or test.p <= ALPHA) else None
    p = deciding.p if deciding else swap_test(old, new, mean, seed=seed)
    known = [
        (identifier, sign * (y - x))
        for identifier, (x, y) in zip(ids, pairs, strict=True)
        if x is not None and y is not None
    ]
    return MetricChange(
        name,
        before.value,
        after.value,
        difference,
        test,
        tuple(identifier for identifier, gain in known if gain < 0),
        tuple(identifier for identifier, gain in known if gain > 0),
        _verdict(name, difference, p, deciding),
        p,
    )


def _of_pooled(
    name: str, before: Score, after: Score, first: Sequence[Row], second: Sequence[Row], seed: int
) -> MetricChange:
    statistic = statistic_of(name)
    old, new = values_of(name, first, before), values_of(name, second, after)
    if statistic is None or old is None or new is None:
        return _not_compared(name, before, after)
    difference = paired_difference(old, new, statistic, seed=seed, rounds=ROUNDS_OF_POOLED)
    p = swap_test(old, new, statistic, seed=seed, rounds=ROUNDS_OF_POOLED)
    least = 0.0
    if CATALOGUE[name].unit == "seconds":
        least = max(LEAST_SECONDS, LEAST_SLOWER * (before.value or 0.0))
    verdict = _verdict(name, difference, p, None, least)
    return MetricChange(name, before.value, after.value, difference, None, (), (), verdict, p)


def _not_compared(name: str, before: Score, after: Score) -> MetricChange:
    return MetricChange(name, before.value, after.value, None, None, (), (), "not compared")


def _verdict(name: str, difference: Difference | None, p: float, test: McNemar | None, least: float = 0.0) -> str:
    """Worse or better by McNemar's exact test alone, where it decides; else where the interval and p agree.

    An interval of a few questions is no evidence by itself: of one that was lost, every sample says the same. A time
    has to differ by more than ``least`` besides.
    """
    if CATALOGUE.get(name, Meaning(None)).better is None or difference is None:
        return "not judged"
    if p > ALPHA:
        return "no difference shown"
    if test is not None:
        return "worse" if test.lost > test.won else "better"
    low, high = sorted((_sign(name) * difference.interval.low, _sign(name) * difference.interval.high))
    if high < -least:
        return "worse"
    return "better" if low > least else "no difference shown"


def _sign(name: str) -> int:
    return -1 if CATALOGUE.get(name, Meaning(None)).better == "lower" else 1
