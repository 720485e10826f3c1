"""Clarification success: whether the choices that are offered hold the right one."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import FaqOutcome
from evaluation.metrics.score import Score, share


def clarification_success(outcomes: Sequence[FaqOutcome]) -> Score:
    """Clarifications whose offered choices hold the right entry over clarifications; out of scope none can.

    A clarification offers choices in place of an answer; what is offered beneath an answer is none.

    Source: the project's definitions, docs/evaluation.md.

    >>> from evaluation.metrics.answering import Answered
    >>> unsure = Answered(0.5, False, False, True)
    >>> beneath_an_answer = FaqOutcome(Answered(0.9, True, True, True), ("a", "b"), "a", ("b",), True)
    >>> score = clarification_success([FaqOutcome(unsure, ("a", "b"), "b", ("a", "b"), True), beneath_an_answer])
    >>> score.value, score.n
    (1.0, 1)
    """
    return share([one.entry_id in one.offered if one.offered and not one.result.answered else None for one in outcomes])
