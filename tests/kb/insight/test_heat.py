"""Hot and cold entries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.insight.heat import heats


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({}, {}),
        ({"a": 0}, {"a": "cold"}),
        ({"a": 1}, {"a": "hot"}),
        ({"a": 6, "b": 3, "c": 1, "d": 0}, {"a": "hot", "d": "cold"}),
        ({"a": 5, "b": 5}, {"a": "hot"}),
        ({"a": 4, "b": 3, "c": 3}, {"a": "hot", "b": "hot"}),
    ],
)
def test_the_fewest_that_give_half_are_hot(answers: dict[str, int], found: dict[str, str]) -> None:
    assert heats(answers) == found


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50)))
def test_hot_entries_give_half_and_one_fewer_would_not(answers: dict[str, int]) -> None:
    found = heats(answers)
    hot = sorted((answers[key] for key, heat in found.items() if heat == "hot"), reverse=True)
    half = sum(answers.values()) / 2
    assert sum(hot) >= half
    assert not hot or sum(hot[:-1]) < half
    assert {key for key, heat in found.items() if heat == "cold"} == {key for key, n in answers.items() if not n}
