"""Precision at a given coverage: one point of the risk-coverage curve."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import Answered
from evaluation.metrics.score import Score, share


def precision_at_coverage(questions: Sequence[Answered], part: float) -> Score:
    """Right among the most confident ``part`` of all questions, 0 to 1; of equals the first.

    Source: Geifman and El-Yaniv 2017, Advances in Neural Information Processing Systems 30.

    >>> precision_at_coverage([Answered(0.9, True, True, True), Answered(0.1, False, False, True)], 0.5).value
    1.0
    """
    if not questions:
        return share([])
    order = sorted(range(len(questions)), key=lambda place: -questions[place].confidence)
    kept = set(order[: max(1, round(part * len(order)))])
    return share([question.right if place in kept else None for place, question in enumerate(questions)])
