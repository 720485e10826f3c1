"""Which questions mean the same, on vectors alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.suggestions.grouping import LONGEST_QUESTION, grouped, plain

NONE = np.zeros((0, 2), np.float32)


def at(*degrees: float) -> np.ndarray:
    """Directions on a circle."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("questions", "leaders", "groups"),
    [
        (at(0), NONE, [0]),
        (at(0, 5, 90, 92), NONE, [0, 0, 1, 1]),
        (at(1, 89, 180), at(0, 90), [0, 1, 2]),
        (at(44), at(0, 50), [1]),  # the nearer one of two that are near enough
        (at(0, 40, 80), NONE, [0, 0, 1]),  # 80 is near 40, but not near the group's first question
        (at(200, 20), at(0), [1, 0]),
    ],
)
def test_a_question_goes_to_the_nearest_group_or_begins_one(
    questions: np.ndarray, leaders: np.ndarray, groups: list[int]
) -> None:
    assert grouped(questions, leaders, near=0.7) == groups


@given(st.lists(st.floats(0, 360), min_size=1, max_size=30), st.integers(0, 30))
def test_asking_in_two_lots_is_asking_in_one(degrees: list[float], cut: int) -> None:
    vectors = at(*degrees)
    whole = grouped(vectors, NONE, near=0.7)
    first = grouped(vectors[:cut], NONE, near=0.7)
    begun = [first.index(group) for group in range(max(first, default=-1) + 1)]
    rest = grouped(vectors[cut:], vectors[begun].reshape(-1, 2), near=0.7)
    assert [*first, *rest] == whole


@pytest.mark.parametrize(
    ("masked", "text"),
    [
        ("我手机[phone]换号了怎么改", "我手机 换号了怎么改"),
        ("card [card *1234] swallowed,\n mail [email]", "card swallowed, mail"),
        ("[id]", ""),
        ("plain [brackets] stay", "plain [brackets] stay"),
        ("长" * 500, "长" * LONGEST_QUESTION),
    ],
)
def test_no_token_of_the_masking_stands_in_an_entry(masked: str, text: str) -> None:
    assert plain(masked) == text
