"""``faq``: answer accuracy of a knowledge base on a set of questions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from evaluation import faq
from evaluation.commands.questions import add_knowledge_options, add_leak_option, knowledge, question_files, read_all
from evaluation.datasets import Query, read_queries
from evaluation.faq import Asked, FaqRun
from evaluation.leaks import find_leaks, refuse_leaks
from evaluation.metrics.answering import Answered, FaqOutcome
from evaluation.metrics.faq_scores import faq_scores
from evaluation.metrics.score import Score
from evaluation.publishing import published
from evaluation.suite import Candidate, Keep, Prepared, Row
from kb.content import EntryContent, Lang
from kit.settings import Settings

NOTHING = "no answer"


@dataclass(frozen=True)
class FaqSuite:
    """Questions, each asked once of a knowledge base that was published for it."""

    name: str = "faq"
    help: str = "answer accuracy of a knowledge base on a set of questions"
    in_all: bool = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Files of questions, in place of a data set."""
        parser.add_argument("--queries", type=Path, action="append", help="a file of questions; may be repeated")

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """The knowledge base, and what to do about leaks."""
        add_knowledge_options(parser)
        add_leak_option(parser)

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """Read entries and questions."""
        entries = knowledge(arguments, settings)
        ids = {entry.id for entry in entries}
        queries, data = read_all(question_files(arguments, "queries", "queries"), lambda path: read_queries(path, ids))
        texts = [(query.id, query.text) for query in queries]
        if arguments.leaks == "fail":
            refuse_leaks(texts, entries)
        leaked = {leak.id for leak in find_leaks(texts, entries)}

        async def ask(missing: frozenset[str], keep: Keep) -> dict[str, Any]:
            faq.forget_fit(settings)
            async with published(entries, settings) as ready:
                for query in (query for query in queries if query.id in missing):
                    timed = await faq.ask_one(ready.knowledge, query)
                    keep(_row(timed, entries, leaked=query.id in leaked))
                return {"fit_seconds": ready.seconds}

        return Prepared([query.id for query in queries], data, entries, ask, _figures)

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Every metric of answers."""
        return faq_scores([_outcome(row) for row in rows])


SUITE = FaqSuite()


def _row(timed: faq.Timed, entries: Sequence[EntryContent], *, leaked: bool) -> Row:
    query, result = timed.asked.query, timed.asked.result
    scenario = next((entry.scenario for entry in entries if entry.id == query.entry_id), "")
    if timed.given.answered:
        got = " + ".join(timed.given.answered)
    else:
        got = f"offered: {', '.join(timed.given.offered)}" if timed.given.offered else NOTHING
    wanted = query.entry_id or NOTHING
    return Row(
        suite="faq",
        id=query.id,
        text=query.text,
        language=query.written or query.language,
        scenario=scenario,
        slice=query.slice,
        expected=wanted,
        got=got,
        right=(result.right and result.answered) if query.entry_id else not result.answered,
        told=timed.told,
        confidence=result.confidence,
        candidates=tuple(
            Candidate(found.entry.id, found.entry.variant_for(query.language)[1].question, found.confidence)
            for found in timed.candidates[:5]
        ),
        details={
            **asdict(result),
            "language": query.language,
            "searched_in": timed.searched_in,
            "ranked": timed.asked.ranked,
            "offered": list(timed.given.offered),
            "leaked": leaked,
            "answer_has": list(query.answer_has),
            "encode_ms": timed.encode_ms,
            "search_ms": timed.search_ms,
        },
    )


def _answered(row: Row) -> Answered:
    details = row.details
    return Answered(details["confidence"], details["answered"], details["right"], details["in_scope"])


def _outcome(row: Row) -> FaqOutcome:
    return FaqOutcome(
        _answered(row),
        tuple(row.details["ranked"]),
        row.expected if row.details["in_scope"] else None,
        tuple(row.details["offered"]),
        row.details["searched_in"] == row.details["language"],
    )


def _figures(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
    asked = [
        Asked(
            Query(row.id, row.text, _language(row), row.expected if row.details["in_scope"] else None, row.slice),
            row.details["ranked"],
            _answered(row),
        )
        for row in rows
    ]
    return FaqRun(
        asked,
        float(extra.get("fit_seconds", 0.0)),
        median([row.details["encode_ms"] for row in rows] or [0.0]),
        median([row.details["search_ms"] for row in rows] or [0.0]),
    ).report()


def _language(row: Row) -> Lang:
    return "en" if row.details["language"] == "en" else "zh"
