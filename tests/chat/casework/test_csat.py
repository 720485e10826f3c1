"""CSAT: a mean, an interval that holds it, and a response rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.casework.csat import satisfaction
from evaluation.metrics.conversations import MeasuredConversation, Rating
from evaluation.metrics.satisfaction import csat


@pytest.mark.parametrize(
    ("scores", "asked", "expected"),
    [([], 0, (None, 0, 0)), ([], 7, (None, 0, 7)), ([4], 2, (4.0, 1, 2)), ([1, 5], 2, (3.0, 2, 2))],
)
def test_the_figures(scores, asked, expected) -> None:
    found = satisfaction(scores, asked)
    assert (found.mean, found.answers, found.asked) == expected


def test_one_voice_has_no_interval_and_agreement_has_no_width() -> None:
    assert satisfaction([4], 1).low is None
    agreed = satisfaction([4] * 20, 20)
    assert (agreed.low, agreed.high) == (4.0, 4.0)


def test_more_voices_say_it_more_exactly() -> None:
    few, many = satisfaction([1, 5] * 5, 10), satisfaction([1, 5] * 500, 1000)
    assert many.high - many.low < few.high - few.low


@given(st.lists(st.integers(1, 5), min_size=2, max_size=60))
def test_the_interval_holds_the_mean_and_stays_on_the_scale(scores: list[int]) -> None:
    found = satisfaction(scores, 0)
    assert 1 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= 5
    assert found.asked == found.answers


@given(st.lists(st.integers(1, 5), max_size=30))
def test_the_desk_says_what_the_evaluation_says(scores: list[int]) -> None:
    found = satisfaction(scores, 0)
    evaluated = csat([MeasuredConversation("c", True, ratings=(Rating("bot", score),)) for score in scores], "bot")
    assert (found.answers, found.mean) == (evaluated.n, evaluated.value)
    assert (found.low, found.high) == (
        (evaluated.interval.low, evaluated.interval.high) if evaluated.interval else (None, None)
    )
