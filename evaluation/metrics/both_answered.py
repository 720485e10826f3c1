"""Both answered: how many messages with two questions get the two right answers."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import DoubleOutcome
from evaluation.metrics.score import Score, share


def both_answered(messages: Sequence[DoubleOutcome]) -> Score:
    """Doubles that got the two right answers and no other, over doubles.

    Source: the project's definitions, docs/evaluation.md.

    >>> answered, offered = DoubleOutcome(True, True, True, True), DoubleOutcome(True, False, True, False)
    >>> single = DoubleOutcome(False, False, False, False)
    >>> both_answered([answered, offered, single]).value
    0.5
    """
    return share([one.both_answered if one.double else None for one in messages])
