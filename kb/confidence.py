"""How sure is sure: the probability that the first candidate is the right entry, and from where on to answer.

A logistic model over several scores (Platt 1999), fitted at each publish on questions that the scored model has not
seen: part of each entry's questions are held out, and some whole entries, whose questions then have no right answer;
everyday sentences that no bank answers stand for the rest of the world. Check questions, where there are any, count
most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kb.space import Vectors

FEATURES = (
    "cosine",
    "margin",
    "probability",
    "share",
    "agreement",
    "lexical",
    "belonging",
    "beyond_everyday",
)
MIN_SAMPLES = 60
MIN_RIGHT = 12
# A small knowledge base may find everything it holds out, and would then answer whatever it is asked: an answer that is
# more likely wrong than right is never given, whatever the samples say, and choices without a chance are not offered.
LEAST_ANSWER = 0.5
LEAST_CLARIFY = 0.05
# A feature that varies less was the same in all samples; in a later release it may be another, and must then not weigh.
CONSTANT = 1e-6


@dataclass(frozen=True)
class Scores:
    """What the parts of the engine say of a question.

    Args:
        cosine: to the nearest texts of each entry, shape ``(queries, entries)``; so are the next three.
        log_probability: of the entry classifier.
        lexical: overlap of words and characters.
        fused: all of them together; it ranks.
        belonging: log-odds that it is a matter for the bank at all, shape ``(queries,)``.
        beyond_everyday: by how much the first entry is nearer than any everyday sentence, shape ``(queries,)``.
    """

    cosine: Vectors
    log_probability: Vectors
    lexical: Vectors
    fused: Vectors
    belonging: Vectors
    beyond_everyday: Vectors

    def only(self, query: int) -> Scores:
        """Of one query alone."""
        return Scores(*(getattr(self, each.name)[query : query + 1] for each in fields(self)))


def features(scores: Scores) -> NDArray[np.float64]:
    """The features of each query's first candidate, shape ``(queries, len(FEATURES))``."""
    top = scores.fused.argmax(axis=1)
    rows = np.arange(len(top))
    agreement = sum(
        (each.argmax(axis=1) == top).astype(np.float64)
        for each in (scores.cosine, scores.log_probability, scores.lexical)
    )
    share = 1.0 / np.exp(scores.fused - scores.fused[rows, top][:, None]).sum(axis=1)
    return np.column_stack(
        [
            scores.cosine[rows, top],
            _margin(scores.cosine, top),
            np.exp(scores.log_probability[rows, top]),
            share,
            agreement,
            scores.lexical[rows, top],
            scores.belonging,
            scores.beyond_everyday,
        ]
    )


def named_features(scores: Scores) -> dict[str, float]:
    """The features of one query's first candidate by their names."""
    return dict(zip(FEATURES, features(scores.only(0))[0].tolist(), strict=True))


def _margin(scores: Vectors, top: NDArray[np.int64]) -> NDArray[np.float64]:
    """By how much the first candidate beats the best of the others; negative where it does not."""
    rows = np.arange(len(top))
    if scores.shape[1] == 1:
        return np.asarray(scores[:, 0] + 1.0, dtype=np.float64)
    others = scores.copy()
    others[rows, top] = -np.inf
    other = others.max(axis=1)
    return np.asarray(scores[rows, top] - other, dtype=np.float64)


@dataclass(frozen=True)
class Thresholds:
    """Confidence from which the bot answers, and from which it offers choices."""

    answer: float
    clarify: float

    @property
    def never_answer(self) -> bool:
        """Whether no confidence is high enough for the share of right answers that is wanted."""
        return self.answer >= 1.0


NO_BARS = Thresholds(answer=1.0, clarify=1.0)


@dataclass(frozen=True)
class Calibration:
    """``sigmoid(((features - centre) / spread) . weights + bias)``, and the thresholds that come of it."""

    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    thresholds: Thresholds

    def confidence(self, scores: Scores) -> NDArray[np.float64]:
        """Probability that each query's first candidate is right, shape ``(queries,)``."""
        return self.of(features(scores))

    def of(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same from features, shape ``(queries, len(FEATURES))``."""
        logits = (samples - self.centre) / self.spread @ self.weights + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -50, 50))))


# For a knowledge base too small to hold anything out: centred cosines of questions with one meaning are mostly above
# 0.6, of unrelated ones below 0.4 (measured on the demonstration content, both languages).
UNFITTED = Calibration(
    centre=np.array([0.55, 0.1, 0.5, 0.5, 2.0, 0.2, 0.0, 0.2]),
    spread=np.array([0.1, 0.1, 0.5, 0.5, 1.0, 0.2, 5.0, 0.2]),
    weights=np.array([1.6, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4]),
    bias=0.0,
    thresholds=NO_BARS,
)


def unfitted(*, answered_precision: float, clarified_success: float) -> Calibration:
    """For a knowledge base too small to fit anything to: its bars follow from the targets by the confidence alone.

    The confidences of answers are taken to lie evenly between the bar and 1, so that ``(bar + 1) / 2`` of them are
    right; each of three choices is taken to be right with the first one's confidence, so that ``1 - (1 - bar) ** 3`` of
    the choices hold the right one.

    Example:
        >>> unfitted(answered_precision=0.75, clarified_success=0.5).thresholds.answer
        0.5
    """
    answer = max(2 * answered_precision - 1, LEAST_ANSWER)
    clarify = max(1 - (1 - clarified_success) ** (1 / 3), LEAST_CLARIFY)
    return replace(UNFITTED, thresholds=Thresholds(answer, min(clarify, answer)))


@dataclass(frozen=True)
class Samples:
    """Queries that the scored head has not seen.

    Args:
        features: shape ``(queries, len(FEATURES))``.
        right: whether the first candidate was right, shape ``(queries,)``.
        right_in_three: whether one of the first three was.
        weight: what the queries count for, all together.
    """

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    right_in_three: NDArray[np.bool_]
    weight: float


def fit_calibration(
    samples: Sequence[Samples], *, answered_precision: float, clarified_success: float
) -> Calibration | None:
    """Fit to queries that the scored head has not seen; None where there are too few of them.

    Args:
        samples: of each kind; kinds are weighed against each other by their weights.
        answered_precision: the share of answers that the operator wants right.
        clarified_success: the share of clarifications whose choices shall hold the right entry.
    """
    kinds = [kind for kind in samples if len(kind.right)]
    right = np.concatenate([np.zeros(0, dtype=np.bool_), *(kind.right for kind in kinds)])
    if len(right) < MIN_SAMPLES or right.sum() < MIN_RIGHT or right.all():
        return None
    found = np.concatenate([kind.features for kind in kinds])
    in_three = np.concatenate([kind.right_in_three for kind in kinds])
    weights = np.concatenate([np.full(len(kind.right), kind.weight / len(kind.right)) for kind in kinds])
    weights *= len(weights) / weights.sum()
    centre, spread = found.mean(axis=0), found.std(axis=0)
    spread[spread < CONSTANT] = 1.0
    model = LogisticRegression(C=1.0, max_iter=1000).fit((found - centre) / spread, right, sample_weight=weights)
    fitted = Calibration(centre, spread, model.coef_[0].astype(np.float64), float(model.intercept_[0]), NO_BARS)
    confidence = fitted.of(found)
    answer = max(lowest_confidence(confidence, right, weights, answered_precision), LEAST_ANSWER)
    clarify = max(confidence_at(confidence, in_three, weights, clarified_success), LEAST_CLARIFY)
    return replace(fitted, thresholds=Thresholds(answer=answer, clarify=min(clarify, answer)))


def confidence_at(
    confidence: NDArray[np.float64], success: NDArray[np.bool_], weights: NDArray[np.float64], wanted: float
) -> float:
    """The confidence at which success has the probability ``wanted``, by a logistic curve over the log-odds.

    Of those that are less sure, fewer succeed: what is offered at the threshold itself is worth offering.
    """
    if success.all() or not success.any():
        return 0.0 if success.all() else 1.0
    odds = np.log(np.clip(confidence, 1e-6, 1 - 1e-6) / np.clip(1 - confidence, 1e-6, 1 - 1e-6))
    curve = LogisticRegression(C=100.0, max_iter=1000).fit(odds[:, None], success, sample_weight=weights)
    slope, start = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    if slope <= 0:
        return 1.0
    return float(1 / (1 + np.exp(-(np.log(wanted / (1 - wanted)) - start) / slope)))


def lowest_confidence(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64], wanted: float
) -> float:
    """The lowest confidence from which on at least the share ``wanted`` is right; 1.0 where none is.

    Example:
        >>> sure, right = np.array([0.9, 0.8, 0.4, 0.2]), np.array([True, True, True, False])
        >>> lowest_confidence(sure, right, np.ones(4), 0.95)
        0.4
    """
    if not len(confidence):
        return 1.0
    order = np.argsort(-confidence, kind="stable")
    ordered = confidence[order]
    precision = np.cumsum((right * weights)[order]) / np.cumsum(weights[order])
    is_last_of_equals = np.append(ordered[1:] < ordered[:-1], True)
    reached = np.flatnonzero((precision >= wanted) & is_last_of_equals)
    return float(ordered[reached[-1]]) if len(reached) else 1.0
