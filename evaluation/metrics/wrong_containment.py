"""Wrong containment: who was kept from a person and should not have been."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


def wrong_containment(conversations: Sequence[MeasuredConversation]) -> Score:
    """Engaged conversations that no human joined although the case needed one, or whose last answer was wrong, over N.

    N is the engaged conversations that somebody judged: an unjudged one is neither right nor wrong.

    Source: the project's definitions, docs/evaluation.md.

    >>> kept = MeasuredConversation("1", True, needs_human=True)
    >>> wrong = MeasuredConversation("2", True, needs_human=False, last_answer_right=False)
    >>> helped = MeasuredConversation("3", True, needs_human=True, human_joined=True)
    >>> unjudged = MeasuredConversation("4", True)
    >>> score = wrong_containment([kept, wrong, helped, unjudged])
    >>> round(score.value, 3), score.n, score.individual
    (0.667, 3, (1.0, 1.0, 0.0, None))
    """
    return share([_is_wrong(one) for one in conversations])


def _is_wrong(one: MeasuredConversation) -> bool | None:
    if not one.engaged or (one.needs_human is None and one.last_answer_right is None):
        return None
    return not one.human_joined and (one.needs_human is True or one.last_answer_right is False)
