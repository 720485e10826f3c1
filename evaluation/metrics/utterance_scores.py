"""All scores of single utterances, handed to a person or not, by name."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.score import Score, share


def utterance_scores(needed: Sequence[bool], made: Sequence[bool]) -> dict[str, Score]:
    """Precision, recall and false alarms of the decision to hand over (van Rijsbergen 1979, chapter 7).

    >>> scores = utterance_scores([True, False, False], [True, True, False])
    >>> scores["handoff_precision"].value, scores["handoff_recall"].value, scores["false_alarm_rate"].value
    (0.5, 1.0, 0.5)
    """
    pairs = list(zip(needed, made, strict=True))
    return {
        "handoff_recall": share([hit if need else None for need, hit in pairs]),
        "handoff_precision": share([need if hit else None for need, hit in pairs]),
        "false_alarm_rate": share([None if need else hit for need, hit in pairs]),
    }
