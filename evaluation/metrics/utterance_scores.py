"""All scores of single utterances, handed to a person or not, by name."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.false_alarm_rate import false_alarm_rate
from evaluation.metrics.handoff_precision import handoff_precision
from evaluation.metrics.handoff_recall import handoff_recall
from evaluation.metrics.score import Score


def utterance_scores(needed: Sequence[bool], made: Sequence[bool]) -> dict[str, Score]:
    """Precision, recall and false alarms of the decision to hand over, each utterance a conversation of its own.

    >>> scores = utterance_scores([True, False, False], [True, True, False])
    >>> scores["handoff_precision"].value, scores["handoff_recall"].value, scores["false_alarm_rate"].value
    (0.5, 1.0, 0.5)
    """
    utterances = [
        MeasuredConversation("", True, needs_human=need, handed_off=hit) for need, hit in zip(needed, made, strict=True)
    ]
    return {
        "handoff_recall": handoff_recall(utterances),
        "handoff_precision": handoff_precision(utterances),
        "false_alarm_rate": false_alarm_rate(utterances),
    }
