"""A light lexical signal: which entry uses the characters and words of the question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from kb.space import Vectors

NGRAMS = (2, 4)

Texts = Sequence[str] | NDArray[np.object_]


class LexicalIndex:
    """TF-IDF of character n-grams over one document an entry: all it says, in both languages.

    Names, numbers and short forms that an encoder blurs (APP, U盾, III类户) keep their weight here.

    Args:
        texts: everything that the entries say.
        entries: the position of each text's entry, shape ``(texts,)``.
        n_entries: how many entries there are.
    """

    def __init__(self, texts: Texts, entries: NDArray[np.int64], n_entries: int) -> None:
        documents: list[list[str]] = [[] for _ in range(n_entries)]
        for text, entry in zip(texts, entries.tolist(), strict=True):
            documents[entry].append(text)
        self._vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=NGRAMS, sublinear_tf=True, min_df=1, dtype=np.float32
        )
        self._by_term: csr_matrix = self._vectorizer.fit_transform(
            "\n".join(document) for document in documents
        ).T.tocsr()

    def scores(self, texts: Texts) -> Vectors:
        """Cosine of each text to each entry's document, shape ``(texts, entries)``."""
        found = self._vectorizer.transform(texts) @ self._by_term
        return np.asarray(found.toarray(), dtype=np.float32)
