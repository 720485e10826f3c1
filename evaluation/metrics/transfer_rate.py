"""Transfer rate, 转人工率."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def transfer_rate(conversations: Sequence[MeasuredConversation]) -> Score:
    """Engaged conversations with at least one handoff over engaged conversations.

    Source: the project's definitions, docs/evaluation.md.

    >>> transfer_rate([MeasuredConversation("1", True, handed_off=True), MeasuredConversation("2", True)]).value
    0.5
    """
    return share([one.handed_off if one.engaged else None for one in conversations])
