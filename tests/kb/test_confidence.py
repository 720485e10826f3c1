"""How sure is sure: a confidence of 0.8 is right four times in five, and the thresholds keep what was asked of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kb.confidence import (
    FEATURES,
    LEAST_ANSWER,
    LEAST_CLARIFY,
    MIN_SAMPLES,
    UNFITTED,
    Calibration,
    Samples,
    Scores,
    features,
    fit_calibration,
    lowest_confidence,
    unfitted,
)

# ── from where on ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("judged", "wanted", "expected"),
    [
        ({0.9: True, 0.8: True, 0.4: True, 0.2: False}, 0.95, 0.4),
        ({0.9: True, 0.8: True, 0.4: True, 0.2: False}, 0.75, 0.2),
        ({0.2: False, 0.4: True, 0.9: True, 0.8: True}, 0.95, 0.4),
        ({0.9: True, 0.8: False, 0.7: True, 0.6: True}, 0.75, 0.6),
        ({0.9: True, 0.8: False, 0.7: True, 0.6: True}, 0.8, 0.9),
        ({0.9: False, 0.8: True}, 0.9, 1.0),
        ({0.9: False, 0.8: False}, 0.5, 1.0),
        ({0.3: True}, 0.99, 0.3),
        ({}, 0.5, 1.0),
    ],
)
def test_the_lowest_confidence_from_which_enough_are_right(
    judged: dict[float, bool], wanted: float, expected: float
) -> None:
    confidence, right = np.array(list(judged)), np.array(list(judged.values()), dtype=bool)
    assert lowest_confidence(confidence, right, np.ones(len(right)), wanted) == expected


def test_equal_confidences_stand_or_fall_together() -> None:
    confidence, right = np.array([0.9, 0.5, 0.5, 0.5]), np.array([True, True, False, False])
    assert lowest_confidence(confidence, right, np.ones(4), 0.9) == 0.9
    assert lowest_confidence(confidence, right, np.ones(4), 0.5) == 0.5


def test_a_question_counts_for_its_weight() -> None:
    confidence, right = np.array([0.9, 0.5, 0.2]), np.array([True, False, True])
    assert lowest_confidence(confidence, right, np.array([9.0, 1.0, 0.1]), 0.9) == 0.2
    assert lowest_confidence(confidence, right, np.array([1.0, 9.0, 0.1]), 0.9) == 0.9


JUDGED = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]), st.booleans(), st.sampled_from([0.125, 1.0, 3.0])),
    max_size=30,
)


@given(JUDGED, st.floats(0.01, 0.99))
def test_what_is_answered_is_right_often_enough_and_no_lower_threshold_would_be(
    judged: list[tuple[float, bool, float]], wanted: float
) -> None:
    confidence, right, weights = (np.array([row[column] for row in judged], dtype=float) for column in range(3))

    def share_right(threshold: float) -> float:
        answered = confidence >= threshold
        return float((right * weights)[answered].sum() / weights[answered].sum())

    found = lowest_confidence(confidence, right.astype(bool), weights, wanted)
    if (confidence >= found).any():
        assert share_right(found) >= wanted
    for lower in confidence[confidence < found]:
        assert share_right(lower) < wanted


# ── fitted to samples ─────────────────────────────────────────────────────────────────────────────────────────────


def made(count: int, seed: int, doubt: float = 1.0) -> tuple[Samples, NDArray[np.float64]]:
    """Samples whose features tell how probably they are right, and that probability."""
    random = np.random.default_rng(seed)
    found = random.normal(size=(count, len(FEATURES))) * 0.2 + 0.4
    probability = 1 / (1 + np.exp(-(12 * (found[:, 0] - 0.4) + 6 * (found[:, -1] - 0.4)) / doubt))
    right = random.random(count) < probability
    return Samples(found, right, right | (random.random(count) < 0.4), 1.0), probability


def fitted(*kinds: Samples, answered: float = 0.9, clarified: float = 0.6) -> Calibration:
    found = fit_calibration(kinds, answered_precision=answered, clarified_success=clarified)
    assert found is not None
    return found


def tells_nothing(*kinds: Samples) -> bool:
    return fit_calibration(kinds, answered_precision=0.9, clarified_success=0.6) is None


def test_confidence_is_the_probability_of_being_right() -> None:
    calibration = fitted(made(4000, seed=0)[0])
    fresh, probability = made(4000, seed=1)
    confidence = calibration.of(fresh.features)
    assert np.abs(confidence - probability).mean() < 0.03
    for low in np.arange(0, 1, 0.2):
        inside = (confidence >= low) & (confidence < low + 0.2)
        assert fresh.right[inside].mean() == pytest.approx(confidence[inside].mean(), abs=0.07)


@pytest.mark.parametrize("wanted", [0.8, 0.9, 0.97])
def test_answers_are_right_as_often_as_wanted_on_questions_not_fitted_to(wanted: float) -> None:
    calibration = fitted(made(4000, seed=0)[0], answered=wanted)
    fresh, _ = made(4000, seed=1)
    answered = calibration.of(fresh.features) >= calibration.thresholds.answer
    assert answered.mean() > 0.1
    assert fresh.right[answered].mean() == pytest.approx(wanted, abs=0.03)


def test_choices_hold_the_right_one_as_often_as_wanted() -> None:
    calibration = fitted(made(4000, seed=0)[0])
    fresh, _ = made(4000, seed=1)
    confidence, thresholds = calibration.of(fresh.features), calibration.thresholds
    offered = (confidence >= thresholds.clarify) & (confidence < thresholds.answer)
    assert offered.mean() > 0.05
    assert fresh.right_in_three[offered].mean() == pytest.approx(0.6, abs=0.05)


def test_to_want_more_is_to_answer_less() -> None:
    samples, _ = made(2000, seed=0)
    answers = [fitted(samples, answered=wanted).thresholds.answer for wanted in (0.7, 0.85, 0.95)]
    assert answers == sorted(answers)
    assert answers[0] < answers[-1]
    choices = [fitted(samples, clarified=wanted).thresholds.clarify for wanted in (0.45, 0.6, 0.75)]
    assert choices == sorted(choices)
    assert choices[0] < choices[-1]


def test_a_question_sure_enough_to_answer_is_never_offered_as_a_choice_only() -> None:
    samples, _ = made(400, seed=0)
    nothing_in_three = Samples(samples.features, samples.right, samples.right & False, 1.0)
    thresholds = fitted(nothing_in_three, clarified=0.99).thresholds
    assert thresholds.clarify == thresholds.answer < 1


def test_of_kinds_that_disagree_the_one_that_counts_for_more_is_believed() -> None:
    """However few it has: check questions are fewer than those held out, and nearer to what customers ask."""
    random = np.random.default_rng(0)

    def kind(count: int, share_right: float, weight: float) -> Samples:
        right = random.random(count) < share_right
        return Samples(random.normal(size=(count, len(FEATURES))) * 0.01, right, right, weight)

    def typical(*kinds: Samples) -> float:
        return float(fitted(*kinds).of(np.zeros((1, len(FEATURES))))[0])

    assert typical(kind(200, 0.9, 10.0), kind(2000, 0.1, 0.1)) > 0.8
    assert typical(kind(200, 0.9, 0.1), kind(2000, 0.1, 10.0)) < 0.2


def test_a_kind_without_samples_is_no_kind() -> None:
    samples, _ = made(400, seed=0)
    empty = Samples(samples.features[:0], samples.right[:0], samples.right[:0], 5.0)
    one, other = fitted(samples), fitted(empty, samples)
    assert one.thresholds == other.thresholds
    assert tells_nothing()
    assert tells_nothing(empty)


def test_a_feature_that_never_varied_tells_nothing_when_it_does() -> None:
    """Such as the probability where there was too little for a classifier: the next release may have one."""
    samples, _ = made(400, seed=0)
    samples.features[:, 1] = 1 / 3
    calibration = fitted(samples)
    confidence = calibration.of(samples.features)
    assert confidence[samples.right].mean() > confidence[~samples.right].mean() + 0.2
    samples.features[:, 1] = 0.9
    np.testing.assert_allclose(calibration.of(samples.features), confidence, atol=1e-6)


@pytest.mark.parametrize(
    "samples",
    [
        made(MIN_SAMPLES - 1, seed=0)[0],
        Samples(np.ones((200, len(FEATURES))), np.ones(200, bool), np.ones(200, bool), 1.0),
        Samples(np.ones((200, len(FEATURES))), np.zeros(200, bool), np.zeros(200, bool), 1.0),
    ],
    ids=["few", "all right", "none right"],
)
def test_samples_that_tell_nothing_leave_it_unfitted(samples: Samples) -> None:
    assert tells_nothing(samples)


def test_what_is_more_likely_wrong_is_never_answered_however_easy_the_samples_were() -> None:
    right = np.tile([False, True], 50)
    easy = Samples(np.repeat(right[:, None], len(FEATURES), axis=1).astype(np.float64), right, right, 1.0)
    bars = fitted(easy, answered=0.01, clarified=0.001).thresholds
    assert (bars.answer, bars.clarify) == (LEAST_ANSWER, LEAST_CLARIFY)


def test_unfitted_it_is_surer_of_the_near_than_of_the_far() -> None:
    calibration = unfitted(answered_precision=0.95, clarified_success=0.5)
    assert calibration.confidence(scores(cosine=[0.9, 0.1])) > calibration.thresholds.answer
    assert calibration.confidence(scores(cosine=[0.2, 0.1])) < calibration.thresholds.clarify
    assert len(UNFITTED.centre) == len(UNFITTED.spread) == len(UNFITTED.weights) == len(FEATURES)


@pytest.mark.parametrize(
    ("answered", "clarified", "answer", "clarify"),
    [(0.95, 0.5, 0.9, 0.2063), (0.8, 0.5, 0.6, 0.2063), (0.8, 0.784, 0.6, 0.4), (0.6, 0.99, 0.5, 0.5)],
)
def test_unfitted_its_bars_follow_from_what_is_wanted(
    answered: float, clarified: float, answer: float, clarify: float
) -> None:
    bars = unfitted(answered_precision=answered, clarified_success=clarified).thresholds
    assert (bars.answer, bars.clarify) == pytest.approx((answer, clarify), abs=1e-4)
    assert not bars.never_answer


def test_where_nothing_is_right_often_enough_it_never_answers() -> None:
    random = np.random.default_rng(0)
    right = np.arange(400) % 2 == 0
    samples = Samples(random.normal(size=(1, len(FEATURES))).repeat(400, axis=0), right, right, 1.0)
    assert fitted(samples, answered=0.9).thresholds.never_answer
    assert not fitted(samples, answered=0.4).thresholds.never_answer


def test_the_most_extreme_scores_are_still_probabilities() -> None:
    sure = Calibration(np.zeros(1), np.ones(1), np.ones(1), 0.0, UNFITTED.thresholds)
    with np.errstate(all="raise"):
        low, high = sure.of(np.array([[-1e6], [1e6]]))
    assert 0 <= low < 1e-9
    assert 1 - 1e-9 < high <= 1


# ── features of the first candidate ───────────────────────────────────────────────────────────────────────────────


def scores(**given: Any) -> Scores:
    """One query's scores over two entries or more; what is not given says nothing."""
    entries = max(len(of_entries) for of_entries in given.values() if isinstance(of_entries, list))
    nothing: dict[str, Any] = {
        **dict.fromkeys(("cosine", "lexical", "fused"), [0.0] * entries),
        "log_probability": [-np.log(entries)] * entries,
        "belonging": 0.0,
        "beyond_everyday": 0.0,
    }
    return Scores(**{name: np.array([value], np.float32) for name, value in {**nothing, **given}.items()})


def feature(name: str, **given: Any) -> float:
    return float(features(scores(**given))[0, FEATURES.index(name)])


def test_each_feature_is_of_the_entry_that_ranks_first() -> None:
    given: dict[str, Any] = {
        "fused": [1.0, 3.0, 2.0],
        "cosine": [0.9, 0.6, 0.1],
        "log_probability": np.log([0.2, 0.5, 0.3]).tolist(),
        "lexical": [0.3, 0.4, 0.0],
        "belonging": 3.0,
        "beyond_everyday": 0.35,
    }
    expected = {
        "cosine": 0.6,
        "margin": 0.6 - 0.9,
        "probability": 0.5,
        "share": 1 / (1 + np.exp(-1) + np.exp(-2)),
        "agreement": 2,
        "lexical": 0.4,
        "belonging": 3.0,
        "beyond_everyday": 0.35,
    }
    assert {name: feature(name, **given) for name in FEATURES} == pytest.approx(expected, abs=1e-5)


def test_the_margin_is_to_the_best_of_the_others() -> None:
    assert feature("margin", fused=[0.0, 1.0, 0.0], cosine=[0.2, 0.9, 0.5]) == pytest.approx(0.4)


def test_every_query_has_its_own_features() -> None:
    one, other = scores(fused=[2.0, 1.0], cosine=[0.9, 0.1]), scores(fused=[1.0, 2.0], cosine=[0.3, 0.5])
    together = Scores(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in vars(one)))
    np.testing.assert_allclose(features(together), np.vstack([features(one), features(other)]))


def test_the_only_entry_of_a_knowledge_base_has_features_too() -> None:
    assert feature("margin", fused=[0.0], cosine=[0.5]) == pytest.approx(1.5)
    assert feature("share", fused=[0.0], cosine=[0.5]) == 1
