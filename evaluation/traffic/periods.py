"""Two periods of live traffic: whether resolution and transfer rate differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score
from evaluation.metrics.transfer_rate import transfer_rate
from evaluation.metrics.verified_resolution import verified_resolution
from evaluation.statistics.unpaired import ShareDifference, share_difference


@dataclass(frozen=True)
class PeriodChange:
    """A metric in both periods; the difference is None where one of them has no conversation that counts."""

    before: Score
    after: Score
    difference: ShareDifference | None


def compare_periods(
    before: Sequence[MeasuredConversation], after: Sequence[MeasuredConversation]
) -> dict[str, PeriodChange]:
    """Verified resolution, its confirmed part, and transfer rate."""
    old, new = verified_resolution(before), verified_resolution(after)
    return {
        "verified_resolution": _change(old.resolved, new.resolved),
        "resolution_confirmed": _change(old.confirmed, new.confirmed),
        "transfer_rate": _change(transfer_rate(before), transfer_rate(after)),
    }


def _change(before: Score, after: Score) -> PeriodChange:
    return PeriodChange(before, after, share_difference(_counts(before), _counts(after)))


def _counts(score: Score) -> tuple[int, int]:
    return int(sum(value for value in score.individual if value)), score.n
