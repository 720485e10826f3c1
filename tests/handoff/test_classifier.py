"""The linear classifiers on toys of their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from handoff.classifier import REGULARISATION, TextClassifier, View

COLOURS = ["red apple", "red rose", "deep red", "red car", "red wine", "red brick"]
OTHERS = ["blue sky", "blue sea", "deep blue", "blue car", "blue ink", "blue moon"]
WARM = ["warm red", "warm blue"]
TEXTS = [*COLOURS, *OTHERS, *WARM]
LABELS = ("red", "warm")
VIEWS = (View(slice(0, 2), 0.5), View(slice(2, 4), 0.5))


def vectors(texts: list[str]) -> np.ndarray:
    """The first view knows the colour, the second the warmth; texts without a blank lack the second one."""
    return np.array(
        [
            [*([1, 0] if "red" in text else [0, 1]), *([1, 0] if "warm" in text else [0, 1])]
            if " " in text
            else [*([1, 0] if "red" in text else [0, 1]), 0, 0]
            for text in texts
        ],
        dtype=np.float32,
    )


def targets(texts: list[str]) -> np.ndarray:
    return np.array([[1 if "red" in text else -1, 1 if "warm" in text else -1] for text in texts], np.int8)


@pytest.fixture(scope="module")
def classifier() -> TextClassifier:
    return TextClassifier.fit(TEXTS, vectors(TEXTS), targets(TEXTS), LABELS, VIEWS)


@pytest.mark.parametrize(
    ("text", "red", "warm"), [("red bus", True, False), ("blue bus", False, False), ("warm red bus", True, True)]
)
def test_labels_are_told_apart_each_for_itself(classifier: TextClassifier, text: str, red: bool, warm: bool) -> None:
    found = classifier.probabilities(text, vectors([text])[0])
    assert (found["red"] >= 0.5) == red
    cold = classifier.probabilities("blue bus", vectors(["blue bus"])[0])["warm"]
    assert (found["warm"] > 10 * cold) == warm


@given(st.text(max_size=300))
def test_any_text_gets_probabilities(classifier: TextClassifier, text: str) -> None:
    found = classifier.probabilities(text, np.zeros(4, dtype=np.float32))
    assert found.keys() == {"red", "warm"}
    assert all(0 <= value <= 1 for value in found.values())


def test_a_view_that_is_absent_says_nothing(classifier: TextClassifier) -> None:
    whole, part = vectors(["red bus"])[0], vectors(["red bus"])[0]
    part[2:] = 0
    assert classifier.probabilities("red bus", part)["red"] == pytest.approx(
        classifier.probabilities("red bus", whole)["red"], abs=0.2
    )


def test_what_nobody_knows_teaches_nothing() -> None:
    unknown = targets(TEXTS)
    unknown[TEXTS.index("warm blue"), 0] = 0
    fitted = TextClassifier.fit(TEXTS, vectors(TEXTS), unknown, LABELS, VIEWS)
    assert np.isnan(fitted.held_out[TEXTS.index("warm blue"), 0])
    assert np.isfinite(fitted.held_out[TEXTS.index("warm red"), 0])


def test_the_weights_are_those_of_another_implementation() -> None:
    """scikit-learn's, which solves each label for itself: the same loss, the target's mean as the bias."""
    wanted = targets(TEXTS).astype(np.float64)
    wanted[TEXTS.index("warm blue"), 0] = 0
    fitted = TextClassifier.fit(TEXTS, vectors(TEXTS), wanted.astype(np.int8), LABELS, VIEWS, {LABELS[1]: 4.0})
    parts = [vectors(TEXTS)[:, view.part] - mean for view, mean in zip(VIEWS, fitted.means, strict=True)]
    dense = [part / np.linalg.norm(part, axis=1, keepdims=True) * 0.5**0.5 for part in parts]
    features = np.concatenate([*dense, fitted.ngrams.transform(TEXTS).toarray()], axis=1)
    for at in range(len(LABELS)):
        known = wanted[:, at] != 0
        bias = wanted[known, at].mean()
        penalty = 4.0 if at == 1 else REGULARISATION
        other = Ridge(penalty, fit_intercept=False).fit(features[known], wanted[known, at] - bias)
        found = np.concatenate([fitted.dense[:, at], fitted.counted[:, at]])
        assert found == pytest.approx(other.coef_, abs=2e-3)
        assert fitted.bias[at] == pytest.approx(bias)


def test_an_example_is_held_out_of_what_it_is_scored_by() -> None:
    """An example whose label is wrong is found out by the others, though the fit to it believes it."""
    wrong = targets(TEXTS)
    at = TEXTS.index("red wine")
    wrong[at, 0] = -1
    fitted = TextClassifier.fit(TEXTS, vectors(TEXTS), wrong, LABELS, VIEWS)
    assert fitted.held_out[at, 0] > fitted.probabilities("red wine", vectors(["red wine"])[0])["red"]
    others = [number for number, text in enumerate(TEXTS) if "blue" in text]
    assert fitted.held_out[at, 0] > np.nanmax(fitted.held_out[others, 0])


@given(st.lists(st.text(max_size=40) | st.sampled_from(TEXTS), min_size=2, max_size=4))
def test_a_text_alone_is_read_as_among_others(classifier: TextClassifier, texts: list[str]) -> None:
    among = classifier.of_many(texts, vectors(texts))
    alone = np.concatenate([classifier.of_many([text], vectors([text])) for text in texts])
    np.testing.assert_allclose(alone, among, atol=1e-6)
