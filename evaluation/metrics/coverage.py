"""Coverage: how much the bot answers."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import Answered
from evaluation.metrics.score import Score, share


def coverage(questions: Sequence[Answered]) -> Score:
    """Answered over all questions, out-of-scope ones included.

    Source: El-Yaniv and Wiener 2010, Journal of Machine Learning Research 11.

    >>> coverage([Answered(0.9, True, True, True), Answered(0.1, False, False, True)]).value
    0.5
    """
    return share([question.answered for question in questions])
