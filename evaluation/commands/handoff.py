"""``handoff``: who is handed to a person, against who needs one, utterance by utterance."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from evaluation import handoff
from evaluation.commands.questions import add_leak_option, question_files, read_all
from evaluation.datasets import Utterance, read_utterances
from evaluation.handoff import Decided, HandoffRun
from evaluation.leaks import find_leaks, refuse_leaks
from evaluation.metrics.score import Score
from evaluation.metrics.utterance_scores import utterance_scores
from evaluation.suite import Keep, Prepared, Row
from handoff.examples import ExampleFile, examples
from handoff.policy import Reason
from kb.content import Lang, read_folder
from kit.language import detect
from kit.settings import Settings

BOT, PERSON = "bot", "person"


@dataclass(frozen=True)
class HandoffSuite:
    """Utterances, each the first of a conversation, with the running bot or one that is started for it."""

    name: str = "handoff"
    help: str = "who is handed to a person, against who needs one"
    in_all: bool = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Files of utterances, in place of a data set."""
        parser.add_argument("--queries", type=Path, action="append", help="a file of utterances; may be repeated")
        parser.add_argument(
            "--labelled",
            choices=[reason.value for reason in Reason],
            action="append",
            help="a reason that the labels know, may be repeated; a handoff for another one, of who is not labelled as "
            "needing a person, counts as neither right nor wrong; default: all reasons",
        )

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """The data sets, and what to do about leaks."""
        add_leak_option(parser)
        parser.add_argument(
            "--dataset", action="append", help="name or folder of a data set with a card; may be repeated"
        )

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """Read the utterances."""
        utterances, data = read_all(question_files(arguments, "queries", "utterances"), read_utterances)
        # What the words mean depends on the entries, by the mending of slips of the pen.
        entries = read_folder(settings.content_dir)
        texts, taught = [(each.id, each.text) for each in utterances], learnt_texts()
        if arguments.leaks == "fail":
            refuse_leaks(texts, entries, taught)
            leaked: set[str] = set()
        else:
            leaked = {leak.id for leak in find_leaks(texts, entries, taught)}
        labelled = frozenset(Reason(each) for each in getattr(arguments, "labelled", None) or Reason)

        async def ask(missing: frozenset[str], keep: Keep) -> dict[str, Any]:
            wanted = [utterance for utterance in utterances if utterance.id in missing]
            async with handoff.deciding(settings, wanted) as decide:
                for utterance in wanted:
                    decided = Decided(utterance, await decide(utterance))
                    keep(_row(decided, labelled, leaked=utterance.id in leaked))
            return {}

        return Prepared([utterance.id for utterance in utterances], data, entries, ask, _figures)

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Precision, recall and false alarms."""
        judged = [row for row in rows if _is_judged(row)]
        scores = utterance_scores(
            [row.details["needed"] for row in judged], [row.details["reason"] is not None for row in judged]
        )
        return {name: _of_every_row(score, rows) for name, score in scores.items()}


SUITE = HandoffSuite()


def learnt_texts() -> list[tuple[str, str]]:
    """Every labelled example that the signals are learnt from, with the name of its file."""
    return [
        (text, f"handoff/data/{name}.yml")
        for name in get_args(ExampleFile)
        for by_label in examples(name).values()
        for texts in by_label.values()
        for text in texts
    ]


def _is_judged(row: Row) -> bool:
    return bool(row.details.get("judged", True))


def _of_every_row(score: Score, rows: Sequence[Row]) -> Score:
    """A score of the judged rows as one of all rows, of which the others do not count."""
    own = iter(score.individual)
    return replace(score, individual=tuple(next(own) if _is_judged(row) else None for row in rows))


def _row(item: Decided, labelled: frozenset[Reason], *, leaked: bool) -> Row:
    is_judged = item.utterance.needed or item.reason is None or item.reason in labelled
    utterance, made = item.utterance, item.reason.value if item.reason else None
    return Row(
        suite="handoff",
        id=utterance.id,
        text=utterance.text,
        language=detect(utterance.text, utterance.language).language.value,
        scenario="",
        slice=utterance.reason or "not_needed",
        expected=f"{PERSON}: {utterance.reason or 'needed'}" if utterance.needed else BOT,
        got=f"{PERSON}: {made}" if made else BOT,
        right=utterance.needed == (made is not None) or not is_judged,
        details={
            "language": utterance.language,
            "needed": utterance.needed,
            "needed_for": utterance.reason,
            "reason": made,
            "leaked": leaked,
            **({} if is_judged else {"judged": False}),
        },
    )


def _decided(row: Row) -> Decided:
    details = row.details
    language: Lang = "en" if details["language"] == "en" else "zh"
    utterance = Utterance(row.id, row.text, language, details["needed"], details["needed_for"])
    return Decided(utterance, Reason(details["reason"]) if details["reason"] else None)


def _figures(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
    judged = [row for row in rows if _is_judged(row)]
    unseen = [row for row in judged if not row.details.get("leaked")]
    left_out = Counter(row.details["reason"] for row in rows if not _is_judged(row))
    return {
        **_report(judged),
        **({"not_judged": dict(left_out)} if left_out else {}),
        **(
            {"leaked": len(judged) - len(unseen), "without_leaked": _report(unseen)}
            if len(unseen) < len(judged)
            else {}
        ),
    }


def _report(rows: Sequence[Row]) -> dict[str, Any]:
    return HandoffRun([_decided(row) for row in rows]).report()
