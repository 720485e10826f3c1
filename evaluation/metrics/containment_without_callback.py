"""Containment without callback: contained, and not because the customer gave up until the next day."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def containment_without_callback(conversations: Sequence[MeasuredConversation]) -> Score:
    """Contained, and no return within 24 h, over engaged conversations; those whose 24 h are not over do not count.

    Source: the project's definitions, docs/evaluation.md.

    >>> stayed_away, back = MeasuredConversation("1", True), MeasuredConversation("2", True, returned_within_24h=True)
    >>> today = MeasuredConversation("3", True, returned_within_24h=None)
    >>> score = containment_without_callback([stayed_away, back, today])
    >>> score.value, score.n
    (0.5, 2)
    """
    return share(
        [
            one.contained and not one.returned_within_24h
            if one.engaged and one.returned_within_24h is not None
            else None
            for one in conversations
        ]
    )
