"""Scores of queries against the rows of a release: nearest rows, and what the head and the words make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from kb.confidence import Scores
from kb.head import Head, log_softmax
from kb.lexical import LexicalIndex, Texts, count_ngrams, documents
from kb.rows import Places, Rows
from kb.space import Vectors
from kb.vector_index import VectorIndex
from kit.errors import InvalidRequest

NEIGHBOURS = 128
# What an entry's nearest text counts for, and the next ones.
BEST_WEIGHTS = (0.5, 0.25, 0.25)
FUSION_TEMPERATURE = 0.05
PASSAGE_WEIGHT = 0.9
LEXICAL_TEMPERATURE = 0.05
LEXICAL_WEIGHT = 0.25
UNTAUGHT = ("context", "splitting")


@dataclass(frozen=True)
class Parts:
    """Which parts of the engine are in use; every one can be left out, to see what it is worth."""

    adapter: bool = True
    classifier: bool = True
    passages: bool = True
    lexical: bool = True
    belonging: bool = True
    checks: bool = True
    wording: bool = True
    context: bool = True
    splitting: bool = True

    @property
    def taught(self) -> Parts:
        """As lessons see them: what only reads a message in another way teaches nothing."""
        return replace(self, **dict.fromkeys(UNTAUGHT, True))

    @classmethod
    def without(cls, names: Sequence[str]) -> Parts:
        """All parts but these.

        Raises:
            InvalidRequest: there is no such part.
        """
        unknown = set(names) - set(cls.__dataclass_fields__)
        if unknown:
            known = ", ".join(cls.__dataclass_fields__)
            raise InvalidRequest(
                f"The search has no part {', '.join(sorted(unknown))!r}; BILIN_SEARCH_WITHOUT may name: {known}."
            )
        return cls(**dict.fromkeys(names, False))


@dataclass(frozen=True)
class Nearest:
    """The rows nearest to some queries, each shape ``(queries, neighbours)``, nearest first."""

    cosines: Vectors
    rows: Places


class Scorer:
    """Scores queries against centred rows.

    The languages meet in one space, each with its own mean taken away: what is asked in one teaches the other.
    Passages teach the classifier and are searched too, at a discount: they say what an entry is about, not how people
    ask for it.

    Args:
        rows: centred texts of the release.
        n_entries: how many entries it has.
        head: what was learnt.
        known: for each entry its position in the head's classifier, or -1 where the head has not met it.
        everyday: centred sentences that no bank answers.
        parts: which parts of the engine are in use.
        ngrams: what is counted in the rows, shape ``(entries, BUCKETS)``; None counts it here.
        previous: a scorer with the same head, whose index is changed rather than built anew where that is cheaper.
        kept: where the rows are among that scorer's, if that is known already.
    """

    def __init__(
        self,
        rows: Rows,
        n_entries: int,
        head: Head,
        known: NDArray[np.int64],
        everyday: Rows,
        parts: Parts,
        ngrams: csr_matrix | None = None,
        previous: Scorer | None = None,
        kept: Places | None = None,
    ) -> None:
        self.rows, self.n_entries, self.head = rows, n_entries, head
        self._known = known
        if parts.lexical and ngrams is None:
            ngrams = count_ngrams(documents(rows.texts, rows.entries, n_entries))
        self._lexical = LexicalIndex(ngrams) if parts.lexical else None
        self._everyday = everyday.vectors if parts.belonging else everyday.vectors[:0]
        n_texts = np.bincount(rows.entries, minlength=n_entries).clip(1, len(BEST_WEIGHTS))
        self._weight = np.cumsum(BEST_WEIGHTS)[n_texts - 1]
        if previous is None:
            self.ids, self.index = self._indexed()
        else:
            self.ids, self.index = self._changed(previous, previous.rows.places(rows) if kept is None else kept)
        self._row_of = np.full(int(self.ids.max(initial=-1)) + 1, -1, dtype=np.int64)
        self._row_of[self.ids] = np.arange(len(rows))

    def _indexed(self) -> tuple[NDArray[np.int64], VectorIndex]:
        """Ids of the rows, and their index."""
        ids = np.arange(len(self.rows), dtype=np.int64)
        return ids, VectorIndex.build(self.head.adapt(self.rows.vectors), ids)

    def _changed(self, previous: Scorer, kept: Places) -> tuple[NDArray[np.int64], VectorIndex]:
        """The same from what another scorer with this head has indexed."""
        is_fresh = kept < 0
        fresh = self.head.adapt(self.rows.vectors[is_fresh])
        if previous.index.kind == "flat":
            adapted = previous.index.vectors(np.take(previous.ids, kept, mode="clip"))  # any row where it is fresh
            adapted[is_fresh] = fresh
            ids = np.arange(len(self.rows), dtype=np.int64)
            return ids, VectorIndex.build(adapted, ids)
        held = previous.ids[kept[~is_fresh]]
        ids = np.empty(len(self.rows), dtype=np.int64)
        ids[~is_fresh] = held
        ids[is_fresh] = int(previous.ids.max(initial=-1)) + 1 + np.arange(len(fresh))
        return ids, previous.index.changed(fresh, ids[is_fresh], np.setdiff1d(previous.ids, held))

    def nearest(self, queries: Vectors) -> Nearest:
        """The rows nearest to centred queries, shape ``(queries, dimensions)``."""
        near, ids = self.index.search(self.head.adapt(queries), NEIGHBOURS)
        return Nearest(near, self._row_of[ids])

    def scores(self, queries: Vectors, texts: Texts, nearest: Nearest | None = None) -> Scores:
        """Scores of centred queries, shape ``(queries, dimensions)``.

        Args:
            queries: the vectors.
            texts: what they were made from.
            nearest: the rows nearest to them, where they are known.
        """
        nearest = nearest or self.nearest(queries)
        near, found = nearest.cosines, nearest.rows
        near = np.where(self.rows.passages[found], PASSAGE_WEIGHT * near, near)
        cosine = self._nearness(near, self.rows.entries[found])
        log_probability = self._log_probability(queries, cosine)
        fused = log_softmax(cosine / FUSION_TEMPERATURE) + log_probability
        if self._lexical is None:
            lexical = np.zeros_like(fused)
        else:
            lexical = self._lexical.scores(texts)
            fused = fused + LEXICAL_WEIGHT * log_softmax(lexical / LEXICAL_TEMPERATURE)
        everyday = self._beyond_everyday(queries, found, fused)
        return Scores(cosine, log_probability, lexical, fused, self.head.belongs(queries), everyday)

    def _beyond_everyday(self, queries: Vectors, found: NDArray[np.int64], fused: Vectors) -> Vectors:
        """By how much the first entry's nearest text is nearer than any everyday sentence, shape ``(queries,)``.

        In the space before the adapter, which has learnt nothing of what is not the bank's.
        """
        if not len(self._everyday):
            return np.zeros(len(queries), dtype=np.float32)
        nearest = found[
            np.arange(len(queries)), (self.rows.entries[found] == fused.argmax(axis=1)[:, None]).argmax(axis=1)
        ]
        cosine = np.einsum("qd,qd->q", self.rows.vectors[nearest], queries)
        return np.asarray(cosine - (queries @ self._everyday.T).max(axis=1), dtype=np.float32)

    def _nearness(self, scores: Vectors, entries: NDArray[np.int64]) -> Vectors:
        """How near each entry is by its best texts, shape ``(queries, entries)``.

        One text that happens to be near says less than one that has others beside it. A text that is not among the
        nearest counts with the lowest score that was found: it is at most that.
        """
        cells = len(scores) * self.n_entries
        cell = (np.arange(len(scores))[:, None] * self.n_entries + entries).ravel()
        flat = scores.ravel()
        order = np.lexsort((-flat, cell))
        starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
        rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
        counts = rank < len(BEST_WEIGHTS)
        kept, weight = order[counts], np.array(BEST_WEIGHTS)[rank[counts]]
        total = np.bincount(cell[kept], weights=weight * flat[kept], minlength=cells).reshape(len(scores), -1)
        found = np.bincount(cell[kept], weights=weight, minlength=cells).reshape(len(scores), -1)
        missing = self._weight - found
        return np.asarray((total + missing * scores.min(axis=1, keepdims=True)) / self._weight, dtype=np.float32)

    def _log_probability(self, queries: Vectors, cosine: Vectors) -> Vectors:
        """Natural logarithm of each entry's probability, shape ``(queries, entries)``.

        For an entry that the classifier has not met, the cosine speaks: it was published a moment ago, and the
        head is being fitted again.
        """
        logits = self.head.logits(queries)
        if logits is None:
            return np.full((len(queries), self.n_entries), -np.log(self.n_entries), dtype=np.float32)
        met = self._known >= 0
        if met.all():
            return log_softmax(logits[:, self._known])
        near = log_softmax(cosine / FUSION_TEMPERATURE)
        by_cosine = np.exp(near[:, ~met]).sum(axis=1, keepdims=True)
        result = near.copy()
        if met.any():
            result[:, met] = log_softmax(logits[:, self._known[met]]) + np.log(np.maximum(1.0 - by_cosine, 1e-9))
        return result
