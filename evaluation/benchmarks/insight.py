"""``python -m evaluation.benchmarks.insight``: how fast entries and questions asked in vain are counted."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console as Terminal
from sqlalchemy import insert, text

from chat.models import Conversation, EntryUse, Message
from chat.records.provider import ConversationRecords
from evaluation.benchmarks.branches import at_branches
from evaluation.output import put_out
from kb.content import EntryContent, read_folder
from kb.insight.service import Insight, InsightFilter
from kb.interfaces import Period
from kb.models import Entry, Revision, SuggestedQuestion, Suggestion
from kit.database import Database, Model
from kit.settings import Settings

ENTRIES, MESSAGES = 10_000, 1_000_000
A_CONVERSATION = 10
SUGGESTIONS, UNANSWERED = 2_000, 20_000
LAST_DAY = date(2026, 11, 29)
SEED = 5
LOT = 20_000
REPEATS = 5


@dataclass(frozen=True)
class Counted:
    """The figures of one run, in seconds: medians of five.

    Args:
        entries: there are.
        messages: there are.
        uses: rows that are counted.
        weeks_seconds: the first page of entries over four weeks.
        year_seconds: of the whole year.
        table_seconds: all entries of four weeks, as for the CSV.
        unanswered_seconds: what was asked in vain, over four weeks.
        unanswered_year_seconds: of the whole year.
        plans: how SQLite finds the rows.
    """

    entries: int
    messages: int
    uses: int
    weeks_seconds: float
    year_seconds: float
    table_seconds: float
    unanswered_seconds: float
    unanswered_year_seconds: float
    plans: dict[str, list[str]]


async def measure(entries: Sequence[EntryContent], messages: int, url: str) -> Counted:
    """Fill a database and time what the console asks."""
    database = Database(url)
    try:
        await database.migrate()
        uses = await _fill(database, entries, messages)
        insight = Insight(database, ConversationRecords(database))
        midnight = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC) + timedelta(days=1)
        weeks, year = (Period(midnight - timedelta(days=days), midnight) for days in (28, 365))
        since, first = LAST_DAY - timedelta(days=27), LAST_DAY - timedelta(days=364)
        wanted = InsightFilter()
        return Counted(
            len(entries),
            messages,
            uses,
            await _timed(lambda: insight.entries(weeks, wanted, 0, 50)),
            await _timed(lambda: insight.entries(year, wanted, 0, 50)),
            await _timed(lambda: insight.entries(weeks, wanted)),
            await _timed(lambda: insight.unanswered(since, LAST_DAY, None, None)),
            await _timed(lambda: insight.unanswered(first, LAST_DAY, None, None)),
            await _plans(database),
        )
    finally:
        await database.close()


async def _timed(call: Callable[[], Awaitable[Any]]) -> float:
    seconds = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        await call()
        seconds.append(time.perf_counter() - begun)
    return round(sorted(seconds)[REPEATS // 2], 3)


async def _fill(database: Database, entries: Sequence[EntryContent], messages: int) -> int:
    at = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC) - timedelta(days=364)
    await _insert(
        database, Entry, ({"id": each.id, "newest_id": n, "created_at": at} for n, each in _numbered(entries))
    )
    await _insert(database, Revision, (_revision(n, each, at) for n, each in _numbered(entries)))
    chance = random.Random(SEED)  # noqa: S311  # no secret
    count = messages // A_CONVERSATION
    moments = [at + timedelta(days=364) * n / count for n in range(count)]
    await _insert(database, Conversation, (_conversation(n, moment) for n, moment in enumerate(moments)))
    await _insert(database, Message, (row for n, moment in enumerate(moments) for row in _messages(n, moment)))
    uses = [row for n, moment in enumerate(moments) for row in _uses(n, moment, entries, chance)]
    await _insert(database, EntryUse, iter(uses))
    await _insert(database, Suggestion, (_suggestion(n, at) for n in range(1, SUGGESTIONS + 1)))
    await _insert(database, SuggestedQuestion, (_asked(n, moments[n % count], chance) for n in range(UNANSWERED)))
    return len(uses)


def _numbered(entries: Sequence[EntryContent]) -> Iterator[tuple[int, EntryContent]]:
    return enumerate(entries, start=1)


async def _insert(database: Database, model: type[Model], rows: Iterator[dict[str, Any]]) -> None:
    lot: list[dict[str, Any]] = []
    for row in rows:
        lot.append(row)
        if len(lot) == LOT:
            await _write(database, model, lot)
            lot = []
    await _write(database, model, lot)


async def _write(database: Database, model: type[Model], lot: list[dict[str, Any]]) -> None:
    if lot:
        async with database.write() as session:
            await session.execute(insert(model), lot)


def _revision(number: int, entry: EntryContent, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "entry_id": entry.id,
        "number": 1,
        "status": "published",
        "content": entry.model_dump(mode="json"),
        "scenario": entry.scenario,
        "author": "benchmark",
        "created_at": at,
        "reviewed_at": at,
    }


def _conversation(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "token_hash": "",
        "channel": "web",
        "language": "zh",
        "owner": "bot",
        "created_at": at,
    }


def _messages(number: int, at: datetime) -> Iterator[dict[str, Any]]:
    for seq in range(1, A_CONVERSATION + 1):
        is_bot = seq % 2 == 0
        yield {
            "conversation_id": f"c{number}",
            "seq": seq,
            "sender": "bot" if is_bot else "customer",
            "kind": "answer" if is_bot else "text",
            "text": "请打开手机银行查看。" * (10 if is_bot else 1),
            "language": "zh",
            "data": {},
            "created_at": at,
        }


def _uses(
    number: int, at: datetime, entries: Sequence[EntryContent], chance: random.Random
) -> Iterator[dict[str, Any]]:
    """Three answers a conversation, some of them voted on; few entries are asked for much."""
    for seq in (2, 4, 6):
        entry = entries[int(len(entries) * chance.random() ** 3)]
        row = {"conversation_id": f"c{number}", "seq": seq, "entry_id": entry.id, "language": "zh", "at": at}
        yield {**row, "use": "answered", "release_id": 1, "revision": 1}
        if chance.random() < 0.2:
            yield {**row, "use": chance.choice(("helpful", "unhelpful")), "release_id": None, "revision": None}


def _suggestion(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "text": f"第{number}个没有答好的问题",
        "language": "zh",
        "vector": b"",
        "encoder": "benchmark",
        "status": "open",
        "count": UNANSWERED // SUGGESTIONS,
        "first_seen": at,
        "last_seen": at,
        "scenario": f"scenario-{number % 28}",
    }


def _asked(number: int, at: datetime, chance: random.Random) -> dict[str, Any]:
    day = at.date()
    return {
        "conversation_id": f"c{number}",
        "seq": 1,
        "suggestion_id": 1 + int(SUGGESTIONS * chance.random() ** 2),
        "text": "没有答好的问题",
        "language": "zh",
        "why": chance.choice(("handoff", "decline")),
        "at": at,
        "week": day - timedelta(days=day.weekday()),
    }


async def _plans(database: Database) -> dict[str, list[str]]:
    questions = {
        "entry_uses": "SELECT entry_id, use, count(*), max(at) FROM entry_uses WHERE at >= '2026-11-01' "
        "AND at < '2026-11-29' GROUP BY entry_id, use",
        "kb_suggested_questions": "SELECT week, count(*) FROM kb_suggested_questions WHERE week >= '2026-11-02' "
        "AND week <= '2026-11-23' GROUP BY week",
    }
    async with database.read() as session:
        return {
            name: [str(row[3]) for row in await session.execute(text(f"EXPLAIN QUERY PLAN {question}"))]
            for name, question in questions.items()
        }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.benchmarks.insight", description="How fast insight counts among many messages."
    )
    parser.add_argument("--entries", type=int, default=ENTRIES, help="default: %(default)s")
    parser.add_argument("--messages", type=int, default=MESSAGES, help="default: %(default)s")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; the figures go to standard output or a file as JSON."""
    arguments = _parser().parse_args(argv)
    terminal = Terminal(stderr=True)
    entries = at_branches(read_folder(Settings().content_dir), arguments.entries)
    with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as folder, terminal.status("filling the database"):
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bilin.db'}"
        found = asyncio.run(measure(entries, arguments.messages, url))
    return put_out(asdict(found), arguments.json, terminal)


if __name__ == "__main__":
    sys.exit(main())
