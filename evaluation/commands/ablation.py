"""``ablation``: the same cases with everything, and without one part of the search at a time."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

from evaluation import ablation
from evaluation.ablation import Ablation, Cases, Variant
from evaluation.cards import Kind
from evaluation.commands.questions import SHIPPED_TEST, add_knowledge_options, dataset_files, knowledge, read_all
from evaluation.datasets import DatasetError, read_dialogues, read_double_questions, read_queries
from evaluation.output import put_out, write_text
from evaluation.reports.parts import markdown, parts_tables
from evaluation.tables import show_parts
from kit.settings import Settings

Case = TypeVar("Case")
KINDS: tuple[Kind, ...] = ("queries", "followups", "doubles")


@dataclass(frozen=True)
class AblationCommand:
    """Asks all cases once a variant."""

    name: str = "ablation"
    help: str = "questions, follow-ups and doubles, with everything and without one part of the search at a time"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Cases, knowledge base, parts."""
        add_knowledge_options(parser)
        for kind in KINDS:
            parser.add_argument(
                f"--{kind}",
                type=Path,
                action="append",
                default=[],
                help=f"a file of {kind}, besides those of a --dataset that is named; may be repeated",
            )
        parser.add_argument("--json", type=Path, help="write the figures to this file")
        parser.add_argument("--markdown", type=Path, help="write the tables to this file")
        parser.add_argument(
            "--without",
            help=f"comma-separated parts to leave out, each on its own; default: {', '.join(ablation.REMOVABLE)}",
        )

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Print a table for each file, a line a variant; when it is interrupted, of the variants that are done."""
        without = ablation.removable(arguments.without)
        entries = knowledge(arguments, settings)
        cases = cases_of(arguments, {entry.id for entry in entries})
        if not len(cases):
            raise DatasetError(f"There is nothing to ask: name a --dataset that has any of {', '.join(KINDS)}.")
        variants: dict[str, Variant] = {}
        with Progress(console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("asking", total=len(cases) * (1 + len(without)))
            asking = ablation.run(entries, cases, settings, without, variants.__setitem__, lambda: bar.advance(task))
            try:
                asyncio.run(asking)
            except KeyboardInterrupt:
                if not variants:
                    raise
                console.print(f"interrupted; {len(variants)} of {1 + len(without)} variants were asked")
        report = Ablation(cases, variants).report()
        tables = parts_tables(report)
        show_parts(tables, console)
        failed = write_text(markdown(tables), arguments.markdown, console) if arguments.markdown else 0
        return put_out(report, arguments.json, console) or failed


COMMAND = AblationCommand()


def cases_of(arguments: argparse.Namespace, entry_ids: set[str]) -> Cases:
    """What the options name; each case names entries of ``entry_ids``."""
    return Cases(
        _read(arguments, "queries", lambda path: read_queries(path, entry_ids)),
        _read(arguments, "followups", lambda path: read_dialogues(path, entry_ids)),
        _read(arguments, "doubles", lambda path: read_double_questions(path, entry_ids)),
    )


def _read(arguments: argparse.Namespace, kind: Kind, read: Callable[[Path], list[Case]]) -> dict[str, list[Case]]:
    """The cases of each file of a kind; a data set that is not named counts only where no file is named either."""
    named: list[Path] = getattr(arguments, kind)
    is_any_named = any(getattr(arguments, each) for each in KINDS)
    sets = arguments.dataset or ([] if is_any_named else [SHIPPED_TEST])
    files = dataset_files(sets, kind)
    for path in named:
        files[str(path) if path.name in files else path.name] = path
    return {name: read_all({name: path}, read)[0] for name, path in files.items()}
