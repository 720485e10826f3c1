"""False alarm rate: how many of those who need no person are handed to one."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def false_alarm_rate(conversations: Sequence[MeasuredConversation]) -> Score:
    """Handed off without need over not needed; unjudged ones do not count. A bot that always hands off is bad here.

    Source: false-positive rate of a decision (van Rijsbergen 1979, Information Retrieval, chapter 7).

    >>> needless = MeasuredConversation("1", True, handed_off=True, needs_human=False)
    >>> left_alone = MeasuredConversation("2", True, needs_human=False)
    >>> false_alarm_rate([needless, left_alone]).value
    0.5
    """
    return share([one.handed_off if one.needs_human is False else None for one in conversations])
