"""Times that can be compared: one thread, and the compared ones asked in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from kb.encoder import Vectors

QUERIES_A_TURN = 40

Found = TypeVar("Found")
Ids = NDArray[np.int64]
VectorSearch = Callable[[Vectors, int], tuple[Any, Any]]


def in_turns(count: int, searches: Sequence[Callable[[int], Found]]) -> list[tuple[float, list[Found]]]:
    """Of each search the median ms of a query and what was found; a search takes the number of the query.

    They take turns, so that both meet the same load of the machine, and not query by query: scanning all rows would
    empty the processor's caches of what the other has there.
    """
    times: list[list[float]] = [[] for _ in searches]
    found: list[list[Found]] = [[] for _ in searches]
    for start in range(0, count, QUERIES_A_TURN):
        for position, search in enumerate(searches):
            for query in range(start, min(start + QUERIES_A_TURN, count)):
                begun = time.perf_counter()
                found[position].append(search(query))
                times[position].append(1000 * (time.perf_counter() - begun))
    return [(float(np.median(ms)), results) for ms, results in zip(times, found, strict=True)]


def nearest(search: VectorSearch, queries: Vectors, neighbours: int) -> Callable[[int], Ids]:
    """A search of one of the queries, by its number, for the ids of the nearest rows."""

    def find(query: int) -> Ids:
        ids: Ids = search(queries[query : query + 1], neighbours)[1][0]
        return ids

    return find


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch and every OpenMP and BLAS library that is loaded use one thread; an encoder has a setting of its own."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)
