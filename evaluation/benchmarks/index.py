"""``python -m evaluation.benchmarks.index``: how the speed, recall and memory of the vector index go with its size."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import faiss
import numpy as np
from rich.console import Console
from rich.table import Table

from evaluation.benchmarks.memory import allocated_bytes
from evaluation.benchmarks.questions import Questions
from evaluation.benchmarks.recall import recall
from evaluation.benchmarks.timing import in_turns, nearest
from evaluation.output import put_out
from kb.vector_index import REBUILD_SHARE, VectorIndex

SIZES = "1000,10000,100000"
DIMENSIONS = 384
NEIGHBOURS = 10
QUERIES = 200
CHANGES = 9
ROWS_A_CHANGE = 10
SMALLEST = 100


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
    before, begun = allocated_bytes(), time.perf_counter()
    index = VectorIndex.build(vectors, np.arange(rows), threads=threads)
    build_seconds = time.perf_counter() - begun
    bytes_a_row = (allocated_bytes() - before) / rows
    del vectors

    faiss.omp_set_num_threads(1)
    searches = [nearest(search, queries, NEIGHBOURS) for search in (flat.search, index.search)]
    (flat_ms, right), (index_ms, found) = in_turns(QUERIES, searches)
    del flat, searches
    added = max(int(rows * REBUILD_SHARE / 2), 1)
    worn = index.changed(questions.fill(added, stream=3), np.arange(rows, rows + added), np.arange(added))
    ((worn_ms, _),) = in_turns(QUERIES, [nearest(worn.search, queries, NEIGHBOURS)])
    return Measured(
        rows=rows,
        dimensions=dimensions,
        kind=index.kind,
        build_threads=threads,
        build_seconds=build_seconds,
        flat_ms=flat_ms,
        index_ms=index_ms,
        times_as_fast=flat_ms / index_ms,
        recall=recall(found, right),
        worn_ms=worn_ms,
        change_ms=_change_ms(index, questions),
        bytes_a_row=bytes_a_row,
        times_the_vectors=bytes_a_row / (dimensions * np.dtype(np.float32).itemsize),
    )


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


def row_counts(text: str) -> list[int]:
    """Sizes from the command line: numbers separated by commas."""
    sizes = [int(part) if part.isdecimal() else 0 for part in text.split(",")]
    if min(sizes) < SMALLEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not numbers from {SMALLEST} up, separated by commas")
    return sizes


def main(argv: Sequence[str] | None = None) -> int:
    """Measure each size; the table goes to standard error, the figures to standard output or a file as JSON."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.benchmarks.index", description=__doc__)
    parser.add_argument(
        "--sizes", type=row_counts, default=SIZES, help="rows, separated by commas; default: %(default)s"
    )
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
    return put_out([asdict(size) for size in measured], arguments.json, console)


if __name__ == "__main__":
    sys.exit(main())
