"""How a feeling moves over a conversation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.trend import LOOKED_BACK, TrendPoint, direction, trend_of

values = st.lists(st.floats(0, 1), max_size=10)


@pytest.mark.parametrize(
    ("felt", "wanted"),
    [
        ([], "steady"),
        ([0.9], "steady"),
        ([0.1, 0.3, 0.6], "rising"),
        ([0.1, 0.5], "rising"),
        ([0.1, 0.25], "steady"),
        ([0.9, 0.9, 0.2, 0.1], "falling"),
        ([0.1, 0.8, 0.1], "steady"),
        ([0.1, 0.1, 0.1, 0.9], "rising"),
        ([0.5, 0.52, 0.54, 0.56], "steady"),
        ([0.9, 0.9, 0.9, 0.9, 0.0, 0.2, 0.3, 0.4, 0.6, 0.7], "rising"),
    ],
    ids=str,
)
def test_where_it_goes(felt: list[float], wanted: str) -> None:
    assert direction(felt) == wanted


@given(values)
def test_time_reversed_a_rise_is_a_fall(felt: list[float]) -> None:
    mirrored = {"rising": "falling", "falling": "rising", "steady": "steady"}
    felt = felt[-LOOKED_BACK:]
    assert direction(felt[::-1]) == mirrored[direction(felt)]


@given(values, st.floats(0, 1))
def test_a_level_feeling_is_steady(felt: list[float], level: float) -> None:
    assert direction([level] * len(felt)) == "steady"


@given(values)
def test_only_the_latest_turns_count(felt: list[float]) -> None:
    assert direction(felt) == direction(felt[-LOOKED_BACK:])


@given(values)
def test_the_desk_gets_the_turns_that_the_trend_was_read_from(felt: list[float]) -> None:
    points = [TrendPoint(seq, "neutral", value) for seq, value in enumerate(felt, start=1)]
    trend = trend_of(points)
    assert trend.points == tuple(points[-LOOKED_BACK:])
    assert trend.direction == direction(felt)
