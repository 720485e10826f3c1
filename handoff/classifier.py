"""Linear classifiers over sentence vectors and character n-grams, fitted in seconds and calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.linalg.lapack import spotrf, spotri
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from handoff.interfaces import Vector

Targets = NDArray[np.int8]

NGRAMS = (1, 4)
NGRAM_WEIGHT = 1.0
REGULARISATION = 1.0


@dataclass(frozen=True)
class View:
    """One encoder's part of a vector, and its weight against the others and the n-grams."""

    part: slice
    weight: float


@dataclass(frozen=True)
class TextClassifier:
    """Probabilities of labels for a text, each label for itself: a text may have several, or none.

    The vector says what is meant, the n-grams catch wordings and typos. Each label is a ridge regression on -1 and 1;
    its scores become probabilities by Platt scaling (Platt 1999) on the scores that each example gets from all others.

    Args:
        dense, counted: the weights of the vector's dimensions and of the n-grams, one column a label.
        slope, offset: of the scaling, one a label.
        left_out: the probabilities of the examples, each by all others, shape ``(examples, labels)``; NaN where the
            example's label is not known.
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
    left_out: Vector

    @classmethod
    def fit(
        cls, texts: Sequence[str], vectors: Vector, targets: Targets, labels: Sequence[str], views: Sequence[View]
    ) -> TextClassifier:
        """Fit to examples.

        Args:
            texts: the examples.
            vectors: their vectors, shape ``(examples, dimensions)``; a view that a text does not have is zeros.
            targets: shape ``(examples, labels)``: 1 where a text has a label, -1 where not, 0 where nobody knows.
            labels: the labels' names.
            views: the parts of the vectors.
        """
        ngrams = counter()
        grams = ngrams.fit_transform(texts)
        means = tuple(_mean(vectors[:, view.part]) for view in views)
        seen = _seen(vectors, views, means)
        kernel = seen @ seen.T + NGRAM_WEIGHT * (grams @ grams.T).toarray().astype(np.float32)
        alpha, bias, left_out = _ridge(kernel, targets)
        slope, offset = _scaling(left_out, targets)
        return cls(
            labels=tuple(labels),
            views=tuple(views),
            means=means,
            ngrams=ngrams,
            dense=seen.T @ alpha,
            counted=NGRAM_WEIGHT * (grams.T @ alpha),
            bias=bias,
            slope=slope,
            offset=offset,
            left_out=_sigmoid(left_out * slope + offset),
        )

    def probabilities(self, text: str, vector: Vector) -> dict[str, float]:
        """Probability of each label for one text."""
        values = self.of_many([text], vector[None, :])[0]
        return {label: float(value) for label, value in zip(self.labels, values, strict=True)}

    def of_many(self, texts: Sequence[str], vectors: Vector) -> Vector:
        """Probabilities of many texts, shape ``(texts, labels)``."""
        grams: csr_matrix = self.ngrams.transform(texts)
        scores = _seen(vectors, self.views, self.means) @ self.dense + grams @ self.counted + self.bias
        return _sigmoid(scores * self.slope + self.offset)


def counter(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    """Counts n-grams of characters: those of a vocabulary, or those that at least two examples have."""
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=NGRAMS,
        min_df=1 if vocabulary else 2,
        sublinear_tf=True,
        lowercase=True,
        vocabulary=vocabulary,
    )


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


def _ridge(kernel: Vector, targets: Targets) -> tuple[Vector, Vector, Vector]:
    """Dual weights, biases, and the score that each example gets from all others, exactly (Rifkin and Lippert 2007).

    Labels are known of different examples. The kernel of all is inverted once, and the examples of which a label is not
    known are taken out of the inverse by their Schur complement, which is far less work than another inverse.
    """
    inverse = np.tril(_lower_inverse(kernel))
    inverse += np.tril(inverse, -1).T
    alpha = np.zeros(targets.shape, np.float32)
    bias = np.zeros(targets.shape[1], np.float32)
    left_out = np.full(targets.shape, np.nan, np.float32)
    alike: dict[bytes, list[int]] = {}
    for label in range(targets.shape[1]):
        alike.setdefault((targets[:, label] != 0).tobytes(), []).append(label)
    for together in alike.values():
        is_known, columns = targets[:, together[0]] != 0, np.array(together)
        rows = np.flatnonzero(is_known)[:, None]
        wanted = targets[rows, columns].astype(np.float32)
        bias[columns] = wanted.mean(axis=0)
        wanted -= bias[columns]
        solved, diagonal = _solved(inverse, is_known, wanted)
        alpha[rows, columns] = solved
        left_out[rows, columns] = wanted - solved / diagonal[:, None] + bias[columns]
    return alpha, bias, left_out


def _solved(inverse: Vector, is_known: NDArray[np.bool_], wanted: Vector) -> tuple[Vector, Vector]:
    """The solution of the kernel of some examples, and the diagonal of its inverse.

    Args:
        inverse: of the kernel of all examples, shape ``(examples, examples)``.
        is_known: which examples.
        wanted: right-hand sides, shape ``(those examples, labels)``.
    """
    known, others = np.flatnonzero(is_known), np.flatnonzero(~is_known)
    everywhere = np.zeros((len(inverse), wanted.shape[1]), np.float32)
    everywhere[known] = wanted
    solved, diagonal = (inverse @ everywhere)[known], np.diag(inverse)[known]
    if len(others):
        factor = cholesky(inverse[np.ix_(others, others)], lower=True, overwrite_a=True)
        half = solve_triangular(factor, inverse[np.ix_(others, known)], lower=True, overwrite_b=True)
        solved -= half.T @ (half @ wanted)
        diagonal = diagonal - np.einsum("uk,uk->k", half, half)
    return np.asarray(solved, np.float32), np.asarray(diagonal, np.float32)


def _lower_inverse(kernel: Vector) -> Vector:
    """Of the regularised kernel, in its lower triangle only: half the work and the memory of a general inverse."""
    kernel[np.diag_indices_from(kernel)] += REGULARISATION
    factor, failed = spotrf(kernel.T, lower=True, overwrite_a=True)  # symmetric, and so in the order that LAPACK wants
    inverse, failed_too = spotri(factor, lower=True, overwrite_c=True)
    if failed or failed_too:
        raise np.linalg.LinAlgError("the kernel of the examples is not positive definite")
    return np.asarray(inverse, np.float32)


def _scaling(scores: Vector, targets: Targets) -> tuple[Vector, Vector]:
    slopes, offsets = np.zeros(scores.shape[1], np.float32), np.zeros(scores.shape[1], np.float32)
    for label in range(scores.shape[1]):
        known = targets[:, label] != 0
        model = LogisticRegression(C=1e4).fit(scores[known, label][:, None], targets[known, label])
        slopes[label], offsets[label] = model.coef_[0, 0], model.intercept_[0]
    return slopes, offsets


def _sigmoid(values: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-values)), np.float32)
