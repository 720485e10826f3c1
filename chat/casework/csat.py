"""Customer satisfaction at the desk: the figures of the evaluation's own metric, for ratings as they are stored."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.satisfaction import mean_rating
from handoff.case_interfaces import Satisfaction


def satisfaction(scores: Sequence[int], asked: int) -> Satisfaction:
    """CSAT of one subject, the bot or the people, with its 95 % interval; one score has none.

    Args:
        scores: 1 to 5 each.
        asked: how many customers could have rated; never fewer than did.

    >>> satisfaction([5, 4, 3], asked=6).mean
    4.0
    """
    score = mean_rating(scores)
    low, high = (score.interval.low, score.interval.high) if score.interval else (None, None)
    return Satisfaction(answers=score.n, asked=max(asked, score.n), mean=score.value, low=low, high=high)
