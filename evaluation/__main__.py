"""``python -m evaluation``: ``faq``, ``followups``, ``doubles``, ``ablation``, ``handoff`` and ``emotion``."""

from __future__ import annotations

import argparse
import asyncio
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

from evaluation import ablation, doubles, emotion, faq, followups, handoff
from evaluation.datasets import (
    read_dialogues,
    read_double_questions,
    read_felt_texts,
    read_knowledge,
    read_queries,
    read_texts,
    read_utterances,
)
from evaluation.output import put_out
from evaluation.tables import show
from kb.content import EntryContent
from kit.errors import BilinError
from kit.settings import Settings

console = Console(stderr=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description="Measure what Bilin answers and hands off.",
    )
    written = argparse.ArgumentParser(add_help=False)
    written.add_argument("--json", type=Path, help="write the figures to this file")
    asked = argparse.ArgumentParser(add_help=False, parents=[written])
    asked.add_argument(
        "--kb",
        type=Path,
        help="kb.jsonl, or a folder of content files; default: the shipped content",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    faq_parser = commands.add_parser(
        "faq", parents=[asked], help="answer accuracy of a knowledge base on a set of questions"
    )
    ablation_parser = commands.add_parser(
        "ablation", parents=[asked], help="the same, with everything and without one part of the search at a time"
    )
    ablation_parser.add_argument(
        "--without",
        help=f"comma-separated parts to leave out, each on its own; default: {', '.join(ablation.REMOVABLE)}",
    )
    followups_parser = commands.add_parser(
        "followups", parents=[asked], help="questions that are understood with the turn before them"
    )
    doubles_parser = commands.add_parser("doubles", parents=[asked], help="messages that ask two questions")
    handoff_parser = commands.add_parser(
        "handoff", parents=[written], help="who is handed to a person, against who needs one"
    )
    emotion_parser = commands.add_parser(
        "emotion", parents=[written], help="anger where people read it, and none in plain questions"
    )
    emotion_parser.add_argument("--felt", type=Path, action="append", default=[], help="texts with their emotions")
    emotion_parser.add_argument("--questions", type=Path, action="append", default=[], help="questions without any")
    for command in (faq_parser, ablation_parser, handoff_parser):
        command.add_argument("--queries", type=Path, action="append", required=True, help="questions; may be repeated")
    for command in (followups_parser, doubles_parser):
        command.add_argument("--cases", type=Path, action="append", required=True, help="cases; may be repeated")
    return parser


def _entries(arguments: argparse.Namespace, settings: Settings) -> tuple[list[EntryContent], set[str]]:
    entries = read_knowledge(arguments.kb or settings.content_dir)
    return entries, {entry.id for entry in entries}


def _run_faq(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    entries, ids = _entries(arguments, settings)
    queries = [query for path in arguments.queries for query in read_queries(path, ids)]
    with _progress(len(queries)) as step:
        return asyncio.run(faq.run(entries, queries, settings, step)).report()


def _run_ablation(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    without = ablation.removable(arguments.without)
    entries, ids = _entries(arguments, settings)
    queries = [query for path in arguments.queries for query in read_queries(path, ids)]
    with _progress(len(queries) * (1 + len(without))) as step:
        return asyncio.run(ablation.run(entries, queries, settings, without, step)).report()


def _run_followups(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    entries, ids = _entries(arguments, settings)
    dialogues = [dialogue for path in arguments.cases for dialogue in read_dialogues(path, ids)]
    with _progress(len(dialogues)) as step:
        return asyncio.run(followups.run(entries, dialogues, settings, step)).report()


def _run_doubles(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    entries, ids = _entries(arguments, settings)
    cases = [case for path in arguments.cases for case in read_double_questions(path, ids)]
    with _progress(len(cases)) as step:
        return asyncio.run(doubles.run(entries, cases, settings, step)).report()


def _run_handoff(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    utterances = [utterance for path in arguments.queries for utterance in read_utterances(path)]
    with _progress(len(utterances)) as step:
        return asyncio.run(handoff.run(utterances, settings, step)).report()


def _run_emotion(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    felt = {path.stem: read_felt_texts(path) for path in arguments.felt}
    questions = {path.stem: read_texts(path) for path in arguments.questions}
    with _progress(len(felt) + len(questions)) as step:
        return emotion.run(felt, questions, settings, step)


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], dict[str, Any]]] = {
    "faq": _run_faq,
    "ablation": _run_ablation,
    "followups": _run_followups,
    "doubles": _run_doubles,
    "handoff": _run_handoff,
    "emotion": _run_emotion,
}


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing elsewhere."""
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("asking", total=total)
        yield lambda: bar.advance(task)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the figures go to standard output as JSON, the tables to standard error."""
    arguments = _parser().parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = Settings()
    try:
        report = COMMANDS[arguments.command](arguments, settings)
    except BilinError as error:
        console.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    show(report, console)
    return put_out(report, arguments.json, console)


if __name__ == "__main__":
    sys.exit(main())
