"""Both seen: how many messages with two questions show the customer both entries."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import DoubleOutcome
from evaluation.metrics.score import Score, share


def both_seen(messages: Sequence[DoubleOutcome]) -> Score:
    """Doubles whose two entries the customer sees, as answers or as choices, over doubles.

    Source: the project's definitions, docs/evaluation.md.

    >>> offered, one_only = DoubleOutcome(True, False, True, False), DoubleOutcome(True, False, False, False)
    >>> both_seen([offered, one_only]).value
    0.5
    """
    return share([one.both_seen if one.double else None for one in messages])
