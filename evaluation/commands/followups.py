"""``followups``: questions that are understood with the turn before them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation import followups
from evaluation.commands.questions import (
    add_knowledge_options,
    add_leak_option,
    candidates_of,
    knowledge,
    question_files,
    read_all,
)
from evaluation.datasets import Dialogue, read_dialogues
from evaluation.followups import FRESH, Followed, FollowupsRun
from evaluation.leaks import refuse_leaks
from evaluation.metrics.answering import Answered, FollowupOutcome
from evaluation.metrics.followup_scores import followup_scores
from evaluation.metrics.score import Score
from evaluation.publishing import published
from evaluation.suite import Keep, Prepared, Row
from kb.content import EntryContent, Lang
from kit.language import detect
from kit.settings import Settings


@dataclass(frozen=True)
class FollowupsSuite:
    """Short dialogues whose last turn leans on the ones before it."""

    name: str = "followups"
    help: str = "questions that are understood with the turn before them"
    in_all: bool = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Files of dialogues, in place of a data set."""
        parser.add_argument("--cases", type=Path, action="append", help="a file of dialogues; may be repeated")

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """The knowledge base, and what to do about leaks."""
        add_knowledge_options(parser)
        add_leak_option(parser)

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """Read entries and dialogues."""
        entries = knowledge(arguments, settings)
        ids = {entry.id for entry in entries}
        dialogues, data = read_all(
            question_files(arguments, "cases", "followups"), lambda path: read_dialogues(path, ids)
        )
        if arguments.leaks == "fail":
            refuse_leaks(
                [(f"{each.id}:{turn}", text) for each in dialogues for turn, text in enumerate(each.turns, 1)], entries
            )

        async def ask(missing: frozenset[str], keep: Keep) -> dict[str, Any]:
            async with published(entries, settings) as ready:
                for dialogue in (dialogue for dialogue in dialogues if dialogue.id in missing):
                    keep(_row(await followups.follow(ready.knowledge, dialogue), entries))
            return {}

        return Prepared([dialogue.id for dialogue in dialogues], data, entries, ask, _figures)

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Every metric of last turns."""
        return followup_scores([_outcome(_followed(row)) for row in rows])


SUITE = FollowupsSuite()


def _row(item: Followed, entries: Sequence[EntryContent]) -> Row:
    right = item.dialogue.entry_ids[-1]
    return Row(
        suite="followups",
        id=item.dialogue.id,
        text=" / ".join(item.dialogue.turns),
        language=detect(item.dialogue.turns[0], item.dialogue.language).language.value,
        scenario=next((entry.scenario for entry in entries if entry.id == right), ""),
        slice=item.dialogue.slice,
        expected=right,
        got=item.ranked[0] if item.ranked else "",
        right=item.ranked[:1] == [right],
        confidence=item.result.confidence,
        candidates=candidates_of(item.ranked, item.confidences, entries, item.dialogue.language),
        details={
            "right": item.ranked[:1] == [right],
            "language": item.dialogue.language,
            "turns": list(item.dialogue.turns),
            "entry_ids": list(item.dialogue.entry_ids),
            "ranked": item.ranked,
            "alone": item.alone,
            "fresh": item.dialogue.slice == FRESH,
            "result": asdict(item.result),
        },
    )


def _followed(row: Row) -> Followed:
    details = row.details
    language: Lang = "en" if details["language"] == "en" else "zh"
    dialogue = Dialogue(row.id, language, row.slice, tuple(details["turns"]), tuple(details["entry_ids"]))
    return Followed(dialogue, details["ranked"], details["alone"], Answered(**details["result"]))


def _outcome(item: Followed) -> FollowupOutcome:
    right = [item.dialogue.entry_ids[-1]]
    return FollowupOutcome(item.result, item.ranked[:1] == right, item.alone[:1] == right, item.dialogue.slice == FRESH)


def _figures(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
    return FollowupsRun([_followed(row) for row in rows]).report()
