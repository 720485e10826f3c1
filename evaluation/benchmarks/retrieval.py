"""``python -m evaluation.benchmarks.retrieval``: Bilin's search beside others, beside bare encoding, and as it grows.

Everything runs on one thread, also what comes before the first question. Three parts:

- ``accuracy``: Bilin, BM25, the configured encoder alone and Rasa's ResponseSelector are made ready for the same
  entries and asked the same questions in turns. Rasa lives in the bot's environment: it is a process of its own, which
  measures its times itself and waits while others are asked.
- ``cost``: what a question costs beyond its encoding, in a whole knowledge base.
- ``size``: how Bilin's index, comparing every vector, and BM25 go with the number of questions. These are made up.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from evaluation.benchmarks import accuracy, cost, growth
from evaluation.benchmarks.index import row_counts
from evaluation.benchmarks.tables import accuracy_table, cost_table, size_table
from evaluation.benchmarks.timing import one_thread
from evaluation.datasets import Query, read_knowledge, read_queries
from evaluation.output import put_out
from kb.content import EntryContent
from kit.errors import BilinError, InvalidRequest
from kit.settings import Settings

PARTS = ("accuracy", "cost", "size")
EPOCHS = 300
SAMPLE = 300
SIZES = "1000,10000,100000,1000000"

console = Console(stderr=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.benchmarks.retrieval",
        description="Bilin's search beside others, beside bare encoding, and as it grows.",
    )
    parser.add_argument("--kb", type=Path, help="kb.jsonl, or a folder of content files; default: the shipped content")
    parser.add_argument("--queries", type=Path, action="append", default=[], help="questions; may be repeated")
    parser.add_argument("--cost-kb", type=Path, help="a larger one for the part 'cost'; default: that of --kb")
    parser.add_argument(
        "--parts", type=_parts, default=",".join(PARTS), help="separated by commas; default: %(default)s"
    )
    parser.add_argument(
        "--sample", type=_positive, default=SAMPLE, help="questions of the part 'cost'; default: %(default)s"
    )
    parser.add_argument(
        "--sizes", type=row_counts, default=SIZES, help="questions of the part 'size'; default: %(default)s"
    )
    parser.add_argument("--epochs", type=_positive, default=EPOCHS, help="of Rasa's training; default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn; default: %(default)s")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if not set(parts) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"{text!r} is not some of {', '.join(PARTS)}, separated by commas")
    return parts


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _compare(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    entries, queries = _read(arguments, arguments.kb, settings)
    with _progress("asking all", len(queries)) as step:
        compared = accuracy.compare(entries, queries, settings, arguments.epochs, arguments.seed, step)
        return asyncio.run(compared).report()


def _cost(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    entries, queries = _read(arguments, arguments.cost_kb or arguments.kb, settings)
    with _progress("cost of a question", min(arguments.sample, len(queries))) as step:
        measured = cost.measure(entries, queries, settings, arguments.sample, arguments.seed, step)
        return asyncio.run(measured).report()


def _sizes(arguments: argparse.Namespace, settings: Settings) -> list[dict[str, Any]]:
    with _progress("sizes", len(arguments.sizes)) as step:
        measured = []
        for size in arguments.sizes:
            measured.append(growth.measure(size, arguments.seed).report())
            step(1)
        return measured


def _read(
    arguments: argparse.Namespace, knowledge: Path | None, settings: Settings
) -> tuple[list[EntryContent], list[Query]]:
    entries = read_knowledge(knowledge or settings.content_dir)
    ids = {entry.id for entry in entries}
    queries = [query for path in arguments.queries for query in read_queries(path, ids)]
    if not queries:
        raise InvalidRequest("The parts 'accuracy' and 'cost' ask questions: name a file of them with --queries.")
    return entries, queries


RUN: dict[str, Callable[[argparse.Namespace, Settings], Any]] = {"accuracy": _compare, "cost": _cost, "size": _sizes}
SHOW: dict[str, Callable[[Any], Table]] = {"accuracy": accuracy_table, "cost": cost_table, "size": size_table}


@contextmanager
def _progress(name: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=total)
        yield lambda count: bar.advance(task, count)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts; their tables go to standard error, the figures to standard output or a file as JSON."""
    arguments = _parser().parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = Settings().model_copy(update={"encoder_threads": 1})
    report: dict[str, Any] = {}
    try:
        with one_thread():
            for part in arguments.parts:
                report[part] = RUN[part](arguments, settings)
                console.print(SHOW[part](report[part]))
    except BilinError as error:
        console.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    return put_out(report, arguments.json, console)


if __name__ == "__main__":
    sys.exit(main())
