"""``python -m kb publish``: put changed content files live. A running system follows within seconds."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from identity.service import Identity
from kb.content import read_folder
from kb.service import KnowledgeBase
from kit.clock import SystemClock
from kit.database import Database
from kit.errors import BilinError
from kit.events import events_from_settings
from kit.settings import Settings


async def _publish(settings: Settings, folder: Path) -> int | None:
    entries = read_folder(folder)
    database = Database.from_settings(settings)
    events = events_from_settings(settings)
    await database.migrate()
    await events.start()
    clock = SystemClock()
    knowledge = KnowledgeBase(
        database,
        events,
        clock,
        None,
        cache=None,
        audit=Identity(database, clock, secret_key=settings.secret("secret_key"), session_hours=settings.session_hours),
        webhook_urls=settings.webhook_addresses,
        webhook_secret=settings.secret("webhook_secret"),
    )
    try:
        release = await knowledge.load(entries)
        await knowledge.webhooks.settled()
        return release
    finally:
        await knowledge.close()
        await events.close()
        await database.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command."""
    settings = Settings()
    parser = argparse.ArgumentParser(prog="python -m kb", description="The knowledge base from the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    publish = commands.add_parser("publish", help="publish what has changed in the content files")
    publish.add_argument("--content", type=Path, default=settings.content_dir, help="folder of the YAML files")
    arguments = parser.parse_args(argv)
    try:
        release = asyncio.run(_publish(settings, arguments.content))
    except BilinError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2
    print("Nothing has changed." if release is None else f"Release {release} is live.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
