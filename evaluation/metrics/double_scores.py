"""All scores of messages with two questions, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.metrics.score import Score, share


@dataclass(frozen=True)
class DoubleOutcome:
    """A message, with what the customer saw: ``double`` asks two questions, any other only looks like it."""

    double: bool
    both_answered: bool
    both_seen: bool
    split: bool


def double_scores(outcomes: Sequence[DoubleOutcome]) -> dict[str, Score]:
    """Doubles with both right answers, doubles whose two entries are both in sight, singles that got two answers.

    Source: the project's definitions, docs/evaluation.md.

    >>> double_scores([DoubleOutcome(True, True, True, True)])["both_answered"].value
    1.0
    """
    return {
        "both_answered": share([one.both_answered if one.double else None for one in outcomes]),
        "both_seen": share([one.both_seen if one.double else None for one in outcomes]),
        "split_wrongly": share([None if one.double else one.split for one in outcomes]),
    }
