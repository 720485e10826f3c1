"""``python -m evaluation.benchmarks.web_workers``: how soon a change is told by two ``web`` workers of one system.

The knowledge base is that of `evaluation.benchmarks.publishing`. Two ``web`` processes, the bot and its actions are
started on it; an editor, a reviewer and customers meet them over REST.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console as Terminal
from rich.markup import escape

from evaluation.benchmarks.branches import at_branches
from evaluation.benchmarks.live_change import LiveChange, LiveChanges
from evaluation.benchmarks.publishing import CHANGES, ENTRIES, publish
from evaluation.benchmarks.system import BOT_PYTHON, SECRET_KEY, Process, account, free_ports, prepare
from evaluation.output import put_out
from evaluation.publishing import cache_folder
from kb.content import EntryContent, read_folder
from kb.encoder import TurnEncoder, load_encoder
from kit.database import Database
from kit.errors import BilinError
from kit.settings import Settings


@dataclass(frozen=True)
class Told:
    """The figures of one run: changes that are rehearsed first, as in the console, and changes in one call.

    In each the first worker is the one that publishes.
    """

    entries: int
    database: str
    events: str
    rehearsed: LiveChange
    in_one_call: LiveChange


def measure(
    entries: Sequence[EntryContent],
    settings: Settings,
    database_url: str,
    changes: int,
    progress: Callable[[str], None],
) -> Told:
    """Start the system on these entries, and change some of them.

    Args:
        entries: at least ``changes``.
        settings: the product's; its Redis is used where there is one.
        database_url: an empty database.
        changes: of each kind.
        progress: called with what is done next.

    Raises:
        InvalidRequest: the database is not empty.
        Unavailable: a process does not start, or a change is not told.
    """
    with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as name:
        folder = Path(name)
        url = database_url or f"sqlite+aiosqlite:///{folder / 'bilin.db'}"
        kept = cache_folder(settings) / "publishing"
        progress("the knowledge base; takes minutes unless an earlier run has kept it")
        asyncio.run(_filled(entries, url, kept, settings))
        prepare(folder, settings)
        shutil.copytree(kept, folder / "cache" / "knowledge")
        (folder / "content").mkdir()
        processes = _system(folder, url, settings.redis_url)
        try:
            for process, path in processes:
                progress("the processes start")
                process.start(path)
            urls = [process.url for process, _ in processes[:2]]
            staff = account("he"), account("wu")
            progress("changes that are rehearsed")
            rehearsed = LiveChanges(urls, *staff).measure(entries, changes)
            progress("changes in one call")
            at_once = LiveChanges(urls, *staff, is_rehearsed=False).measure(entries, changes)
        finally:
            for process, _ in reversed(processes):
                process.stop()
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    return Told(len(entries), kind, "redis" if settings.redis_url else "in process", rehearsed, at_once)


async def _filled(entries: Sequence[EntryContent], url: str, cache: Path, settings: Settings) -> None:
    database = Database(url)
    try:
        await publish(entries, database, cache, TurnEncoder(load_encoder(settings)), settings)
    finally:
        await database.close()


def _system(folder: Path, database_url: str, redis_url: str) -> list[tuple[Process, str]]:
    """Two ``web`` workers, the actions and the bot, and the path at which each says that it is well."""
    first, second, bot, actions = free_ports(4)
    agreed = {
        "BILIN_DATABASE_URL": database_url,
        "BILIN_REDIS_URL": redis_url,
        "BILIN_BOT_PORT": str(bot),
        "BILIN_ACTIONS_PORT": str(actions),
        "BILIN_WEB_URL": f"http://127.0.0.1:{first}",
        "BILIN_BOT_TOKEN": SECRET_KEY.replace(" ", "-"),
        "BILIN_INTERNAL_TOKEN": SECRET_KEY.replace(" ", "."),
        "RASA_TELEMETRY_ENABLED": "false",
    }
    return [
        (Process.web(folder, folder / "content", first, agreed), "/health"),
        (Process.web(folder, folder / "content", second, agreed), "/health"),
        (Process([str(BOT_PYTHON), "bot/serve_actions.py"], actions, folder / "actions.log", agreed), "/health"),
        (Process([str(BOT_PYTHON), "bot/serve.py"], bot, folder / "bot.log", agreed), "/"),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.benchmarks.web_workers",
        description="How soon a change is told by two web workers of one system.",
    )
    parser.add_argument("--entries", type=int, default=ENTRIES, help="default: %(default)s")
    parser.add_argument("--changes", type=int, default=CHANGES, help="of each kind; default: %(default)s")
    parser.add_argument("--database-url", default="", help="an empty database, which is filled; default: SQLite")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; the figures go to standard output or a file as JSON."""
    arguments = _parser().parse_args(argv)
    terminal = Terminal(stderr=True)
    settings = Settings()
    try:
        entries = at_branches(read_folder(settings.content_dir), arguments.entries)
        with terminal.status("starting") as status:
            found = measure(entries, settings, arguments.database_url, arguments.changes, status.update)
    except BilinError as error:
        terminal.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    return put_out(asdict(found), arguments.json, terminal)


if __name__ == "__main__":
    sys.exit(main())
