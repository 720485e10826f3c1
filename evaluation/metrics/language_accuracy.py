"""Language accuracy: whether a customer is answered in the language of the question."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import FaqOutcome
from evaluation.metrics.score import Score, share


def language_accuracy(outcomes: Sequence[FaqOutcome]) -> Score:
    """Questions that were searched and answered in their own language, Chinese or English, over all questions.

    Source: accuracy of a classifier.

    >>> from evaluation.metrics.answering import Answered
    >>> result = Answered(0.5, False, False, True)
    >>> language_accuracy([FaqOutcome(result, ("a",), "a", (), right_language=False)]).value
    0.0
    """
    return share([one.right_language for one in outcomes])
