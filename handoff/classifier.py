"""A linear classifier over sentence vectors and character n-grams, fitted in seconds from examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from handoff.interfaces import Vector

VECTOR_WEIGHT = 3.0
NGRAMS = (1, 4)
REGULARISATION = 4.0


@dataclass(frozen=True)
class TextClassifier:
    """Probabilities of labels for a text. The vector says what is meant, the n-grams catch wordings and typos."""

    labels: tuple[str, ...]
    mean: Vector
    ngrams: TfidfVectorizer
    model: LogisticRegression

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Vector, labels: Sequence[str]) -> TextClassifier:
        """Fit to examples.

        Args:
            texts: the examples.
            vectors: their unit vectors, shape ``(examples, dimensions)``.
            labels: their labels.
        """
        ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=NGRAMS, min_df=2, sublinear_tf=True, lowercase=True)
        counted = ngrams.fit_transform(texts)
        mean = vectors.mean(axis=0)
        model = LogisticRegression(C=REGULARISATION, max_iter=500)
        model.fit(_combine(vectors - mean, counted), list(labels))
        return cls(tuple(str(label) for label in model.classes_), mean, ngrams, model)

    def probabilities(self, text: str, vector: Vector) -> dict[str, float]:
        """Probability of each label for one text."""
        row = _combine((vector - self.mean)[None, :], self.ngrams.transform([text]))
        values: NDArray[np.float64] = self.model.predict_proba(row)[0]
        return {label: float(value) for label, value in zip(self.labels, values, strict=True)}


def _combine(vectors: Vector, counted: csr_matrix) -> csr_matrix:
    return hstack([csr_matrix(VECTOR_WEIGHT * vectors), counted], format="csr")
