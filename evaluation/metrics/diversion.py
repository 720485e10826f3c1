"""Diversion share, 分流率: how much takes no person's time."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def diversion_share(conversations: Sequence[MeasuredConversation]) -> Score:
    """Engaged conversations that no human joined over engaged conversations.

    Who asked for a person, or was to be handed to one, and gave up in the queue is not diverted. To be shown beside
    wrong containment and handoff recall alone: a bot that never hands off has the best diversion.

    Source: the project's definitions, docs/evaluation.md.

    >>> bot, person = MeasuredConversation("1", True), MeasuredConversation("2", True, human_joined=True)
    >>> gave_up, hello = MeasuredConversation("3", True, asked_for_human=True), MeasuredConversation("4", False)
    >>> score = diversion_share([bot, person, gave_up, hello])
    >>> round(score.value, 3), score.n, score.individual
    (0.333, 3, (1.0, 0.0, 0.0, None))
    """
    return share([one.contained if one.engaged else None for one in conversations])
