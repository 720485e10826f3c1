"""Bent: what context costs a question that needs none."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answering import FollowupOutcome
from evaluation.metrics.score import Score, share


def bent(last_turns: Sequence[FollowupOutcome]) -> Score:
    """Fresh questions whose entry is first alone, but not with the turns before, over fresh questions.

    Source: the project's definitions, docs/evaluation.md.

    >>> from evaluation.metrics.answering import Answered
    >>> result = Answered(0.9, True, True, True)
    >>> astray, kept = FollowupOutcome(result, False, True, True), FollowupOutcome(result, True, True, True)
    >>> bent([astray, kept, FollowupOutcome(result, False, True, False)]).value
    0.5
    """
    return share([one.first_alone and not one.first if one.fresh else None for one in last_turns])
