"""``outcomes``: what agents judged when they closed conversations, as questions for ``faq``."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from evaluation import outcomes
from evaluation.output import put_out
from kit.settings import Settings


@dataclass(frozen=True)
class OutcomesCommand:
    """Writes the questions that an answer solved, masked."""

    name: str = "outcomes"
    help: str = "what agents judged when they closed conversations, as questions for faq"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Where to write."""
        parser.add_argument("--out", type=Path, required=True, help="write the questions to this file")
        parser.add_argument("--json", type=Path, help="write the figures to this file")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Read the conversations of the configured database."""
        judged = asyncio.run(outcomes.read(settings))
        outcomes.write(judged.queries, arguments.out)
        return put_out(judged.report(), arguments.json, console)


COMMAND = OutcomesCommand()
