"""Broken rate: how many conversations the channel failed, which are in no other figure."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def broken_rate(conversations: Sequence[MeasuredConversation]) -> Score:
    """Broken conversations over all of which it is known; only who talks to the channel from outside can know it.

    Source: the project's definitions, docs/evaluation.md.

    >>> whole = MeasuredConversation("1", True, broken=False)
    >>> broken, stored = MeasuredConversation("2", False, broken=True), MeasuredConversation("3", True)
    >>> score = broken_rate([whole, broken, stored])
    >>> score.value, score.n
    (0.5, 2)
    """
    return share([one.broken for one in conversations])
