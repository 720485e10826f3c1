"""Two runs over the same questions: tests against a second implementation, and the cases people argue about."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test

from evaluation.statistics.paired import McNemar, mcnemar, mean, paired_bootstrap, swap_test

outcomes = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


@given(outcomes)
def test_mcnemar_is_the_exact_binomial_test(pairs: list[tuple[bool, bool]]) -> None:
    found = mcnemar([before for before, _ in pairs], [after for _, after in pairs])
    lost, won = pairs.count((True, False)), pairs.count((False, True))
    assert (found.lost, found.won) == (lost, won)
    expected = binomtest(min(lost, won), lost + won, 0.5).pvalue if lost + won else 1.0
    assert found.p == pytest.approx(expected)


def test_a_question_that_one_run_does_not_have_does_not_count() -> None:
    assert mcnemar([True, None, True], [False, False, None]) == McNemar(1, 0, 1.0)


def test_runs_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        mcnemar([True], [True, False])


def test_the_same_run_twice_differs_by_nothing() -> None:
    same = [1.0, 0.0, None, 1.0]
    found = paired_bootstrap(same, same, seed=1)
    assert found is not None
    assert (found.value, found.interval.low, found.interval.high) == (0.0, 0.0, 0.0)


def test_a_question_that_counts_in_one_run_only_still_counts_there() -> None:
    found = paired_bootstrap([1, 1, None, None], [1, 1, 0, 0], seed=1)
    assert found is not None
    assert found.value == -0.5
    assert found.interval.high <= 0


def test_without_a_value_in_one_run_there_is_no_difference() -> None:
    assert paired_bootstrap([None, None], [1, 0], seed=1) is None
    assert paired_bootstrap([], [], seed=1) is None


def test_pairs_are_drawn_together() -> None:
    """Unpaired samples of the same shares would differ by far more than these, which differ in one question."""
    before = [1.0, 0.0] * 100
    after = [*before[:-1], 1.0]
    found = paired_bootstrap(before, after, seed=1)
    assert found is not None
    assert found.interval.low >= 0
    assert found.interval.high <= 0.02


@pytest.mark.parametrize("lost", [1, 5, 8])
def test_swapping_at_random_is_mcnemars_test_where_all_is_0_or_1(lost: int) -> None:
    before, after = np.ones(40), np.array([0.0] * lost + [1.0] * (40 - lost))
    exact = mcnemar(before.astype(bool).tolist(), after.astype(bool).tolist()).p
    assert swap_test(before, after, mean, seed=1, rounds=4000) == pytest.approx(exact, abs=0.02)


def test_swapping_agrees_with_scipy_on_a_median() -> None:
    drawn = np.random.default_rng(3)
    before = drawn.normal(size=60)
    after = before + drawn.normal(0.2, 0.5, size=60)

    def difference(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.median(y) - np.median(x))

    expected = permutation_test((before, after), difference, permutation_type="samples", n_resamples=4000, rng=1).pvalue
    assert swap_test(before, after, np.median, seed=1, rounds=4000) == pytest.approx(expected, abs=0.03)
