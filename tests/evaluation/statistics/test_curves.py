"""Risk-coverage, reliability, confusion and slices, each against a second implementation."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, precision_score

from evaluation.metrics.answering import Answered
from evaluation.metrics.precision_at_coverage import precision_at_coverage
from evaluation.metrics.risk_coverage_area import risk_coverage_area
from evaluation.statistics.calibration import calibration_gap, reliability
from evaluation.statistics.confusion import confusion
from evaluation.statistics.risk_coverage import area_under_risk, risk_coverage
from evaluation.statistics.slices import sliced

asked = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60, unique_by=lambda pair: pair[0])


@given(asked)
def test_each_point_of_the_curve_is_scikit_learns_precision_above_its_bar(pairs: list[tuple[float, bool]]) -> None:
    confidences, right = [c for c, _ in pairs], [r for _, r in pairs]
    for point in risk_coverage(confidences, right):
        answered = [c >= point.confidence for c in confidences]
        assert point.coverage == pytest.approx(np.mean(answered))
        assert 1 - point.risk == pytest.approx(precision_score(right, answered, zero_division=0))


@given(asked)
def test_the_area_is_the_mean_over_every_coverage(pairs: list[tuple[float, bool]]) -> None:
    confidences, right = [c for c, _ in pairs], [r for _, r in pairs]
    questions = [Answered(c, True, r, True) for c, r in pairs]
    risks = [1 - (precision_at_coverage(questions, k / len(pairs)).value or 0) for k in range(1, len(pairs) + 1)]
    assert area_under_risk(confidences, right) == pytest.approx(np.mean(risks))


tied = st.lists(st.tuples(st.sampled_from([0.2, 0.5, 1.0]), st.booleans()), min_size=1, max_size=40)


@given(tied)
def test_of_equals_the_first_is_answered_first(pairs: list[tuple[float, bool]]) -> None:
    rest, risks, wrong = list(pairs), [], 0
    while rest:
        surest = max(rest, key=lambda pair: pair[0])  # the first of equals
        wrong += not rest.pop(rest.index(surest))[1]
        risks.append(wrong / (len(risks) + 1))
    questions = [Answered(c, True, r, True) for c, r in pairs]
    assert area_under_risk([c for c, _ in pairs], [r for _, r in pairs]) == pytest.approx(np.mean(risks))
    assert risk_coverage_area(questions).value == pytest.approx(np.mean(risks))


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5]), st.booleans()), min_size=1, max_size=6))
def test_over_all_orders_of_equals_each_of_them_is_wrong_as_often_as_they_all_are(
    pairs: list[tuple[float, bool]],
) -> None:
    areas = [area_under_risk(*zip(*order, strict=True)) for order in permutations(pairs)]
    share = {c: np.mean([not r for other, r in pairs if other == c]) for c, _ in pairs}
    expected = np.cumsum([share[c] for c in sorted((c for c, _ in pairs), reverse=True)])
    assert np.mean(areas) == pytest.approx(np.mean(expected / np.arange(1, len(pairs) + 1)))


def test_a_bot_that_knows_what_it_does_not_know_has_the_smaller_area() -> None:
    right = [True, True, True, False]
    assert area_under_risk([0.9, 0.8, 0.7, 0.1], right) == pytest.approx(1 / 16)
    assert area_under_risk([0.1, 0.2, 0.3, 0.9], right) > 0.5


def test_a_curve_may_have_fewer_points_and_keeps_its_ends() -> None:
    confidences = np.linspace(0, 1, 1000)
    points = risk_coverage(confidences, confidences > 0.5, points=50)
    assert len(points) <= 50
    assert (points[0].coverage, points[-1].coverage) == (0.001, 1.0)
    assert risk_coverage([], []) == []


@given(asked, st.integers(2, 20))
def test_reliability_is_scikit_learns_calibration_curve(pairs: list[tuple[float, bool]], bins: int) -> None:
    # A confidence on the edge of two bins belongs to the upper one here, and to the lower one there.
    inside = [(c, r) for c, r in pairs if 1e-6 < (c * bins) % 1 < 1 - 1e-6]
    if not inside:
        return
    confidences, right = [c for c, _ in inside], [r for _, r in inside]
    shares, means = calibration_curve(right, confidences, n_bins=bins)
    found = reliability(confidences, right, bins)
    assert [each.right for each in found] == pytest.approx(shares.tolist())
    assert [each.confidence for each in found] == pytest.approx(means.tolist())
    weighted = sum(each.n * abs(each.right - each.confidence) for each in found) / len(inside)
    assert calibration_gap(confidences, right, bins) == pytest.approx(weighted)
    assert all(each.interval.low <= each.right <= each.interval.high for each in found)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=50))
def test_confusion_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    right, found = [a for a, _ in pairs], [b for _, b in pairs]
    counted = confusion(right, found)
    assert [list(row) for row in counted.counts] == confusion_matrix(right, found, labels=counted.labels).tolist()
    mistakes = counted.worst(100)
    assert sum(n for _, _, n in mistakes) == sum(a != b for a, b in pairs)
    assert [n for _, _, n in mistakes] == sorted((n for _, _, n in mistakes), reverse=True)


def test_slices_leave_out_what_has_no_name_and_lose_nothing_else() -> None:
    assert sliced(["ab", "", "ac", "b"], lambda text: text[:1]) == {"a": ["ab", "ac"], "b": ["b"]}
