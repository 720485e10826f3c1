"""Nearest rows by cosine: exact while they are few, a graph when they are many, and changes without building anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.encoder import Vectors

Ids = NDArray[np.int64]

# From so many numbers in its queries on, FAISS compares all of them at once: eight questions rather than its own five
# hundred, which one after another take ten times as long.
faiss.cvar.distance_compute_blas_threshold = 2000

# Up to here a scan takes some ten milliseconds at most, is exact, and is ready at once.
FLAT_LIMIT = 50_000

LINKS = 32
BUILD_WIDTH = 80
SEARCH_WIDTH = 64
# The graph is walked with this many rows in view for each one that it is asked for, or recall falls off.
WIDTH_PER_ASKED = 2
# Removed rows may crowd around a query: where too few others are found, the graph is asked for so many times more.
ASKED_AGAIN = 8
# A walk's cost grows with the square of its width: for more rows than this a scan of the smallest graph is as quick.
MOST_FROM_GRAPH = 1_000

REBUILD_SHARE = 0.1

# The type stubs of faiss 1.15.1 know these only as C++ does, or not at all.
_selector: Any = faiss.IDSelectorBitmap
_parameters: Any = faiss.SearchParameters
_graph_parameters: Any = faiss.SearchParametersHNSW  # type: ignore[attr-defined]  # see above


class VectorIndex:
    """An immutable set of unit vectors under ids: the rows of the last build, and what was changed since.

    A change shares the built rows with the index it came from; removed ones are passed over, added ones are scanned.
    Any number of threads may search it and derive changed ones at the same time.
    """

    def __init__(self, base: _Base, alive: NDArray[np.bool_], added: Vectors, added_ids: Ids) -> None:
        self._base = base
        self._alive = alive
        self._n_alive = int(alive.sum())
        self._added = added
        self._added_ids = added_ids
        self._selector: Any = None
        if self._n_alive < len(alive):
            self._selector = _selector(np.packbits(alive, bitorder="little"))

    @classmethod
    def build(cls, vectors: Vectors, ids: Ids, *, threads: int | None = None) -> VectorIndex:
        """Index unit vectors, shape ``(rows, dimensions)``, which may have no rows.

        Args:
            vectors: copied, so the caller may change them afterwards.
            ids: distinct and not negative, shape ``(rows,)``.
            threads: how many may build a graph; all cores by default. Searches elsewhere wait for the same cores.

        Raises:
            ValueError: shapes that do not fit, numbers that are not finite, or ids that are not distinct.
        """
        vectors = _checked(vectors, "vectors")
        base = _Base(vectors, _checked_ids(ids, len(vectors)), threads or os.cpu_count() or 1)
        return cls(base, np.ones(len(vectors), bool), vectors[:0].copy(), np.empty(0, np.int64))

    def changed(self, added: Vectors, added_ids: Ids, removed_ids: Ids) -> VectorIndex:
        """Another index without ``removed_ids`` and with ``added``; an id that is added again has its row replaced.

        Ids to remove that are not here are passed over.

        Raises:
            ValueError: as ``build``, also when the dimensions of ``added`` are not those of the index.
        """
        added = _checked(added, "added vectors", self._added.shape[1])
        added_ids = _checked_ids(added_ids, len(added))
        removed_ids = np.asarray(removed_ids, np.int64)
        if removed_ids.ndim != 1:
            raise ValueError(f"ids to remove have the shape {removed_ids.shape}: it must be (ids,)")
        gone = np.concatenate([added_ids, removed_ids])
        alive = self._alive.copy()
        alive[self._base.positions(gone)] = False
        kept = ~np.isin(self._added_ids, gone)
        return VectorIndex(
            self._base,
            alive,
            np.concatenate([self._added[kept], added]),
            np.concatenate([self._added_ids[kept], added_ids]),
        )

    def search(self, queries: Vectors, k: int) -> tuple[Vectors, Ids]:
        """Cosines and ids of the nearest rows, best first, both of shape ``(queries, min(k, len(self)))``.

        Each call runs on the thread that makes it.

        Raises:
            ValueError: queries that do not fit, or a negative ``k``.
        """
        queries = _checked(queries, "queries", self._added.shape[1])
        if k < 0:
            raise ValueError(f"k is {k}: it cannot be negative")
        k = min(k, len(self))
        if not (k and len(queries)):
            return _nothing(len(queries), k)
        # One query is about a millisecond: waking more threads costs more than it saves, and they would fight the
        # encoder's for the cores.
        with _threads(1):
            cosines, ids = self._base.search(queries, min(k, self._n_alive), self._alive, self._selector)
            if not len(self._added):
                return cosines, ids
            fresh, rows = faiss.knn(queries, self._added, min(k, len(self._added)), faiss.METRIC_INNER_PRODUCT)
        cosines, ids = np.hstack([cosines, fresh]), np.hstack([ids, self._added_ids[rows]])
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(cosines, best, axis=1), np.take_along_axis(ids, best, axis=1)

    def vectors(self, ids: Ids) -> Vectors:
        """Rows by their ids, in their order, shape ``(ids, dimensions)``.

        Raises:
            ValueError: an id is not here.
        """
        ids = np.asarray(ids, np.int64)
        known = np.concatenate([self._base.ids[self._alive], self._added_ids])
        order = np.argsort(known, kind="stable")
        places = (
            order[np.searchsorted(known, ids, sorter=order).clip(max=max(len(known) - 1, 0))] if len(known) else ids
        )
        if not len(known) or (known[places] != ids).any():
            if len(ids):
                raise ValueError("an id is not in the index")
            return self._added[:0].copy()
        is_added = places >= self._n_alive
        if not is_added.any():  # in one pass: it may be a hundred megabytes
            return np.take(self._base.vectors(), np.flatnonzero(self._alive)[places], axis=0)
        found = np.empty((len(ids), self._added.shape[1]), np.float32)
        found[is_added] = self._added[places[is_added] - self._n_alive]
        found[~is_added] = self._base.vectors()[np.flatnonzero(self._alive)[places[~is_added]]]
        return found

    def __len__(self) -> int:
        return self._n_alive + len(self._added)

    @property
    def wants_rebuild(self) -> bool:
        """Whether so much was changed since the last build that searching slows down: time to ``build`` anew."""
        changes = len(self._added) + len(self._alive) - self._n_alive
        return changes > REBUILD_SHARE * len(self._alive)

    @property
    def kind(self) -> Literal["flat", "hnsw"]:
        """``flat`` is exact; ``hnsw`` may miss a few of the nearest rows."""
        return self._base.kind


class _Base:
    """The rows of one build: never changed, so that indexes and threads share them."""

    def __init__(self, vectors: Vectors, ids: Ids, threads: int) -> None:
        rows, dimensions = vectors.shape
        self.kind: Literal["flat", "hnsw"] = "hnsw" if rows > FLAT_LIMIT else "flat"
        self.ids = ids
        self._by_id = np.argsort(ids)
        self._index: Any
        self._rows: Any
        if self.kind == "flat":
            self._index = self._rows = faiss.IndexFlatIP(dimensions)
        else:
            self._index = faiss.IndexHNSWFlat(dimensions, LINKS, faiss.METRIC_INNER_PRODUCT)
            self._index.hnsw.efConstruction = BUILD_WIDTH
            self._rows = faiss.downcast_index(self._index.storage)
        with _threads(threads):
            self._index.add(vectors)

    def vectors(self) -> Vectors:
        """All rows, shape ``(rows, dimensions)``, where the index keeps them: to be read at once and never changed."""
        shape = self._rows.ntotal, self._rows.d
        held: Vectors = faiss.rev_swig_ptr(self._rows.get_xb(), shape[0] * shape[1]).reshape(shape)
        return held

    def positions(self, ids: Ids) -> Ids:
        """Where those of ``ids`` are that are here, in no particular order."""
        if not len(self.ids):
            return self.ids
        places = np.searchsorted(self.ids, ids, sorter=self._by_id)
        found = self._by_id[np.minimum(places, len(self.ids) - 1)]
        return np.asarray(found[self.ids[found] == ids], np.int64)

    def search(self, queries: Vectors, k: int, alive: NDArray[np.bool_], selector: Any) -> tuple[Vectors, Ids]:
        """Cosines and ids of the nearest ``k`` rows that are alive, of which there must be that many.

        The graph is asked for more rows than are wanted and the removed ones are dropped. Had it been told to pass
        over them itself, it would not tell that it saw hardly any others, and its answers would be poor.
        """
        if not k:
            return _nothing(len(queries), 0)
        cosines, positions = _nothing(len(queries), k)
        waiting = np.arange(len(queries))
        asked = max(SEARCH_WIDTH // WIDTH_PER_ASKED, k)
        while self.kind == "hnsw" and asked <= MOST_FROM_GRAPH and len(waiting):
            parameters = _graph_parameters(efSearch=WIDTH_PER_ASKED * asked)
            near, rows = self._index.search(queries[waiting], asked, params=parameters)
            living = alive[rows] & (rows >= 0)
            first = living & (living.cumsum(axis=1) <= k)
            enough = first.sum(axis=1) == k
            cosines[waiting[enough]] = near[enough][first[enough]].reshape(-1, k)
            positions[waiting[enough]] = rows[enough][first[enough]].reshape(-1, k)
            waiting = waiting[~enough]
            asked *= ASKED_AGAIN
        if len(waiting):
            parameters = None if selector is None else _parameters(sel=selector)
            cosines[waiting], positions[waiting] = self._rows.search(queries[waiting], k, params=parameters)
        return cosines, self.ids[positions]


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """OpenMP keeps this number apart for each thread that calls it, so it is set around a call, not once at import."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _nothing(queries: int, k: int) -> tuple[Vectors, Ids]:
    return np.empty((queries, k), np.float32), np.empty((queries, k), np.int64)


def _checked(vectors: Vectors, name: str, dimensions: int | None = None) -> Vectors:
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise ValueError(f"{name} have the shape {vectors.shape}: it must be (rows, dimensions)")
    if dimensions is not None and vectors.shape[1] != dimensions:
        raise ValueError(f"{name} have {vectors.shape[1]} dimensions: this index has {dimensions}")
    with np.errstate(invalid="ignore"):  # of infinities; the sums take a fraction of the memory of looking at each
        sums = vectors.sum(axis=1)
    if not np.isfinite(sums).all():
        raise ValueError(f"{name} hold numbers that are not finite")
    return np.ascontiguousarray(vectors, np.float32)


def _checked_ids(ids: Ids, rows: int) -> Ids:
    """A copy that nobody else can change."""
    ids = np.array(ids, np.int64)
    if ids.shape != (rows,):
        raise ValueError(f"ids have the shape {ids.shape}: {rows} vectors need ({rows},)")
    if rows and ids.min() < 0:
        raise ValueError(f"the id {ids.min()} is negative")
    distinct, counts = np.unique(ids, return_counts=True)
    if len(distinct) < rows:
        raise ValueError(f"the id {distinct[counts.argmax()]} comes {counts.max()} times: ids must be distinct")
    return ids
