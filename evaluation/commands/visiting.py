"""What the suites share that visit a running system: which one, rows of visits, and their figures."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from chat.channels import TestChannel
from evaluation.customers.simulation import Service
from evaluation.customers.visit import Visit
from evaluation.metrics.catalogue import CATALOGUE
from evaluation.metrics.conversation_scores import conversation_scores
from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score
from evaluation.suite import Row
from kit.settings import Settings

ASKED_OF_CUSTOMERS = ("csat_", "nps_")


def add_visiting_options(parser: argparse.ArgumentParser) -> None:
    """Options of every command that visits a running system."""
    parser.add_argument("--url", help="address of the running system; default: this machine and BILIN_PORT")
    parser.add_argument("--clients", type=int, default=4, help="customers at once; default: 4")
    parser.add_argument("--minutes", type=float, default=15.0, help="no customer comes any more after so long")
    parser.add_argument(
        "--reply-seconds", type=float, default=30.0, help="how long a customer waits for a reply; default: 30"
    )
    parser.add_argument(
        "--unmarked",
        action="store_true",
        help="store conversations under the channel web, where they count as business; needs no secret",
    )


def service_of(arguments: argparse.Namespace, settings: Settings, channel: TestChannel) -> Service:
    """The system that the options name."""
    return Service(
        url=(arguments.url or f"http://{settings.host}:{settings.port}").rstrip("/"),
        secret="" if arguments.unmarked else settings.secret("shopper_secret"),
        channel=channel,
        clients=max(arguments.clients, 1),
        reply_seconds=arguments.reply_seconds,
        minutes=arguments.minutes,
    )


def scores_of(conversations: Sequence[MeasuredConversation]) -> dict[str, Score]:
    """Every metric of conversations that a simulation has; a guard stands there even where it has no value."""
    scores = {
        name: score
        for name, score in conversation_scores(conversations).items()
        if not name.startswith(ASKED_OF_CUSTOMERS)
    }
    known = {name for name, score in scores.items() if score.n}
    guards = {guard for name in known for guard in CATALOGUE[name].guards}
    return {name: score for name, score in scores.items() if name in known | guards or not conversations}


def row_of(
    suite: str, visit: Visit, measured: MeasuredConversation, *, text: str, expected: str, failure: str | None
) -> Row:
    """A visit as a row: what came last, and everything that it is measured by."""
    return Row(
        suite=suite,
        id=visit.goal,
        text=text,
        language=measured.language,
        scenario=measured.scenario,
        slice=measured.slice,
        expected=expected,
        got="person" if visit.handed_off else _last(visit),
        right=failure is None,
        details={"measured": asdict(measured), "failure": failure, "visit": visit.as_row()},
    )


def figures_of(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
    """How often each thing went wrong, the most frequent first; the metrics are the run's own."""
    failures = Counter(row.details["failure"] for row in rows if row.details["failure"])
    return {"n": len(rows), "failures": dict(failures.most_common()), **extra}


def _last(visit: Visit) -> str:
    heard = visit.steps[-1]["heard"] if visit.steps else []
    if not heard:
        return visit.ending
    last = heard[-1]
    return str(last.get("entry") or last.get("choices") or last.get("text") or last["kind"])
