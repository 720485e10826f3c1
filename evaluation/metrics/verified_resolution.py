"""Verified resolution, 解决率: who was helped, as far as that can be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, share


@dataclass(frozen=True)
class Resolution:
    """The two parts have the same N, and add up to ``resolved``."""

    resolved: Score
    confirmed: Score
    assumed: Score


def verified_resolution(conversations: Sequence[MeasuredConversation]) -> Resolution:
    """Answered, no human, no negative rating, no return on the same topic within 72 h, over engaged conversations.

    Confirmed where the customer said so, assumed where the customer said nothing. Those whose 72 h are not over do not
    count yet.

    Source: the project's definitions, docs/evaluation.md.

    >>> said_so = MeasuredConversation("1", True, answered=True, confirmed_resolved=True)
    >>> silent = MeasuredConversation("2", True, answered=True)
    >>> came_back = MeasuredConversation("3", True, answered=True, returned_same_topic_within_72h=True)
    >>> person = MeasuredConversation("4", True, answered=True, human_joined=True)
    >>> found = verified_resolution([said_so, silent, came_back, person])
    >>> found.resolved.value, found.confirmed.value, found.assumed.value
    (0.5, 0.25, 0.25)
    """
    resolved = [_is_resolved(one) for one in conversations]
    return Resolution(
        resolved=share(resolved),
        confirmed=share(
            [
                None if found is None else found and one.confirmed_resolved
                for found, one in zip(resolved, conversations, strict=True)
            ]
        ),
        assumed=share(
            [
                None if found is None else found and not one.confirmed_resolved
                for found, one in zip(resolved, conversations, strict=True)
            ]
        ),
    )


def _is_resolved(one: MeasuredConversation) -> bool | None:
    if not one.engaged or one.returned_same_topic_within_72h is None:
        return None
    return one.answered and one.contained and not one.negative_rating and not one.returned_same_topic_within_72h
