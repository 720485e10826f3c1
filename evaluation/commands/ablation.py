"""``ablation``: the same questions with everything, and without one part of the search at a time."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from evaluation import ablation
from evaluation.commands.questions import add_knowledge_options, knowledge, question_files, read_all
from evaluation.datasets import read_queries
from evaluation.output import put_out
from evaluation.tables import show
from kit.settings import Settings


@dataclass(frozen=True)
class AblationCommand:
    """Asks the questions once a variant."""

    name: str = "ablation"
    help: str = "the same as faq, with everything and without one part of the search at a time"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Questions, knowledge base, parts."""
        add_knowledge_options(parser)
        parser.add_argument("--queries", type=Path, action="append", help="a file of questions; may be repeated")
        parser.add_argument("--json", type=Path, help="write the figures to this file")
        parser.add_argument(
            "--without",
            help=f"comma-separated parts to leave out, each on its own; default: {', '.join(ablation.REMOVABLE)}",
        )

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Print the figures of each variant."""
        without = ablation.removable(arguments.without)
        entries = knowledge(arguments, settings)
        ids = {entry.id for entry in entries}
        queries, _ = read_all(question_files(arguments, "queries", "queries"), lambda path: read_queries(path, ids))
        with Progress(console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("asking", total=len(queries) * (1 + len(without)))
            report = asyncio.run(ablation.run(entries, queries, settings, without, lambda: bar.advance(task))).report()
        show(report, console)
        return put_out(report, arguments.json, console)


COMMAND = AblationCommand()
