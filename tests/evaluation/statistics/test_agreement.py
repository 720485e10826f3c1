"""Agreement of raters, and shares of two groups, against a second implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from sklearn.metrics import cohen_kappa_score

from evaluation.statistics.agreement import cohens_kappa
from evaluation.statistics.intervals import wilson
from evaluation.statistics.unpaired import share_difference

labels = st.sampled_from(["yes", "no", "none"])


@given(st.lists(st.tuples(labels, labels), min_size=2, max_size=40))
def test_kappa_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    first, second = [x for x, _ in pairs], [y for _, y in pairs]
    found = cohens_kappa(first, second, seed=1)
    if len({*first, *second}) == 1:
        assert (found.kappa, found.agreed) == (None, 1.0)
        return
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert found.n == len(pairs)
    assert found.agreed_interval == wilson(sum(x == y for x, y in pairs), len(pairs))
    assert found.interval is not None
    assert found.interval.low <= found.interval.high


def test_what_one_rater_left_open_does_not_count() -> None:
    found = cohens_kappa(["yes", None, "no"], ["yes", "no", None], seed=1)
    assert (found.n, found.agreed) == (1, 1.0)
    assert cohens_kappa(["yes"], ["no"], seed=1).interval is None, "one item alone says nothing of others"
    assert cohens_kappa([], [], seed=1).n == 0


def test_a_difference_has_fishers_p_and_the_interval_of_the_paper() -> None:
    found = share_difference((48, 80), (56, 70))
    assert found is not None
    assert found.p == pytest.approx(fisher_exact([[56, 14], [48, 32]]).pvalue)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_an_empty_group_has_no_difference() -> None:
    assert share_difference((0, 0), (1, 2)) is None
    assert share_difference((1, 2), (0, 0)) is None
