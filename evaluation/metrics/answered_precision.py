"""Answered precision: how much of what the bot answers is right."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import Answered
from evaluation.metrics.score import Score, share


def answered_precision(questions: Sequence[Answered]) -> Score:
    """Right over answered questions; an answered out-of-scope question is wrong. To be read beside coverage.

    One minus the selective risk of El-Yaniv and Wiener 2010, Journal of Machine Learning Research 11.

    >>> answered_precision([Answered(0.9, True, True, True), Answered(0.8, True, False, False)]).value
    0.5
    """
    return share([question.right if question.answered else None for question in questions])
