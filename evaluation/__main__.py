"""``python -m evaluation faq`` and ``python -m evaluation handoff``."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from evaluation import faq, handoff
from evaluation.datasets import read_entries, read_queries, read_utterances
from kb.content import read_folder
from kit.errors import BilinError
from kit.settings import Settings

console = Console(stderr=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description="Measure what Bilin answers and hands off.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    faq_parser = commands.add_parser("faq", help="answer accuracy of a knowledge base on a set of questions")
    faq_parser.add_argument(
        "--kb",
        type=Path,
        help="kb.jsonl, or a folder of content files; default: the shipped content",
    )
    faq_parser.add_argument(
        "--queries",
        type=Path,
        action="append",
        required=True,
        help="queries.jsonl; may be repeated",
    )
    faq_parser.add_argument("--json", type=Path, help="write the figures to this file")
    handoff_parser = commands.add_parser("handoff", help="who is handed to a person, against who needs one")
    handoff_parser.add_argument(
        "--queries",
        type=Path,
        action="append",
        required=True,
        help="handoff *.jsonl; may be repeated",
    )
    handoff_parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def _run_faq(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    source: Path = arguments.kb or settings.content_dir
    entries = read_folder(source) if source.is_dir() else read_entries(source)
    ids = {entry.id for entry in entries}
    queries = [query for path in arguments.queries for query in read_queries(path, ids)]
    with _progress(len(queries)) as step:
        return asyncio.run(faq.run(entries, queries, settings, step)).report()


def _run_handoff(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    utterances = [utterance for path in arguments.queries for utterance in read_utterances(path)]
    with _progress(len(utterances)) as step:
        return asyncio.run(handoff.run(utterances, settings, step)).report()


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing elsewhere."""
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("asking", total=total)
        yield lambda: bar.advance(task)


def _show(report: dict[str, Any]) -> None:
    table = Table("figure", "value")
    for name, value in report.items():
        if not isinstance(value, dict):
            table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
        elif not any(isinstance(inner, dict) for inner in value.values()):
            table.add_row(
                name,
                escape(", ".join(f"{key}: {_short(inner)}" for key, inner in value.items())),
            )
    console.print(table)
    for group in ("by_slice", "by_language"):
        if group not in report:
            continue
        rows = Table(
            group,
            "n",
            "top1",
            "top3",
            "coverage",
            "answered_precision",
            "false_answer_rate",
        )
        for name, figures in report[group].items():
            rows.add_row(escape(name), *(_short(figures[column.header]) for column in rows.columns[1:]))
        console.print(rows)


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "–" if value is None else str(value)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the figures go to standard output as JSON, the tables to standard error."""
    arguments = _parser().parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = Settings()
    try:
        report = (_run_faq if arguments.command == "faq" else _run_handoff)(arguments, settings)
    except BilinError as error:
        console.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    _show(report)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    if arguments.json is None:
        print(text)
        return 0
    try:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        print(text)
        console.print(f"[bold red]error[/]: {escape(str(error))}; the figures are above", soft_wrap=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
