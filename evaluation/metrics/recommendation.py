"""NPS: who would recommend the service, less who would not."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.conversations import Kind, MeasuredConversation
from evaluation.metrics.score import Score, measured


def nps(conversations: Sequence[MeasuredConversation], of: Kind) -> Score:
    """Promoters (9, 10) less detractors (0 to 6), in percent of those who answered; bot and human are never mixed.

    Where a conversation has several, the last one counts. An individual score is 100, 0 or -100.

    Source: Reichheld 2003, Harvard Business Review, December.

    >>> from evaluation.metrics.conversations import Rating
    >>> rated = [MeasuredConversation(str(r), True, ratings=(Rating("bot", None, r),)) for r in (10, 9, 7, 3)]
    >>> nps(rated, "bot").value
    25.0
    """
    return measured([_leaning(one, of) for one in conversations], lambda values: float(values.mean()))


def _leaning(one: MeasuredConversation, of: Kind) -> float | None:
    given = [rating.recommendation for rating in one.ratings if rating.of == of and rating.recommendation is not None]
    if not given:
        return None
    return 100.0 if given[-1] >= 9 else -100.0 if given[-1] <= 6 else 0.0
