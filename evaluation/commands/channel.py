"""``channel``: simulated customers at a running system."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.cards import read_dataset
from evaluation.commands.questions import add_leak_option
from evaluation.commands.visiting import add_visiting_options, figures_of, row_of, scores_of, service_of
from evaluation.customers.goals import Goal, read_goals
from evaluation.customers.plan import make_plan
from evaluation.customers.simulation import live_release, send_customers
from evaluation.customers.visit import Visit, failure, measured
from evaluation.datasets import DatasetError
from evaluation.leaks import refuse_leaks
from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score
from evaluation.runs.provenance import file_hash
from evaluation.suite import Keep, Prepared, Row
from kb.content import read_folder
from kit.settings import Settings

SHIPPED = "goals"
BOT = "bot"


@dataclass(frozen=True)
class ChannelSuite:
    """Goals, each pursued by one simulated customer over REST and WebSocket."""

    name: str = "channel"
    help: str = "simulated customers at a running system: diversion beside wrong containment and handoff recall"
    in_all: bool = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """The goals, in place of the shipped ones."""
        parser.add_argument("--goals", default=SHIPPED, help="name or folder of a data set of goals; default: goals")

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """Which system, how many customers at once, and what to do about leaks."""
        add_visiting_options(parser)
        add_leak_option(parser)

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """Read the goals, refuse those that stand in the knowledge base, and see that the system runs."""
        goals, data = goals_of(getattr(arguments, "goals", SHIPPED), settings, may_leak=arguments.leaks == "report")
        service = service_of(arguments, settings, "simulation")
        release = asyncio.run(live_release(service))

        async def ask(missing: frozenset[str], keep: Keep) -> dict[str, Any]:
            by_id = {goal.id: goal for goal in goals}
            plans = [make_plan(goal, arguments.seed) for goal in goals if goal.id in missing]
            await send_customers(plans, service, lambda visit: keep(_row(visit, by_id[visit.goal])))
            return {"clients": service.clients, "release_id": await live_release(service)}

        return Prepared([goal.id for goal in goals], data, (), ask, _figures, {"release_id": release})

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Every metric of conversations."""
        return scores_of([_measured(row) for row in rows])


SUITE = ChannelSuite()


def goals_of(name: str, settings: Settings, *, may_leak: bool = False) -> tuple[list[Goal], dict[str, str]]:
    """The goals of a data set, and the hash of each file.

    Raises:
        DatasetError: a goal cannot be used, or stands in the content files and may not.
    """
    dataset = read_dataset(name)
    entries = read_folder(settings.content_dir)
    if not dataset.files("goals"):
        raise DatasetError(f"{dataset.folder} has no goals: its card names none under 'files'.")
    goals = read_goals(dataset.files("goals"), {entry.id for entry in entries})
    if not may_leak:
        refuse_leaks([(f"{goal.id}:{n}", text) for goal in goals for n, text in enumerate(goal.texts)], entries)
    version = f"{dataset.card.name}-{dataset.card.version}"
    return goals, {f"{version}/{path.name}": file_hash(path) for path in dataset.files("goals")}


def _row(visit: Visit, goal: Goal) -> Row:
    return row_of(
        "channel",
        visit,
        measured(visit, goal),
        text=goal.says[0],
        expected=f"person: {goal.needs.value}" if goal.needs else " or ".join(goal.entries),
        failure=failure(visit, goal),
    )


def _measured(row: Row) -> MeasuredConversation:
    return MeasuredConversation(**row.details["measured"])


def _figures(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
    return figures_of(rows, extra)
