"""Customer satisfaction as docs/evaluation.md defines it: the mean of 1 to 5, with its interval and who answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handoff.case_interfaces import Satisfaction

RESAMPLES = 2000
SEED = 20_260_101


def satisfaction(scores: Sequence[int], asked: int) -> Satisfaction:
    """CSAT of one subject, the bot or the people.

    The interval is the percentile bootstrap's (Efron 1979) at 95 %, from resamples that are always the same; one score
    has none.

    Args:
        scores: 1 to 5 each.
        asked: how many customers could have rated; never fewer than did.

    >>> satisfaction([5, 4, 3], asked=6).mean
    4.0
    """
    answers = len(scores)
    mean = sum(scores) / answers if answers else None
    low = high = None
    if answers > 1:
        drawn = np.random.default_rng(SEED).choice(np.asarray(scores), size=(RESAMPLES, answers)).mean(axis=1)
        low, high = (float(bound) for bound in np.percentile(drawn, [2.5, 97.5]))
    return Satisfaction(answers=answers, asked=max(asked, answers), mean=mean, low=low, high=high)
