"""``shopper``: the mystery shopper, who visits a running system again and again and says when it gets worse."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import structlog
from rich.console import Console
from rich.markup import escape

from evaluation.commands.channel import SHIPPED, goals_of
from evaluation.commands.visiting import service_of
from evaluation.customers.channel import ChannelBroken
from evaluation.customers.goals import Goal
from evaluation.customers.plan import Plan, make_plan
from evaluation.customers.simulation import Service, send_customers
from evaluation.customers.visit import Visit, failure
from evaluation.metrics.score import SEED
from evaluation.shopper import Round, alarm_of, history_path, judge, keep_round, read_rounds
from kb.webhooks import SIGNATURE, signature
from kit.clock import SystemClock
from kit.settings import Settings

log = structlog.get_logger(__name__)

GOALS = 28
WEBHOOK_SECONDS = 10.0


@dataclass(frozen=True)
class ShopperCommand:
    """Rounds of the same goals, each compared with the good rounds before it."""

    name: str = "shopper"
    help: str = "visit a running system as a mystery shopper, again and again, and say when it gets worse"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Where, how often, and how much."""
        parser.add_argument("--url", help="address of the running system; default: this machine and BILIN_PORT")
        parser.add_argument("--every", type=float, help="seconds from one round to the next; without it, one round")
        parser.add_argument("--rounds", type=int, help="stop after so many rounds; default: go on until stopped")
        parser.add_argument("--goals", default=SHIPPED, help="name or folder of a data set of goals; default: goals")
        parser.add_argument("--count", type=int, default=GOALS, help=f"goals of a round; default: {GOALS}")
        parser.add_argument("--clients", type=int, default=1, help="customers at once; default: 1")
        parser.add_argument("--seed", type=int, default=SEED, help="draws the goals; each has a history of its own")
        parser.add_argument(
            "--accept", action="store_true", help="take the first round as the new normal: compare with none before it"
        )
        parser.set_defaults(minutes=60.0, unmarked=False, reply_seconds=30.0)

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Visit until the rounds are over.

        Returns:
            0; 1 when the last round was worse than those before it, or the system could not be visited.
        """
        goals, _ = goals_of(arguments.goals, settings)
        chosen = chosen_goals(goals, arguments.count, arguments.seed)
        service = service_of(arguments, settings, "shopper")
        folder = settings.data_dir / "evaluation" / "shopper"
        history = history_path(folder, service.url, arguments.seed, len(chosen))
        rounds = arguments.rounds if arguments.every else 1
        code, done, accept = 0, 0, arguments.accept
        while rounds is None or done < rounds:
            if done:
                time.sleep(arguments.every)
            found = _one_round([make_plan(goal, arguments.seed) for goal in chosen], service, settings, console)
            code = 1 if found is None else _judged(replace(found, begins=accept), service, history, settings, console)
            accept = accept and found is None
            done += 1
        return code


COMMAND = ShopperCommand()


def chosen_goals(goals: Sequence[Goal], count: int, seed: int) -> list[Goal]:
    """Goals of every scenario in turn, drawn by the seed, so that a small round still sees all of the bank."""
    draw = random.Random(seed)  # noqa: S311 - a sample, not a secret
    by_scenario: dict[str, list[Goal]] = defaultdict(list)
    for goal in draw.sample(list(goals), len(goals)):
        by_scenario[goal.scenario].append(goal)
    columns = [by_scenario[name] for name in sorted(by_scenario)]
    turns = [column[turn] for turn in range(len(goals)) for column in columns if turn < len(column)]
    return turns[:count]


def _one_round(plans: Sequence[Plan], service: Service, settings: Settings, console: Console) -> Round | None:
    """Visit once; None where the system could not be visited, which is an alarm by itself."""
    visits: list[Visit] = []
    try:
        asyncio.run(send_customers(plans, service, visits.append))
    except ChannelBroken as error:
        _turned_away(error.message, service, settings, console)
        return None
    if all(visit.ending == "broken" for visit in visits):
        _turned_away(visits[0].problem if visits else "Nobody could be sent.", service, settings, console)
        return None
    return _round(visits, [plan.goal for plan in plans])


def _judged(found: Round, service: Service, history: Path, settings: Settings, console: Console) -> int:
    """Compare a round with those before it, keep it, and raise the alarm where it is worse; the exit code."""
    verdict = judge(found, [] if found.begins else read_rounds(history))
    keep_round(history, replace(found, alarm=verdict.worse))
    right = sum(found.right.values())
    console.print(
        f"{found.at}: {right} of {len(found.right)} as it should be; lost {len(verdict.lost)}", highlight=False
    )
    if verdict.worse:
        log.error(
            "shopper_worse", url=service.url, right=right, n=len(found.right), lost=list(verdict.lost), p=verdict.p
        )
        _tell(dict(alarm_of(found, verdict, service.url)), settings)
    return int(verdict.worse)


def _turned_away(reason: str, service: Service, settings: Settings, console: Console) -> None:
    log.error("shopper_turned_away", url=service.url, reason=reason)
    _tell({"event": "shopper.turned_away", "url": service.url, "reason": reason}, settings)
    console.print(f"[bold red]turned away[/]: {escape(reason)}", soft_wrap=True)


def _round(visits: Sequence[Visit], goals: Sequence[Goal]) -> Round:
    by_id = {goal.id: goal for goal in goals}
    failures = {visit.goal: failure(visit, by_id[visit.goal]) for visit in visits}
    return Round(
        at=SystemClock().now().isoformat(timespec="seconds"),
        right={goal: kind is None for goal, kind in sorted(failures.items())},
        failures={goal: kind for goal, kind in sorted(failures.items()) if kind is not None},
    )


def _tell(event: dict[str, Any], settings: Settings) -> None:
    """Post an alarm to the addresses that are told of releases; one that does not take it is logged."""
    body = json.dumps(event, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", SIGNATURE: signature(body, settings.secret("webhook_secret"))}
    for url in (each.strip() for each in settings.webhook_urls.split(",") if each.strip()):
        try:
            httpx.post(url, content=body, headers=headers, timeout=WEBHOOK_SECONDS).raise_for_status()
        except httpx.HTTPError as error:
            log.warning("shopper_webhook_failed", url=url, reason=str(error))
