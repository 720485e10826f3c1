"""``python -m evaluation.benchmarks.publishing``: how fast a change is live, and how fast a restart is.

The knowledge base is as large as wanted: the shipped entries, each for several made-up branches. How well it answers is
not measured here. The first run encodes it and learns from it, which takes many minutes, and keeps both for the next.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import copytree

import structlog
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.benchmarks import delays
from evaluation.benchmarks.branches import at_branches
from evaluation.benchmarks.changes import AUTHOR
from evaluation.benchmarks.delays import ChangeDelays
from evaluation.benchmarks.restarts import Restart, restart_with_damaged_fit, restarts
from evaluation.benchmarks.worker import Opening, worker
from evaluation.benchmarks.worker_process import worker_process
from evaluation.output import put_out
from evaluation.publishing import cache_folder
from kb.content import EntryContent, read_folder
from kb.encoder import TurnEncoder, load_encoder
from kb.rows import passages_of
from kit.database import Database
from kit.errors import BilinError, InvalidRequest
from kit.settings import Settings

ENTRIES = 1000
CHANGES = 10
RESTARTS = 3
# With more entries than this, a worker whose fit is damaged would learn for minutes.
MOST_TO_LEARN = 100


@dataclass(frozen=True)
class Measured:
    """The figures of one run; ``damaged_fit`` is None where learning anew would take too long.

    Args:
        entries: in the knowledge base.
        questions: of them, in both languages.
        texts: what is searched: questions and passages of answers.
        database: ``sqlite`` or ``postgresql``.
        ready_seconds: from the entries' texts to what was learnt from them; short where an earlier run has kept it.
        restart: starts with all that is kept.
        damaged_fit: a start with a damaged file of what was learnt.
        changes: how long until customers meet them.
    """

    entries: int
    questions: int
    texts: int
    database: str
    ready_seconds: float
    restart: Restart
    damaged_fit: Restart | None
    changes: ChangeDelays


async def measure(
    entries: Sequence[EntryContent],
    settings: Settings,
    url: str,
    n_changes: int,
    n_restarts: int,
    progress: Callable[[str], None],
) -> Measured:
    """Publish, restart workers, then change entries under two of them.

    Args:
        entries: more than ``n_changes``.
        settings: the product's.
        url: of an empty database.
        n_changes: edits, and as many withdrawals.
        n_restarts: at least one.
        progress: called with what is done next.

    Raises:
        InvalidRequest: the database is not empty.
        Unavailable: a worker ended, or a change was not met.
    """
    encoder, database = TurnEncoder(load_encoder(settings)), Database(url)
    kept = cache_folder(settings) / "publishing"
    _, first = entries[0].variant_for("zh")
    try:
        progress("the knowledge base; takes minutes unless an earlier run has kept it")
        ready_seconds = await publish(entries, database, kept, encoder, settings)
        with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as folder:
            opening = Opening(url, copytree(kept, Path(folder) / "cache"), first.question)
            usual = await restarts(opening, n_restarts, progress)
            damaged = None
            if len(entries) <= MOST_TO_LEARN:
                progress("restart with a damaged fit")
                damaged = await restart_with_damaged_fit(opening)
            progress("two workers")
            async with worker_process(opening) as here, worker_process(opening) as elsewhere:
                changed = await delays.measure(here, elsewhere, entries, n_changes, progress)
    finally:
        await database.close()
    variants = [variant for entry in entries for variant in entry.variants.values()]
    questions = sum(len(variant.questions) for variant in variants)
    return Measured(
        entries=len(entries),
        questions=questions,
        texts=questions + sum(len(passages_of(variant)) for variant in variants),
        database="sqlite" if database.is_sqlite else "postgresql",
        ready_seconds=ready_seconds,
        restart=usual,
        damaged_fit=damaged,
        changes=changed,
    )


async def publish(
    entries: Sequence[EntryContent], database: Database, cache: Path, encoder: TurnEncoder, settings: Settings
) -> float:
    """Put the entries live and learn from them; returns how long that took, in seconds.

    Args:
        entries: at least one.
        database: an empty one.
        cache: folder for vectors and what is learnt.
        encoder: as conversations use it.
        settings: the product's.

    Raises:
        InvalidRequest: the database is not empty.
    """
    await database.migrate()
    async with worker(database, cache, encoder, settings) as knowledge:
        if await knowledge.browsing.newest():
            raise InvalidRequest("The database of --database-url holds entries already; name an empty one.")
        begun = time.perf_counter()
        await knowledge.load(entries, AUTHOR)
        await knowledge.settled()
        return time.perf_counter() - begun


RESTART: dict[str, str] = {
    "start of the process to first answer": "first_answer_seconds",
    "of that: imports": "imports_seconds",
    "encoder": "encoder_seconds",
    "database": "database_seconds",
    "knowledge base": "knowledge_seconds",
    "first question": "question_seconds",
}


def _restart_table(measured: Measured) -> Table:
    """A row for each part; a column for each kind of start."""
    table = Table(title=f"restart, s: {measured.entries:,} entries, {measured.questions:,} questions")
    table.add_column("")
    table.add_column("cache is whole", justify="right")
    table.add_column("fit is damaged", justify="right")
    for name, field in RESTART.items():
        shown = (f"{getattr(one, field):.2f}" if one else "–" for one in (measured.restart, measured.damaged_fit))
        table.add_row(name, *shown)
    return table


def _changes_table(measured: Measured) -> Table:
    """A row for each kind of change at each worker."""
    table = Table(title="from the call to the first answer that knows of it, s")
    for heading in ("change", "worker"):
        table.add_column(heading)
    for heading in ("p50", "p95", "max"):
        table.add_column(heading, justify="right")
    changes = measured.changes
    kinds = (("edit", changes.edits), ("rehearsed edit", changes.rehearsed_edits), ("withdrawal", changes.withdrawals))
    for change, found in kinds:
        for place, delay in (("the one that makes it", found.here), ("another", found.elsewhere)):
            figures = (delay.p50_seconds, delay.p95_seconds, delay.max_seconds)
            table.add_row(change, place, *(f"{seconds:.2f}" for seconds in figures))
    return table


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.benchmarks.publishing",
        description="How fast a change of the knowledge base is live, and how fast a restart is.",
    )
    parser.add_argument("--entries", type=_positive, default=ENTRIES, help="more than changes; default: %(default)s")
    parser.add_argument(
        "--changes", type=_positive, default=CHANGES, help="edits, and as many withdrawals; default: %(default)s"
    )
    parser.add_argument("--restarts", type=_positive, default=RESTARTS, help="default: %(default)s")
    parser.add_argument("--database-url", help="an empty database, which is filled; default: SQLite, gone at the end")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def _measured(arguments: argparse.Namespace, settings: Settings, progress: Callable[[str], None]) -> Measured:
    entries = at_branches(read_folder(settings.content_dir), arguments.entries)
    if arguments.changes >= len(entries):
        raise InvalidRequest("--changes must be less than --entries: each of them withdraws an entry.")
    with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as folder:
        url = arguments.database_url or f"sqlite+aiosqlite:///{Path(folder) / 'kb.db'}"
        return asyncio.run(measure(entries, settings, url, arguments.changes, arguments.restarts, progress))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; the tables go to standard error, the figures to standard output or a file as JSON."""
    arguments = _parser().parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console(stderr=True)
    try:
        with console.status("starting") as status:
            measured = _measured(arguments, Settings(), status.update)
    except BilinError as error:
        console.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    console.print(_restart_table(measured))
    console.print(_changes_table(measured))
    return put_out(asdict(measured), arguments.json, console)


if __name__ == "__main__":
    sys.exit(main())
