"""Handoff recall: how many of those who need a person get one."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def handoff_recall(conversations: Sequence[MeasuredConversation]) -> Score:
    """Handed off over needed; unjudged conversations do not count. A bot that never hands off is bad here.

    Source: recall of a decision (van Rijsbergen 1979, Information Retrieval, chapter 7).

    >>> reached = MeasuredConversation("1", True, handed_off=True, needs_human=True)
    >>> kept = MeasuredConversation("2", True, needs_human=True)
    >>> handoff_recall([reached, kept]).value
    0.5
    """
    return share([one.handed_off if one.needs_human else None for one in conversations])
