"""The exact test of one round beside several, against every order that the rounds could have, and against scipy."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evaluation.statistics.matched import fewer_right

booleans = st.booleans()


@given(st.lists(st.tuples(booleans, st.lists(booleans, max_size=3)), max_size=5))
def test_it_is_the_share_of_orders_with_as_many_wrong_now(questions: list[tuple[bool, list[bool]]]) -> None:
    now, before = [right for right, _ in questions], [rounds for _, rounds in questions]
    orders = list(product(*([right, *rounds] for right, rounds in questions)))
    as_bad = [order for order in orders if order.count(False) >= now.count(False)]
    assert fewer_right(now, before) == pytest.approx(len(as_bad) / len(orders))


@given(st.lists(st.tuples(booleans, booleans), min_size=1, max_size=40))
def test_with_one_round_before_it_is_mcnemars(pairs: list[tuple[bool, bool]]) -> None:
    lost, won = pairs.count((True, False)), pairs.count((False, True))
    expected = binomtest(lost, lost + won, alternative="greater").pvalue if lost + won else 1.0
    assert fewer_right([after for _, after in pairs], [[first] for first, _ in pairs]) == pytest.approx(expected)


def test_every_question_needs_its_rounds() -> None:
    with pytest.raises(ValueError, match="zip"):
        fewer_right([True], [])
