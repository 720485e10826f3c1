"""Intervals agree with a second implementation, and hold what they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from scipy.stats import bootstrap as reference_bootstrap

from evaluation.statistics.intervals import Interval, bootstrap, wilson


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_wilson_is_scipys(counts: tuple[int, int], level: float) -> None:
    successes, n = counts
    found = wilson(successes, n, level)
    expected = binomtest(successes, n).proportion_ci(level, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= found.low <= successes / n <= found.high <= 1


def test_of_nothing_anything_may_be_true() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)


@pytest.mark.parametrize("counts", [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wilson(*counts)


def test_the_bootstrap_is_scipys() -> None:
    values = np.random.default_rng(7).gamma(2.0, size=200)
    found = bootstrap(values, lambda drawn: float(drawn.mean()), seed=3, rounds=4000)
    expected = reference_bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(4)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.02)


def test_the_same_seed_draws_the_same() -> None:
    values = [1.0, 2.0, 5.0, 9.0]
    first = bootstrap(values, np.median, seed=1)
    assert first == bootstrap(values, np.median, seed=1)
    assert first != bootstrap(values, np.mean, seed=1)


def test_rows_are_drawn_whole() -> None:
    pairs = [[float(n), -float(n)] for n in range(20)]
    found = bootstrap(pairs, lambda drawn: float(np.abs(drawn.sum(axis=1)).max()), seed=1)
    assert found == Interval(0.0, 0.0)


def test_no_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least one"):
        bootstrap([], np.mean, seed=1)


def test_about_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    drawn = np.random.default_rng(11)
    held = 0
    for _ in range(400):
        successes = int(drawn.binomial(80, 0.9))
        interval = wilson(successes, 80)
        held += interval.low <= 0.9 <= interval.high
    assert 0.92 <= held / 400 <= 0.98
