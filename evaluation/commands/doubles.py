"""``doubles``: messages that ask two questions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation import doubles
from evaluation.asking import Told
from evaluation.commands.questions import (
    add_knowledge_options,
    add_leak_option,
    candidates_of,
    knowledge,
    question_files,
    read_all,
)
from evaluation.datasets import DoubleQuestion, read_double_questions
from evaluation.doubles import DoubleAsked, DoublesRun
from evaluation.leaks import refuse_leaks
from evaluation.metrics.answering import DoubleOutcome
from evaluation.metrics.double_scores import double_scores
from evaluation.metrics.score import Score
from evaluation.publishing import published
from evaluation.suite import Keep, Prepared, Row
from kb.content import EntryContent, Lang
from kit.language import detect
from kit.settings import Settings


@dataclass(frozen=True)
class DoublesSuite:
    """Messages with two questions, and messages that only look like it."""

    name: str = "doubles"
    help: str = "messages that ask two questions"
    in_all: bool = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Files of messages, in place of a data set."""
        parser.add_argument("--cases", type=Path, action="append", help="a file of messages; may be repeated")

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """The knowledge base, and what to do about leaks."""
        add_knowledge_options(parser)
        add_leak_option(parser)

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """Read entries and messages."""
        entries = knowledge(arguments, settings)
        ids = {entry.id for entry in entries}
        cases, data = read_all(
            question_files(arguments, "cases", "doubles"), lambda path: read_double_questions(path, ids)
        )
        if arguments.leaks == "fail":
            refuse_leaks([(case.id, case.text) for case in cases], entries)

        async def ask(missing: frozenset[str], keep: Keep) -> dict[str, Any]:
            async with published(entries, settings) as ready:
                for case in (case for case in cases if case.id in missing):
                    keep(_row(await doubles.ask(ready.knowledge, case), entries))
            return {}

        return Prepared([case.id for case in cases], data, entries, ask, _figures)

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Every metric of double questions."""
        return double_scores([_outcome(_asked(row)) for row in rows])


SUITE = DoublesSuite()


def _row(item: DoubleAsked, entries: Sequence[EntryContent]) -> Row:
    case = item.case
    is_double = case.slice == "double"
    return Row(
        suite="doubles",
        id=case.id,
        text=case.text,
        language=detect(case.text, case.language).language.value,
        scenario=next((entry.scenario for entry in entries if entry.id == case.entry_ids[0]), ""),
        slice=case.slice,
        expected=" + ".join(case.entry_ids),
        got=" + ".join(item.told.answered) or f"offered: {', '.join(item.told.offered)}",
        right=item.are_both_answered if is_double else len(item.told.answered) < 2,
        confidence=item.told.confidence,
        candidates=candidates_of(
            [entry_id for entry_id, _ in item.found], [sure for _, sure in item.found], entries, case.language
        ),
        details={
            "language": case.language,
            "entry_ids": list(case.entry_ids),
            "answered": list(item.told.answered),
            "offered": list(item.told.offered),
        },
    )


def _asked(row: Row) -> DoubleAsked:
    details = row.details
    language: Lang = "en" if details["language"] == "en" else "zh"
    case = DoubleQuestion(
        row.id, row.text, language, "double" if row.slice == "double" else "single", tuple(details["entry_ids"])
    )
    return DoubleAsked(case, Told(tuple(details["answered"]), tuple(details["offered"]), row.confidence or 0.0))


def _outcome(item: DoubleAsked) -> DoubleOutcome:
    return DoubleOutcome(
        double=item.case.slice == "double",
        both_answered=item.are_both_answered,
        both_seen=item.are_both_answered or item.are_both_offered,
        split=len(item.told.answered) > 1,
    )


def _figures(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
    return DoublesRun([_asked(row) for row in rows]).report()
