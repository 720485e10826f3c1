"""Self-service diversion: of those who need no person, how many took no person's time."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def self_service_diversion(conversations: Sequence[MeasuredConversation]) -> Score:
    """The diversion share of the engaged conversations that need no person; unjudged ones do not count.

    Source: the project's definitions, docs/evaluation.md.

    >>> alone = MeasuredConversation("1", True, needs_human=False)
    >>> handed = MeasuredConversation("2", True, needs_human=False, human_joined=True)
    >>> needs_one = MeasuredConversation("3", True, needs_human=True)
    >>> score = self_service_diversion([alone, handed, needs_one])
    >>> score.value, score.n
    (0.5, 2)
    """
    return share([one.contained if one.engaged and one.needs_human is False else None for one in conversations])
