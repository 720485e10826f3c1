"""``dialogues``: recorded dialogues of other people's customers, said again at a running system."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.cards import read_dataset
from evaluation.commands.questions import add_leak_option
from evaluation.commands.visiting import add_visiting_options, figures_of, row_of, scores_of, service_of
from evaluation.customers.dialogues import Policy, Recorded, read_policy, read_recorded
from evaluation.customers.replay import entries_of, measured_replay, replay
from evaluation.customers.simulation import live_release, send
from evaluation.customers.visit import Visit, failure_of
from evaluation.datasets import DatasetError
from evaluation.leaks import refuse_leaks
from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score
from evaluation.runs.provenance import file_hash
from evaluation.suite import Keep, Prepared, Row
from kb.content import read_folder
from kit.settings import Settings

SHIPPED = "multidogo"


@dataclass(frozen=True)
class DialoguesSuite:
    """Recorded dialogues, and a policy that says which wishes need a person."""

    name: str = "dialogues"
    help: str = "recorded dialogues, said again at a running system and judged by a policy file"
    in_all: bool = False

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """The dialogues and their policy."""
        parser.add_argument("--dialogues", type=Path, action="append", required=True, help="a file; may be repeated")
        parser.add_argument("--policy", type=Path, help="what each intent needs; default: the one for MultiDoGO")

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """Which system, how many customers at once, and what to do about leaks."""
        add_visiting_options(parser)
        add_leak_option(parser)

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """Read policy and dialogues, and see that the system runs."""
        policy_file = arguments.policy or read_dataset(SHIPPED).files("policy")[0]
        entries = read_folder(settings.content_dir)
        policy = read_policy(policy_file, {entry.id for entry in entries})
        recorded = {one.id: one for one in read_recorded(arguments.dialogues, policy)}
        if not recorded:
            raise DatasetError("None of the dialogues has a wish that the policy knows.")
        if arguments.leaks == "fail":
            turns = [(f"{one.id}:{n}", turn.text) for one in recorded.values() for n, turn in enumerate(one.turns)]
            refuse_leaks(turns, entries)
        service = service_of(arguments, settings, "simulation")
        release = asyncio.run(live_release(service))

        async def ask(missing: frozenset[str], keep: Keep) -> dict[str, Any]:
            wanted = [one for one in recorded.values() if one.id in missing]
            await send(
                wanted,
                service,
                lambda channel, one, name, marker: replay(channel, one, policy, name=name, marker=marker),
                lambda visit: keep(_row(visit, recorded[visit.goal], policy)),
            )
            return {"clients": service.clients, "release_id": await live_release(service)}

        data = {path.name: file_hash(path) for path in (policy_file, *arguments.dialogues)}
        return Prepared(list(recorded), data, (), ask, _figures, {"release_id": release})

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Every metric of conversations."""
        return scores_of([MeasuredConversation(**row.details["measured"]) for row in rows])


SUITE = DialoguesSuite()


def _row(visit: Visit, recorded: Recorded, policy: Policy) -> Row:
    needs = recorded.needs(policy)
    return row_of(
        "dialogues",
        visit,
        measured_replay(visit, recorded, policy),
        text=", ".join(recorded.wishes(policy)),  # their sentences stay where they are
        expected=f"person: {needs.value}" if needs else " or ".join(entries_of(recorded, policy)),
        failure=failure_of(visit, needs_person=needs is not None),
    )


def _figures(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
    return figures_of(rows, extra)
