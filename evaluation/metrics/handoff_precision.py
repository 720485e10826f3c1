"""Handoff precision: how many of those handed to a person needed one."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def handoff_precision(conversations: Sequence[MeasuredConversation]) -> Score:
    """Needed handoffs over handoffs; unjudged conversations do not count. A bot that always hands off is bad here.

    Source: precision of a decision (van Rijsbergen 1979, Information Retrieval, chapter 7).

    >>> needed = MeasuredConversation("1", True, handed_off=True, needs_human=True)
    >>> needless = MeasuredConversation("2", True, handed_off=True, needs_human=False)
    >>> handoff_precision([needed, needless]).value
    0.5
    """
    return share([one.needs_human if one.handed_off else None for one in conversations])
