"""Follow-up accuracy: how often the last turn of a dialogue finds its entry, understood with the turns before."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import FollowupOutcome
from evaluation.metrics.score import Score, share


def followup_accuracy(last_turns: Sequence[FollowupOutcome]) -> Score:
    """Last turns whose first candidate is right over all last turns.

    Source: the project's definitions, docs/evaluation.md.

    >>> from evaluation.metrics.answering import Answered
    >>> result = Answered(0.9, True, True, True)
    >>> found, missed = FollowupOutcome(result, True, False, False), FollowupOutcome(result, False, True, False)
    >>> followup_accuracy([found, missed]).value
    0.5
    """
    return share([one.first for one in last_turns])
