"""Linear classifiers over sentence vectors and character n-grams, fitted in seconds and calibrated."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from handoff.interfaces import Vector

Targets = NDArray[np.int8]

NGRAMS = (1, 4)
REGULARISATION = 1.0
# An example's score for the scaling comes from the others in all folds but its own.
FOLDS = 5
_SEED = 7
# Of the gradient at the start; the scores no longer change in their third digit.
_TOLERANCE = 1e-3
_MOST_STEPS = 200


@dataclass(frozen=True)
class View:
    """One encoder's part of a vector, and its weight against the others and the n-grams."""

    part: slice
    weight: float


@dataclass(frozen=True)
class TextClassifier:
    """Probabilities of labels for a text, each label for itself: a text may have several, or none.

    The vector says what is meant, the n-grams catch wordings and typos. Each label is a ridge regression on -1 and 1;
    its scores become probabilities by Platt scaling (Platt 1999) on the scores that each example gets from the others.

    Args:
        dense, counted: the weights of the vector's dimensions and of the n-grams, one column a label.
        slope, offset: of the scaling, one a label.
        held_out: the probabilities of the examples, each by the folds that it is not in, shape ``(examples, labels)``;
            NaN where the example's label is not known.
    """

    labels: tuple[str, ...]
    views: tuple[View, ...]
    means: tuple[Vector, ...]
    ngrams: TfidfVectorizer
    dense: Vector
    counted: Vector
    bias: Vector
    slope: Vector
    offset: Vector
    held_out: Vector

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: Vector,
        targets: Targets,
        labels: Sequence[str],
        views: Sequence[View],
        penalties: Mapping[str, float] | None = None,
    ) -> TextClassifier:
        """Fit to examples.

        Args:
            texts: the examples.
            vectors: their vectors, shape ``(examples, dimensions)``; a view that a text does not have is zeros.
            targets: shape ``(examples, labels)``: 1 where a text has a label, -1 where not, 0 where nobody knows.
            labels: the labels' names.
            views: the parts of the vectors.
            penalties: on large weights, by label; ``REGULARISATION`` for those that it does not name.
        """
        ngrams = counter()
        grams = ngrams.fit_transform(texts)
        means = tuple(_mean(vectors[:, view.part]) for view in views)
        features = _Features(_seen(vectors, views, means), grams.astype(np.float32).tocsr())
        known = targets != 0
        fold = np.random.default_rng(_SEED).permutation(len(texts)) % FOLDS
        held = [known & (fold != number)[:, None] for number in range(FOLDS)]
        penalty = np.array([(penalties or {}).get(label, REGULARISATION) for label in labels], np.float32)
        weights, biases = _ridge(
            features,
            np.tile(targets, (1, 1 + FOLDS)),
            np.concatenate([known, *held], axis=1),
            np.tile(penalty, 1 + FOLDS),
        )
        scores = (features.times(weights) + biases).reshape(len(texts), 1 + FOLDS, len(labels))
        held_out = np.where(known, scores[np.arange(len(texts)), 1 + fold], np.nan)
        slope, offset = _scaling(held_out, targets)
        dense, counted = np.split(weights[:, : len(labels)], [vectors.shape[1]])
        return cls(
            labels=tuple(labels),
            views=tuple(views),
            means=means,
            ngrams=ngrams,
            dense=dense,
            counted=counted,
            bias=biases[: len(labels)],
            slope=slope,
            offset=offset,
            held_out=np.asarray(expit(held_out * slope + offset), np.float32),
        )

    def probabilities(self, text: str, vector: Vector) -> dict[str, float]:
        """Probability of each label for one text."""
        values = self.of_many([text], vector[None, :])[0]
        return {label: float(value) for label, value in zip(self.labels, values, strict=True)}

    def of_many(self, texts: Sequence[str], vectors: Vector) -> Vector:
        """Probabilities of many texts, shape ``(texts, labels)``."""
        counted = self._counted_one(texts[0]) if len(texts) == 1 else self.ngrams.transform(texts) @ self.counted
        scores = _seen(vectors, self.views, self.means) @ self.dense + counted + self.bias
        return np.asarray(expit(scores * self.slope + self.offset), np.float32)

    def _counted_one(self, text: str) -> Vector:
        """What the n-grams of one text add, as of many: scikit-learn takes ten times as long for one, at every turn."""
        known = self.ngrams.vocabulary_
        counts = Counter(known[gram] for gram in self._ngrams_of(text) if gram in known)
        if not counts:
            return np.zeros(len(self.labels), np.float32)
        places = np.fromiter(counts, np.intp, len(counts))
        seen = (1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))) * self.ngrams.idf_[places]
        return np.asarray(seen / np.linalg.norm(seen) @ self.counted[places], np.float32)

    @cached_property
    def _ngrams_of(self) -> Callable[[str], list[str]]:
        analyse: Callable[[str], list[str]] = self.ngrams.build_analyzer()
        return analyse


def counter(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    """Counts n-grams of characters: those of a vocabulary, or those that at least two examples have."""
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=NGRAMS,
        min_df=1 if vocabulary else 2,
        sublinear_tf=True,
        preprocessor=_plain,
        vocabulary=vocabulary,
    )


def _plain(text: str) -> str:
    """Full-width punctuation tells whose keyboard it was, and nothing else."""
    return unicodedata.normalize("NFKC", text).lower()


def _mean(vectors: Vector) -> Vector:
    present = vectors[vectors.any(axis=1)]
    return np.asarray(present.mean(axis=0) if len(present) else np.zeros(vectors.shape[1]), np.float32)


def _seen(vectors: Vector, views: Sequence[View], means: Sequence[Vector]) -> Vector:
    """Each view without its mean, of the length that its weight says; zeros where it is absent."""
    parts: list[Vector] = []
    for view, mean in zip(views, means, strict=True):
        part = vectors[:, view.part]
        centred = (part - mean) * part.any(axis=1, keepdims=True)
        length = np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        parts.append(np.asarray(centred / length * view.weight**0.5, np.float32))
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True)
class _Features:
    """What is known of each example: a few dimensions that it always has, and the many n-grams, few of which it has."""

    dense: Vector
    grams: csr_matrix

    def times(self, weights: Vector) -> Vector:
        """Scores of the examples by weights of the features, one column a regression."""
        width = self.dense.shape[1]
        return np.asarray(self.dense @ weights[:width] + self.grams @ weights[width:], np.float32)

    def back(self, scores: Vector) -> Vector:
        """The sum of the examples' features, each as often as its score says."""
        return np.concatenate([self.dense.T @ scores, self.grams.T @ scores])


def _ridge(features: _Features, targets: Targets, known: NDArray[np.bool_], penalties: Vector) -> tuple[Vector, Vector]:
    """Weights and biases of ridge regressions, each of the examples that it knows.

    Conjugate gradients on the normal equations (Hestenes and Stiefel 1952), which never write them down. SciPy's solve
    one regression at a time; here all are solved side by side, so that the features are read once a step for all.

    Args:
        features: of all examples.
        targets: -1 or 1, shape ``(examples, regressions)``.
        known: which examples each regression learns from, of the same shape.
        penalties: on large weights, one a regression.
    """
    mask = known.astype(np.float32)
    bias = (mask * targets).sum(axis=0) / np.maximum(mask.sum(axis=0), 1)
    residual = features.back(mask * (targets - bias))
    weights, direction = np.zeros_like(residual), residual.copy()
    length = (residual**2).sum(axis=0)
    enough = _TOLERANCE**2 * length
    for _ in range(_MOST_STEPS):
        if (length <= enough).all():
            break
        turned = features.back(mask * features.times(direction)) + penalties * direction
        step = length / np.maximum((direction * turned).sum(axis=0), np.finfo(np.float32).tiny)
        weights += direction * step
        residual -= turned * step
        before, length = length, (residual**2).sum(axis=0)
        direction = residual + direction * (length / np.maximum(before, np.finfo(np.float32).tiny))
    return np.asarray(weights, np.float32), np.asarray(bias, np.float32)


def _scaling(scores: Vector, targets: Targets) -> tuple[Vector, Vector]:
    slopes, offsets = np.zeros(scores.shape[1], np.float32), np.zeros(scores.shape[1], np.float32)
    for label in range(scores.shape[1]):
        known = targets[:, label] != 0
        model = LogisticRegression(C=1e4).fit(scores[known, label][:, None], targets[known, label])
        slopes[label], offsets[label] = model.coef_[0, 0], model.intercept_[0]
    return slopes, offsets
