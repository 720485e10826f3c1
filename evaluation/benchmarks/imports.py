"""``python -m evaluation.benchmarks.imports``: a large file into a running ``web``, which is killed half-way.

It starts ``web`` on a database of its own, imports over REST, kills the process once half of the rows are stored,
starts it again, and looks whether everything is there once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from rich.console import Console as Terminal
from rich.markup import escape
from sqlalchemy import text

from evaluation.benchmarks.branches import at_branches
from evaluation.benchmarks.console_client import Console, answered
from evaluation.output import put_out
from identity.demo import demo_accounts
from kb.content import read_folder
from kb.encoder import prepared_folder
from kb.exchange.documents import write_jsonl
from kit.database import Database
from kit.errors import BilinError, Unavailable
from kit.settings import ROOT, Settings

ENTRIES = 10_000
START_SECONDS = 900.0
SECRET_KEY = "the secret key of a benchmark, of no use elsewhere"  # noqa: S105  # of a process on loopback


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


class Web:
    """The ``web`` process on a folder of its own, without bot and actions."""

    def __init__(self, folder: Path, content: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / "web.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BILIN_")},
            "BILIN_DATA_DIR": str(folder),
            "BILIN_CONTENT_DIR": str(content),
            "BILIN_PORT": str(port),
            "BILIN_DEMO": "true",
            "BILIN_SECRET_KEY": SECRET_KEY,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it; returns the seconds until it answers.

        Raises:
            Unavailable: it does not.
        """
        begun = time.perf_counter()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "server.py"], cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        while time.perf_counter() - begun < START_SECONDS and self._process.poll() is None:
            try:
                httpx.get(f"{self.url}/health", timeout=5).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.2)
            else:
                return time.perf_counter() - begun
        raise Unavailable(f"web does not start: {self._log.read_text(errors='replace')[-1000:]}")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def measure(count: int, settings: Settings, folder: Path, progress: Callable[[str], None]) -> Imported:
    """Import ``count`` entries, with a kill half-way."""
    content = write_jsonl(at_branches(read_folder(settings.content_dir), count))
    (folder / "encoder").symlink_to(prepared_folder(settings).parent)
    (folder / "content").mkdir()
    known = settings.data_dir / "cache" / "signals.db"
    if known.is_file():  # vectors that are computed at the first start: no part of an import
        (folder / "cache").mkdir()
        shutil.copy(known, folder / "cache")
    web = Web(folder, folder / "content")
    password = next(each.password for each in demo_accounts(SECRET_KEY) if each.login == "he")
    polls: list[float] = []
    last = [time.perf_counter()]

    def polled(done: int, total: int) -> None:
        polls.append(time.perf_counter() - last[0])
        last[0] = time.perf_counter()
        progress(f"import: {done:,} of {total:,}")

    progress("web starts")
    try:
        web.start()
        editor = Console(web.url, "he", password)
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
