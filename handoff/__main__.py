"""``python -m handoff``: ``replay`` tries a changed policy on past conversations.

A command is an edge of the house, as ``server.py`` is: it puts the parts together, and nothing imports it. It is the
one module of ``handoff`` that may know ``chat``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Column, Table

from chat.history import ConversationHistory
from handoff.policy import read_policy
from handoff.replay import CHANGES, compare
from handoff.rules import Policy
from kit.database import Database
from kit.errors import BilinError, InvalidRequest
from kit.settings import Settings

console = Console(stderr=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m handoff", description="The handoff policy from the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    replay = commands.add_parser("replay", help="whose outcome a changed policy would change")
    replay.add_argument("--policy", type=Path, required=True, help="the changed table")
    replay.add_argument("--since", help="conversations begun since then: 2026-11-01, or with a time, 2026-11-01T08:00")
    replay.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def moment(written: str | None, zone: ZoneInfo) -> datetime | None:
    """The moment that a date or a time means; one without a time zone is the bank's.

    Raises:
        InvalidRequest: it is neither.
    """
    if written is None:
        return None
    try:
        read = datetime.fromisoformat(written)
    except ValueError as error:
        raise InvalidRequest(f"--since needs a date such as 2026-11-01, not {written!r}.") from error
    return read if read.tzinfo else read.replace(tzinfo=zone)


async def replay(settings: Settings, policy: Policy, since: datetime | None) -> dict[str, Any]:
    """The report over the configured database."""
    database = Database.from_settings(settings)
    try:
        await database.migrate()
        with Progress(console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("replaying", total=None)
            history = ConversationHistory(database)
            return (await compare(history.since(since), policy, lambda: bar.advance(task))).report()
    finally:
        await database.close()


def show(report: dict[str, Any], out: Console) -> None:
    """Print the report as tables."""
    counts = report["handed_off"]
    out.print(f"{report['conversations']} conversations under {report['policy']}: ", end="")
    out.print(f"{counts['recorded']} were handed over, {counts['replayed']} would be")
    reasons = Table(Column("reason", no_wrap=True), "recorded", "replayed", *CHANGES)
    for reason, row in report["by_reason"].items():
        reasons.add_row(reason, *(str(row[column]) for column in ("recorded", "replayed", *CHANGES)))
    out.print(reasons)
    if report["examples"]:
        examples = Table("conversation", "message", "change", "recorded", "replayed", "row", "what the customer said")
        for each in report["examples"]:
            shown = (each["conversation"][:8], each["seq"], each["change"], each["recorded"], each["replayed"])
            examples.add_row(*(str(cell or "–") for cell in (*shown, each["rule"])), escape(each["text"]))
        out.print(examples)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command."""
    arguments, settings = _parser().parse_args(argv), Settings()
    try:
        since = moment(arguments.since, ZoneInfo(settings.time_zone))
        report = asyncio.run(replay(settings, read_policy(arguments.policy), since))
    except BilinError as error:
        console.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    show(report, Console())
    if arguments.json:
        arguments.json.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
