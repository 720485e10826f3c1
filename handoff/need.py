"""Whether a customer needs a person, from all signals together: what looks like a reason by itself may be none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from handoff.classifier import Targets, TextClassifier, View
from handoff.examples import SIGNALS
from handoff.facts import NEEDS_PERSON
from handoff.interfaces import Vector

NEED = SIGNALS.index(NEEDS_PERSON)
# Inverse strength of the penalty on the weights of the pairs; chosen on the development set.
INVERSE_PENALTY = 0.05
_LEAST = 1e-4


@dataclass(frozen=True)
class NeedModel:
    """Logistic regression over the signals' log-odds and the products of each two of them.

    Args:
        weights: first of the log-odds, then of the products, a signal's with itself included.
        bias: what is added.
    """

    weights: Vector
    bias: float

    @classmethod
    def fit(cls, signals: Vector, needed: NDArray[np.bool_]) -> NeedModel:
        """Fit to examples.

        Args:
            signals: probabilities, shape ``(examples, signals)``, each from a fit without its example.
            needed: whether a person is, shape ``(examples,)``.
        """
        pairs, scale = PolynomialFeatures(2, include_bias=False), StandardScaler()
        model = LogisticRegression(C=INVERSE_PENALTY, max_iter=2000)
        make_pipeline(pairs, scale, model).fit(_log_odds(signals), needed)
        weights = model.coef_[0] / scale.scale_
        return cls(np.asarray(weights, np.float32), float(model.intercept_[0] - weights @ scale.mean_))

    def probabilities(self, signals: Vector) -> Vector:
        """That a person is needed, shape ``(texts,)``, from their signals, shape ``(texts, signals)``."""
        odds = _log_odds(signals)
        left, right = np.triu_indices(odds.shape[1])
        scores = np.concatenate([odds, odds[:, left] * odds[:, right]], axis=1) @ self.weights + self.bias
        return np.asarray(expit(scores), np.float32)


def _log_odds(probabilities: Vector) -> Vector:
    return np.asarray(logit(np.clip(probabilities, _LEAST, 1 - _LEAST).astype(np.float64)), np.float64)


@dataclass(frozen=True)
class SignalClassifier:
    """All signals of a text: each by its words, and then the need for a person from all of them.

    Args:
        words: what each signal is by itself.
        need: what they say together.
    """

    words: TextClassifier
    need: NeedModel

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: Vector,
        targets: Targets,
        views: Sequence[View],
        penalties: Mapping[str, float],
    ) -> SignalClassifier:
        """Fit to examples, as `TextClassifier.fit` takes them; ``targets`` has a column for each of ``SIGNALS``."""
        words = TextClassifier.fit(texts, vectors, targets, SIGNALS, views, penalties)
        # Where nobody knows an example's label, no fit has seen one: the whole fit is without it.
        apart = np.where(np.isnan(words.held_out), words.of_many(texts, vectors), words.held_out)
        known = targets[:, NEED] != 0
        need = NeedModel.fit(apart[known], targets[known, NEED] > 0)
        held_out = words.held_out.copy()
        held_out[known, NEED] = need.probabilities(apart[known])
        return cls(replace(words, held_out=held_out), need)

    @property
    def held_out(self) -> Vector:
        """Of the examples, each by fits that it is not in; shape ``(examples, signals)``, NaN where nobody knows.

        The need is read from signals of such fits, by weights that all examples have a part in.
        """
        return self.words.held_out

    def probabilities(self, text: str, vector: Vector) -> dict[str, float]:
        """Probability of each signal of one text."""
        return dict(zip(SIGNALS, map(float, self.of_many([text], vector[None, :])[0]), strict=True))

    def of_many(self, texts: Sequence[str], vectors: Vector) -> Vector:
        """Probabilities of many texts, shape ``(texts, signals)``."""
        read = self.words.of_many(texts, vectors)
        read[:, NEED] = self.need.probabilities(read)
        return read
