"""A light lexical signal: which entry uses the characters and words of the question."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from kb.memo import Memo
from kb.space import Vectors

NGRAMS = (2, 4)
# N-grams are told apart by a hash, so that what is counted of one entry holds beside any other entries.
BUCKETS = 2**21

Texts = Sequence[str] | NDArray[np.object_]
CountNgrams = Callable[[Sequence[str]], csr_matrix]

_counter = HashingVectorizer(
    analyzer="char_wb", ngram_range=NGRAMS, n_features=BUCKETS, norm=None, alternate_sign=False, dtype=np.float32
)


def documents(texts: Texts, entries: NDArray[np.int64], n_entries: int) -> list[str]:
    """All that each entry says.

    Args:
        texts: everything that the entries say.
        entries: the position of each text's entry, shape ``(texts,)``.
        n_entries: how many entries there are.
    """
    said: list[list[str]] = [[] for _ in range(n_entries)]
    for text, entry in zip(texts, entries.tolist(), strict=True):
        said[entry].append(text)
    return ["\n".join(each) for each in said]


def count_ngrams(texts: Texts) -> csr_matrix:
    """How often each text has each n-gram of characters, shape ``(texts, BUCKETS)``."""
    return _counter.transform(
        text.encode("utf-8", "ignore").decode() for text in texts
    )  # half an emoji cannot be hashed


class NgramCounts:
    """`count_ngrams` that remembers: in memory what the last call asked for, and in a memo more than that."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo
        self._known: dict[bytes, bytes] = {}

    def count(self, texts: Sequence[str]) -> csr_matrix:
        """What `count_ngrams` gives."""
        keys = [hashlib.sha256(f"{NGRAMS}\0{BUCKETS}\0{text}".encode()).digest() for text in texts]
        known = {key: self._known[key] for key in keys if key in self._known}
        known |= self._memo.read([key for key in dict.fromkeys(keys) if key not in known])
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            counted = count_ngrams(list(missing.values()))
            fresh = {
                key: counted.indices[start:end].astype(np.int32).tobytes() + counted.data[start:end].tobytes()
                for key, start, end in zip(missing, counted.indptr, counted.indptr[1:], strict=False)
            }
            self._memo.write(fresh)
            known |= fresh
        self._known = known
        self._memo.forget_unused(known.keys())
        halves = [(known[key], len(known[key]) // 2) for key in keys]
        indices = np.frombuffer(b"".join(row[:half] for row, half in halves), np.int32)
        data = np.frombuffer(b"".join(row[half:] for row, half in halves), np.float32)
        indptr = np.cumsum([0, *(half // 4 for _, half in halves)])
        return csr_matrix((data, indices, indptr), shape=(len(texts), BUCKETS))


class LexicalIndex:
    """TF-IDF of character n-grams over one document an entry: all it says, in both languages.

    Names, numbers and short forms that an encoder blurs (APP, U盾, III类户) keep their weight here.

    Args:
        counts: of the entries' documents, shape ``(entries, BUCKETS)``.
    """

    def __init__(self, counts: csr_matrix) -> None:
        self._tfidf = TfidfTransformer(sublinear_tf=True)
        self._by_term: csr_matrix = self._tfidf.fit_transform(counts).T.tocsr()

    def scores(self, texts: Texts) -> Vectors:
        """Cosine of each text to each entry's document, shape ``(texts, entries)``."""
        found = self._tfidf.transform(count_ngrams(texts)) @ self._by_term
        return np.asarray(found.toarray(), dtype=np.float32)
