"""All scores of messages with two questions, by name."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import DoubleOutcome
from evaluation.metrics.both_answered import both_answered
from evaluation.metrics.both_seen import both_seen
from evaluation.metrics.score import Score
from evaluation.metrics.split_wrongly import split_wrongly


def double_scores(outcomes: Sequence[DoubleOutcome]) -> dict[str, Score]:
    """Every metric of messages with two questions, and of those that only look like it.

    >>> double_scores([DoubleOutcome(True, True, True, True)])["both_answered"].value
    1.0
    """
    return {
        "both_answered": both_answered(outcomes),
        "both_seen": both_seen(outcomes),
        "split_wrongly": split_wrongly(outcomes),
    }
