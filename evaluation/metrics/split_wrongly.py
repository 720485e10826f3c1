"""Split wrongly: how many messages that only look like two questions are taken for two."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import DoubleOutcome
from evaluation.metrics.score import Score, share


def split_wrongly(messages: Sequence[DoubleOutcome]) -> Score:
    """Singles that got two answers, over singles.

    Source: the project's definitions, docs/evaluation.md; a false-positive rate.

    >>> split, whole = DoubleOutcome(False, False, False, True), DoubleOutcome(False, False, False, False)
    >>> split_wrongly([split, whole, DoubleOutcome(True, True, True, True)]).value
    0.5
    """
    return share([None if one.double else one.split for one in messages])
