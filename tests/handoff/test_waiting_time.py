"""What a waiting customer is told about the wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.waiting_time import LONGEST_TOLD_MINUTES, STEPS_MINUTES, UNKNOWN, WaitEstimate, estimate_wait

SIX_MINUTES = [360.0] * 20


@pytest.mark.parametrize(
    ("ahead", "slots", "free", "handled", "told"),
    [
        (0, 4, 1, [], WaitEstimate("within", 1)),  # somebody is free: no history is needed
        (0, 4, 0, [], UNKNOWN),
        (0, 0, 0, SIX_MINUTES, UNKNOWN),  # nobody is there
        (0, 12, 0, SIX_MINUTES, WaitEstimate("within", 2)),
        (9, 12, 0, SIX_MINUTES, WaitEstimate("within", 10)),
        (200, 4, 0, SIX_MINUTES, WaitEstimate("more_than", LONGEST_TOLD_MINUTES)),
    ],
)
def test_what_is_told(ahead, slots, free, handled, told) -> None:
    assert estimate_wait(ahead, slots, free, handled) == told


@given(
    ahead=st.integers(0, 50),
    slots=st.integers(1, 60),
    handled=st.lists(st.floats(10, 3000), min_size=5, max_size=30),
)
def test_more_people_ahead_never_means_a_shorter_wait(ahead: int, slots: int, handled: list[float]) -> None:
    def minutes(estimate: WaitEstimate) -> float:
        return float("inf") if estimate.kind == "more_than" else estimate.minutes or 0

    told = [estimate_wait(each, slots, 0, handled) for each in (ahead, ahead + 1)]
    assert minutes(told[0]) <= minutes(told[1])
    assert all(each.minutes in STEPS_MINUTES for each in told)
