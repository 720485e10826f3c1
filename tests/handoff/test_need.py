"""Whether a person is needed, from all signals together."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from handoff.need import INVERSE_PENALTY, NeedModel


@pytest.fixture
def signals() -> np.ndarray:
    return np.random.default_rng(5).uniform(0.001, 0.999, size=(400, 3)).astype(np.float32)


def test_what_looks_like_a_reason_may_be_none_beside_another(signals: np.ndarray) -> None:
    """Either of two signals is a reason, both together are none: no sum of them says so, their product does."""
    needed = (signals[:, 0] > 0.5) != (signals[:, 1] > 0.5)
    model = NeedModel.fit(signals, needed)
    one, other, both, none = model.probabilities(
        np.array([[0.9, 0.1, 0.5], [0.1, 0.9, 0.5], [0.9, 0.9, 0.5], [0.1, 0.1, 0.5]], np.float32)
    )
    assert min(one, other) > 0.8
    assert max(both, none) < 0.2


def test_the_probabilities_are_those_of_scikit_learn(signals: np.ndarray) -> None:
    needed = signals[:, 0] + signals[:, 2] > 1
    clear = signals.astype(np.float64)
    odds = np.log(clear / (1 - clear))
    pairs = PolynomialFeatures(2, include_bias=False).fit(odds)
    scale = StandardScaler().fit(pairs.transform(odds))
    other = LogisticRegression(C=INVERSE_PENALTY, max_iter=2000).fit(scale.transform(pairs.transform(odds)), needed)
    wanted = other.predict_proba(scale.transform(pairs.transform(odds)))[:, 1]
    assert NeedModel.fit(signals, needed).probabilities(signals) == pytest.approx(wanted, abs=1e-3)


def test_certainty_is_no_more_than_very_likely(signals: np.ndarray) -> None:
    model = NeedModel.fit(signals, signals[:, 0] > 0.5)
    assert np.isfinite(model.probabilities(np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]], np.float32))).all()
