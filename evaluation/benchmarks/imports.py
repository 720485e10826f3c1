"""``python -m evaluation.benchmarks.imports``: a large file into a running ``web``, which is killed half-way.

It starts ``web`` on a database of its own, imports over REST, kills the process once half of the rows are stored,
starts it again, and looks whether everything is there once.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console as Terminal
from rich.markup import escape
from sqlalchemy import text

from evaluation.benchmarks.branches import at_branches
from evaluation.benchmarks.console_client import Console, answered
from evaluation.benchmarks.system import Process, account, free_ports, prepare
from evaluation.output import put_out
from kb.content import read_folder
from kb.exchange.documents import write_jsonl
from kit.database import Database
from kit.errors import BilinError
from kit.settings import Settings

ENTRIES = 10_000


@dataclass(frozen=True)
class Imported:
    """The figures of one run.

    Args:
        entries: in the file.
        megabytes: of the file.
        check_seconds: from the file to what would become of each row.
        killed_at: rows that were stored when the process was killed.
        before_seconds: until then.
        restart_seconds: from the start of the new process to its first answer.
        after_seconds: from its first answer until all was stored; a worker's claim has to run out first.
        polls: how often the progress was asked for, and the longest answer, in seconds.
        entries_stored: afterwards.
        revisions_stored: afterwards; as many, or something was stored twice.
        audit_lines: one for each.
    """

    entries: int
    megabytes: float
    check_seconds: float
    killed_at: int
    before_seconds: float
    restart_seconds: float
    after_seconds: float
    polls: int
    slowest_poll_seconds: float
    entries_stored: int
    revisions_stored: int
    audit_lines: int


def measure(count: int, settings: Settings, folder: Path, progress: Callable[[str], None]) -> Imported:
    """Import ``count`` entries, with a kill half-way."""
    content = write_jsonl(at_branches(read_folder(settings.content_dir), count))
    prepare(folder, settings)
    (folder / "content").mkdir()
    web = Process.web(folder, folder / "content", free_ports(1)[0])
    polls: list[float] = []
    last = [time.perf_counter()]

    def polled(done: int, total: int) -> None:
        polls.append(time.perf_counter() - last[0])
        last[0] = time.perf_counter()
        progress(f"import: {done:,} of {total:,}")

    progress("web starts")
    try:
        web.start()
        editor = Console(web.url, *account("he").split(":", 1))
        begun = time.perf_counter()
        checked = editor.check("kb.jsonl", content)
        check_seconds = time.perf_counter() - begun
        last[0] = begun = time.perf_counter()
        editor.apply(checked["id"])
        half = editor.followed(checked["id"], polled, until=count // 2)
        web.kill()
        before_seconds = time.perf_counter() - begun
        progress("web starts again")
        restart_seconds = web.start()
        last[0] = begun = time.perf_counter()
        answered(editor.http.get("/api/staff/me"))  # the session outlives the process
        editor.followed(checked["id"], polled)
        after_seconds = time.perf_counter() - begun
    finally:
        web.kill()
    entries, revisions, lines = asyncio.run(_stored(folder))
    return Imported(
        count,
        round(len(content) / 1e6, 1),
        round(check_seconds, 1),
        half["done"],
        round(before_seconds, 1),
        round(restart_seconds, 1),
        round(after_seconds, 1),
        len(polls),
        round(max(polls), 2),
        entries,
        revisions,
        lines,
    )


async def _stored(folder: Path) -> tuple[int, int, int]:
    database = Database(Settings(_env_file=None, data_dir=folder).resolved_database_url)
    try:
        async with database.read() as session:
            counts = [
                (await session.execute(text(statement))).scalar_one()
                for statement in (
                    "SELECT count(*) FROM kb_entries",
                    "SELECT count(*) FROM kb_revisions",
                    "SELECT count(*) FROM audit_log WHERE action = 'entry.imported'",
                )
            ]
    finally:
        await database.close()
    return counts[0], counts[1], counts[2]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.benchmarks.imports", description="A large file into a web that is killed half-way."
    )
    parser.add_argument("--entries", type=int, default=ENTRIES, help="default: %(default)s")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; the figures go to standard output or a file as JSON."""
    arguments = _parser().parse_args(argv)
    terminal = Terminal(stderr=True)
    try:
        with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as folder, terminal.status("starting") as status:
            found = measure(arguments.entries, Settings(), Path(folder), status.update)
    except BilinError as error:
        terminal.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    return put_out(asdict(found), arguments.json, terminal)


if __name__ == "__main__":
    sys.exit(main())
