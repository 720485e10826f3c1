"""All scores of follow-ups, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.metrics.answered_precision import answered_precision
from evaluation.metrics.answering import Answered
from evaluation.metrics.coverage import coverage
from evaluation.metrics.score import Score, share


@dataclass(frozen=True)
class FollowupOutcome:
    """The last turn of a dialogue.

    Args:
        result: whether it was answered, and rightly.
        first: whether the right entry is first, understood with the turns before.
        first_alone: the same without them.
        fresh: whether it follows up nothing.
    """

    result: Answered
    first: bool
    first_alone: bool
    fresh: bool


def followup_scores(outcomes: Sequence[FollowupOutcome]) -> dict[str, Score]:
    """Accuracy, precision and coverage of last turns, and ``bent``: what context costs a question that needs none.

    ``bent`` is the fresh questions whose entry is first alone, but not with the turns before, over fresh questions.

    Source: the project's definitions, docs/evaluation.md.

    >>> outcome = FollowupOutcome(Answered(0.9, True, True, True), True, False, False)
    >>> followup_scores([outcome])["followup_accuracy"].value
    1.0
    """
    results = [one.result for one in outcomes]
    return {
        "followup_accuracy": share([one.first for one in outcomes]),
        "followup_precision": answered_precision(results),
        "followup_coverage": coverage(results),
        "bent": share([one.first_alone and not one.first if one.fresh else None for one in outcomes]),
    }
