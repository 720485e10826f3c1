"""False-answer rate: how often the bot answers what no entry answers."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import Answered
from evaluation.metrics.score import Score, share


def false_answer_rate(questions: Sequence[Answered]) -> Score:
    """Out-of-scope questions that got an answer over out-of-scope questions.

    Source: the project's definitions, docs/evaluation.md; a false-positive rate.

    >>> false_answer_rate([Answered(0.8, True, False, False), Answered(0.1, False, False, False)]).value
    0.5
    """
    return share([None if question.in_scope else question.answered for question in questions])
