"""How sure is sure: the probability that the first candidate is the right entry.

A logistic model over several scores (Platt 1999), fitted at each publish on questions that the scored model has not
seen: part of each entry's questions are held out, and some whole entries, whose questions then have no right answer;
everyday sentences that no bank answers stand for the rest of the world.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.encoder import Vectors

FEATURES = (
    "cosine",
    "cosine_margin",
    "adapted_cosine",
    "adapted_margin",
    "probability",
    "agreement",
)
MIN_SAMPLES = 60


@dataclass(frozen=True)
class Scores:
    """Per query and entry, each of shape ``(queries, entries)``; ``fused`` ranks."""

    cosine: Vectors
    adapted: Vectors
    log_probability: Vectors
    fused: Vectors


def features(scores: Scores) -> NDArray[np.float64]:
    """The features of each query's first candidate, shape ``(queries, len(FEATURES))``."""
    top = scores.fused.argmax(axis=1)
    rows = np.arange(len(top))
    log_probability = scores.log_probability[rows, top]
    agreement = (
        (scores.cosine.argmax(axis=1) == top).astype(np.float64)
        + (scores.adapted.argmax(axis=1) == top)
        + (scores.log_probability.argmax(axis=1) == top)
    )
    return np.column_stack(
        [
            scores.cosine[rows, top],
            _margin(scores.cosine, top),
            scores.adapted[rows, top],
            _margin(scores.adapted, top),
            np.exp(log_probability),
            agreement,
        ]
    )


def _margin(scores: Vectors, top: NDArray[np.int64]) -> NDArray[np.float64]:
    """By how much the first candidate beats the best of the others; negative where it does not."""
    rows = np.arange(len(top))
    others = scores.copy()
    others[rows, top] = -np.inf
    best_other = others.max(axis=1) if scores.shape[1] > 1 else np.full(len(top), -1.0)
    return np.asarray(scores[rows, top] - best_other, dtype=np.float64)


@dataclass(frozen=True)
class Calibration:
    """``sigmoid(((features - centre) / spread) . weights + bias)``."""

    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    def confidence(self, scores: Scores) -> NDArray[np.float64]:
        """Probability that each query's first candidate is right, shape ``(queries,)``."""
        logits = (features(scores) - self.centre) / self.spread @ self.weights + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits)))


# For a knowledge base too small to hold anything out: centred cosines of questions with one meaning are mostly above
# 0.6, of unrelated ones below 0.4 (measured on the demonstration content, both languages).
UNFITTED = Calibration(
    centre=np.array([0.55, 0.1, 0.55, 0.1, 0.5, 2.0]),
    spread=np.array([0.1, 0.1, 0.1, 0.1, 0.5, 1.0]),
    weights=np.array([1.2, 0.4, 0.4, 0.0, 0.0, 0.0]),
    bias=0.0,
)


def fit_calibration(samples: NDArray[np.float64], right: NDArray[np.bool_]) -> Calibration:
    """Fit to the features of held-out queries and whether their first candidate was right.

    Args:
        samples: shape ``(queries, len(FEATURES))``.
        right: shape ``(queries,)``.
    """
    if len(samples) < MIN_SAMPLES or right.all() or not right.any():
        return UNFITTED
    from sklearn.linear_model import LogisticRegression

    centre, spread = samples.mean(axis=0), np.maximum(samples.std(axis=0), 1e-6)
    model = LogisticRegression(C=1.0, max_iter=1000).fit((samples - centre) / spread, right)
    return Calibration(centre, spread, model.coef_[0].astype(np.float64), float(model.intercept_[0]))
