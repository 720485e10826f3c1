"""Exact nearest-question search for one language."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.encoder import Vectors

NEIGHBOURS = 64

# One query is a fraction of a millisecond: waking more threads costs more than it saves, and they would fight the
# encoder's for the cores.
faiss.omp_set_num_threads(1)


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Unit vectors after the language's mean is taken away.

    Sentence vectors of one language share a large common part that says only which language it is; without it,
    cosines spread out and languages become comparable.
    """
    shifted = vectors - mean
    norms = np.linalg.norm(shifted, axis=-1, keepdims=True)
    return np.asarray(shifted / np.maximum(norms, 1e-9), dtype=np.float32)


class QuestionIndex:
    """FAISS over the questions of one language; each question belongs to an entry.

    Args:
        vectors: unit vectors, shape ``(questions, dimensions)``.
        entries: for each question the position of its entry, shape ``(questions,)``.
        n_entries: how many entries there are.
    """

    def __init__(
        self,
        vectors: Vectors,
        entries: Sequence[int] | NDArray[np.int64],
        n_entries: int,
    ) -> None:
        self._entries = np.asarray(entries, dtype=np.int64)
        self._n_entries = n_entries
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))

    def best_per_entry(self, queries: Vectors) -> Vectors:
        """Cosine to the nearest question of each entry, shape ``(queries, entries)``.

        An entry without a question among the nearest gets the lowest cosine that was found: it is at most that.
        """
        cosines, questions = self._index.search(np.ascontiguousarray(queries), min(NEIGHBOURS, len(self._entries)))
        best = np.repeat(cosines[:, -1:], self._n_entries, axis=1)
        rows = np.repeat(np.arange(len(queries)), cosines.shape[1])
        np.maximum.at(best, (rows, self._entries[questions.ravel()]), cosines.ravel())
        return np.asarray(best, dtype=np.float32)
