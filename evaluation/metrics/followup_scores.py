"""All scores of follow-ups, by name."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answered_precision import answered_precision
from evaluation.metrics.answering import FollowupOutcome
from evaluation.metrics.bent import bent
from evaluation.metrics.coverage import coverage
from evaluation.metrics.followup_accuracy import followup_accuracy
from evaluation.metrics.score import Score


def followup_scores(outcomes: Sequence[FollowupOutcome]) -> dict[str, Score]:
    """Accuracy, precision and coverage of last turns, and what context costs a question that needs none.

    >>> from evaluation.metrics.answering import Answered
    >>> outcome = FollowupOutcome(Answered(0.9, True, True, True), True, False, False)
    >>> followup_scores([outcome])["followup_accuracy"].value
    1.0
    """
    results = [one.result for one in outcomes]
    return {
        "followup_accuracy": followup_accuracy(outcomes),
        "followup_precision": answered_precision(results),
        "followup_coverage": coverage(results),
        "bent": bent(outcomes),
    }
