"""What a part of the search is worth: the same cases with it and without it, figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.doubles import DoubleAsked
from evaluation.faq import Asked
from evaluation.followups import FRESH, Followed
from evaluation.metrics.answered_precision import answered_precision
from evaluation.metrics.answering import Answered
from evaluation.metrics.auroc import area
from evaluation.metrics.coverage import coverage
from evaluation.metrics.false_answer_rate import false_answer_rate
from evaluation.metrics.hit_at_k import hit_at_k
from evaluation.metrics.score import ROUNDS_OF_CURVES, SEED
from evaluation.statistics.intervals import bootstrap
from evaluation.statistics.paired import Difference, paired_bootstrap

LESS_IS_BETTER = frozenset({"false_answer_rate", "bent", "split_wrongly"})

Scores = dict[str, Sequence[float | None]]


@dataclass(frozen=True)
class Worth:
    """By how much a figure is higher with a part than without it.

    Args:
        figure: its name.
        value: the difference.
        low: the lower end of its 95 % interval.
        high: the upper end.
    """

    figure: str
    value: float
    low: float
    high: float

    @property
    def is_gain(self) -> bool:
        """Whether the figure is better with the part, and chance does not explain it."""
        return self.high < 0 if self.figure in LESS_IS_BETTER else self.low > 0

    @property
    def is_loss(self) -> bool:
        """Whether the figure is worse with the part, and chance does not explain it."""
        return self.low > 0 if self.figure in LESS_IS_BETTER else self.high < 0


def of_queries(asked: Sequence[Asked]) -> Scores:
    """What each question adds to a figure; None where it does not count."""
    results = [item.result for item in asked]
    return {
        "top1": hit_at_k([item.ranked for item in asked], [item.query.entry_id for item in asked], 1).individual,
        "coverage": coverage(results).individual,
        "answered_precision": answered_precision(results).individual,
        "false_answer_rate": false_answer_rate(results).individual,
    }


def of_followups(asked: Sequence[Followed]) -> Scores:
    """The same of the last turns of dialogues."""
    results = [item.result for item in asked]
    right = [item.dialogue.entry_ids[-1] for item in asked]
    return {
        "top1": hit_at_k([item.ranked for item in asked], right, 1).individual,
        "coverage": coverage(results).individual,
        "answered_precision": answered_precision(results).individual,
        "bent": [float(item.is_bent) if item.dialogue.slice == FRESH else None for item in asked],
    }


def of_doubles(asked: Sequence[DoubleAsked]) -> Scores:
    """The same of messages with two questions, and of those that only look like it."""
    return {
        "both_answered": [float(item.are_both_answered) if item.case.slice == "double" else None for item in asked],
        "split_wrongly": [
            float(len(item.told.answered) > 1) if item.case.slice == "single" else None for item in asked
        ],
    }


def worth(whole: Mapping[str, Sequence[float | None]], less: Mapping[str, Sequence[float | None]]) -> list[Worth]:
    """The difference of every figure that both have a value of.

    Args:
        whole: with the part.
        less: without it, of the same cases in the same order.
    """
    found = {figure: paired_bootstrap(less[figure], whole[figure], seed=SEED) for figure in whole}
    return [_worth(figure, difference) for figure, difference in found.items() if difference is not None]


def auroc_worth(whole: Sequence[Answered], less: Sequence[Answered]) -> list[Worth]:
    """The difference of AUROC; nothing where a kind of question is missing.

    Args:
        whole: with the part.
        less: without it, of the same questions in the same order.
    """
    rows = np.array(
        [(one.confidence, other.confidence, one.in_scope) for one, other in zip(whole, less, strict=True)], dtype=float
    ).reshape(-1, 3)
    if len(set(rows[:, 2])) < 2:
        return []
    interval = bootstrap(rows, _area_difference, seed=SEED, rounds=ROUNDS_OF_CURVES)
    return [_worth("auroc", Difference(_area_difference(rows), interval))]


def _area_difference(rows: np.ndarray) -> float:
    return area(rows[:, [0, 2]]) - area(rows[:, [1, 2]])


def _worth(figure: str, difference: Difference) -> Worth:
    return Worth(figure, difference.value, difference.interval.low, difference.interval.high)
