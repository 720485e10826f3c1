"""``python -m evaluation.benchmarks.index``: how the speed, recall and memory of the vector index go with its size."""

from __future__ import annotations

import argparse
import ctypes
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.benchmarks.questions import Questions
from kb.encoder import Vectors
from kb.vector_index import REBUILD_SHARE, VectorIndex

SIZES = "1000,10000,100000"
DIMENSIONS = 384
NEIGHBOURS = 10
QUERIES = 200
QUERIES_A_TURN = 40
CHANGES = 9
ROWS_A_CHANGE = 10
SMALLEST = 100

MALLINFO = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")

Ids = NDArray[np.int64]
Search = Callable[[Vectors, int], tuple[Vectors, Ids]]


@dataclass(frozen=True)
class Measured:
    """The figures of one size. Times in ms are medians of single calls on one thread.

    ``worn_ms`` is a search when as much was changed as the index bears before it wants to be built anew.
    """

    rows: int
    dimensions: int
    kind: str
    build_threads: int
    build_seconds: float
    flat_ms: float
    index_ms: float
    times_as_fast: float
    recall: float
    worn_ms: float
    change_ms: float
    bytes_a_row: float
    times_the_vectors: float


def measure(rows: int, dimensions: int, seed: int, threads: int) -> Measured:
    """Build both, ask both the same questions in turns, then change the index as an edited entry would."""
    questions = Questions(rows, dimensions, seed)
    vectors, queries = questions.fill(rows, stream=1), questions.fill(QUERIES, stream=2)
    flat = faiss.IndexFlatIP(dimensions)
    flat.add(vectors)
    before, begun = _allocated_bytes(), time.perf_counter()
    index = VectorIndex.build(vectors, np.arange(rows), threads=threads)
    build_seconds = time.perf_counter() - begun
    bytes_a_row = (_allocated_bytes() - before) / rows
    del vectors

    faiss.omp_set_num_threads(1)
    (flat_ms, nearest), (index_ms, found) = _in_turns(queries, (flat.search, index.search))
    del flat
    added = max(int(rows * REBUILD_SHARE / 2), 1)
    worn = index.changed(questions.fill(added, stream=3), np.arange(rows, rows + added), np.arange(added))
    ((worn_ms, _),) = _in_turns(queries, (worn.search,))
    return Measured(
        rows=rows,
        dimensions=dimensions,
        kind=index.kind,
        build_threads=threads,
        build_seconds=build_seconds,
        flat_ms=flat_ms,
        index_ms=index_ms,
        times_as_fast=flat_ms / index_ms,
        recall=float(np.mean([np.isin(right, got).mean() for right, got in zip(nearest, found, strict=True)])),
        worn_ms=worn_ms,
        change_ms=_change_ms(index, questions),
        bytes_a_row=bytes_a_row,
        times_the_vectors=bytes_a_row / (dimensions * np.dtype(np.float32).itemsize),
    )


def _in_turns(queries: Vectors, searches: Sequence[Search]) -> list[tuple[float, Ids]]:
    """Of each search the median ms of a query and the ids found.

    They take turns, so that both meet the same load of the machine, and not query by query: scanning all rows would
    empty the processor's caches of what the other has there.
    """
    times: list[list[float]] = [[] for _ in searches]
    found: list[list[Ids]] = [[] for _ in searches]
    for start in range(0, len(queries), QUERIES_A_TURN):
        for position, search in enumerate(searches):
            for query in range(start, min(start + QUERIES_A_TURN, len(queries))):
                begun = time.perf_counter()
                _, ids = search(queries[query : query + 1], NEIGHBOURS)
                times[position].append(1000 * (time.perf_counter() - begun))
                found[position].append(ids[0])
    return [(float(np.median(ms)), np.stack(ids)) for ms, ids in zip(times, found, strict=True)]


def _change_ms(index: VectorIndex, questions: Questions) -> float:
    """One entry's questions are taken out, others come in."""
    times = []
    for change in range(CHANGES):
        added = questions.fill(ROWS_A_CHANGE, stream=4 + change)
        new_ids = np.arange(len(index), len(index) + ROWS_A_CHANGE)
        old_ids = np.arange(change, change + ROWS_A_CHANGE)
        begun = time.perf_counter()
        index.changed(added, new_ids, old_ids)
        times.append(1000 * (time.perf_counter() - begun))
    return float(np.median(times))


class _MallInfo(ctypes.Structure):
    """``struct mallinfo2`` of glibc 2.33 and newer."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in MALLINFO)


def _allocated_bytes() -> float:
    """What this process holds of the C heap; not a number where the C library does not tell.

    The resident size would do for millions of rows, but for thousands it drowns in what the heap keeps for later.
    """
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return float("nan")
    mallinfo.restype = _MallInfo
    information = mallinfo()
    return float(information.uordblks + information.hblkhd)


FIGURES: dict[str, Callable[[Measured], str]] = {
    "kind of index": lambda size: size.kind,
    "build, s": lambda size: f"{size.build_seconds:.2f}",
    "Flat search, ms": lambda size: f"{size.flat_ms:.3f}",
    "index search, ms": lambda size: f"{size.index_ms:.3f}",
    "times as fast as Flat": lambda size: f"{size.times_as_fast:.2f}",
    f"recall@{NEIGHBOURS} against Flat": lambda size: f"{size.recall:.4f}",
    "search before a rebuild, ms": lambda size: f"{size.worn_ms:.3f}",
    f"change of {ROWS_A_CHANGE} rows, ms": lambda size: f"{size.change_ms:.3f}",
    "memory a row, bytes": lambda size: f"{size.bytes_a_row:,.0f}",
    "times the vectors alone": lambda size: f"{size.times_the_vectors:.2f}",
}


def _table(sizes: Sequence[Measured]) -> Table:
    """A column for each size."""
    table = Table(title=f"{sizes[0].dimensions} dimensions, built by {sizes[0].build_threads} threads, asked by one")
    table.add_column("rows")
    for size in sizes:
        table.add_column(f"{size.rows:,}", justify="right")
    for name, show in FIGURES.items():
        table.add_row(name, *(show(size) for size in sizes))
    return table


def _sizes(text: str) -> list[int]:
    sizes = [int(part) if part.isdecimal() else 0 for part in text.split(",")]
    if min(sizes) < SMALLEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not numbers from {SMALLEST} up, separated by commas")
    return sizes


def main(argv: Sequence[str] | None = None) -> int:
    """Measure each size; the table goes to standard error, the figures to standard output or a file as JSON."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.benchmarks.index", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="rows, separated by commas; default: %(default)s")
    parser.add_argument("--dimensions", type=int, default=DIMENSIONS, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the made-up vectors; default: %(default)s")
    parser.add_argument(
        "--threads",
        type=int,
        default=faiss.omp_get_max_threads(),
        help="that build an index; searching has one; default: OMP_NUM_THREADS, else all cores",
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args(argv)
    console = Console(stderr=True)
    measured = []
    for rows in arguments.sizes:
        with console.status(f"{rows:,} rows"):
            measured.append(measure(rows, arguments.dimensions, arguments.seed, arguments.threads))
    console.print(_table(measured))
    text = json.dumps([asdict(size) for size in measured], indent=2)
    if arguments.json is None:
        print(text)
        return 0
    try:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        print(text)
        console.print(f"[bold red]error[/]: {escape(str(error))}; the figures are above", soft_wrap=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
