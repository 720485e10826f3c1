"""CSAT: how satisfied those were who said so."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import Kind, MeasuredConversation
from evaluation.metrics.score import Score, measured, share


def csat(conversations: Sequence[MeasuredConversation], of: Kind) -> Score:
    """Mean of 1 to 5 over the conversations that were rated; bot and human are never mixed.

    Where a conversation has several ratings, the last one counts.

    Source: the project's definitions, docs/evaluation.md.

    >>> from evaluation.metrics.conversations import Rating
    >>> rated = [MeasuredConversation(str(s), True, ratings=(Rating("bot", s),)) for s in (5, 4)]
    >>> csat(rated, "bot").value
    4.5
    """
    return mean_rating([_satisfaction(one, of) for one in conversations])


def mean_rating(scores: Sequence[int | None]) -> Score:
    """The mean of ratings, 1 to 5, with a bootstrap interval; None is not rated.

    >>> mean_rating([5, 4, None]).value
    4.5
    """
    return measured(scores, lambda values: float(values.mean()))


def response_rate(conversations: Sequence[MeasuredConversation], of: Kind) -> Score:
    """Rated over engaged conversations, the guard of CSAT; for ``human``, over those that a human joined.

    >>> response_rate([MeasuredConversation("1", True)], "bot").value
    0.0
    """
    return share(
        [
            _satisfaction(one, of) is not None if one.engaged and (of == "bot" or one.human_joined) else None
            for one in conversations
        ]
    )


def _satisfaction(one: MeasuredConversation, of: Kind) -> int | None:
    given = [rating.satisfaction for rating in one.ratings if rating.of == of and rating.satisfaction is not None]
    return given[-1] if given else None
