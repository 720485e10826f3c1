"""``python -m evaluation.benchmarks.conversations``: Bilin and its peers with the same simulated customers, in one run.

- ``goals``: every goal is pursued with each of them. Bilin is a running system. BM25 and the encoder alone answer from
  the confidence on from which as many of their answers to the check questions are right as Bilin is set to, and hand
  the rest over. Rasa is a stock FAQ bot with its default fallback, trained in this run.
- ``load``: how long a turn takes, and how many there are a second, with one client and with sixteen. Bilin and Rasa are
  asked in turns, while both run, so that what else the machine does meets both; once with texts that nobody has asked
  before, and at the end with those of the goals. Before all of it each answers some check questions, unmeasured.
- ``search``: every search is asked the questions of a data set, with the same entries, cut to as many questions as Rasa
  can learn in minutes.
- ``change``: how soon a change is live. Bilin's is made over REST by an editor and a reviewer, Rasa's is its training.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeVar

import httpx
import structlog
from rich.console import Console
from rich.markup import escape

from evaluation.benchmarks import accuracy
from evaluation.benchmarks.conversation_table import BILIN, page
from evaluation.benchmarks.fallback import FallbackBot, lowest_bar
from evaluation.benchmarks.live_change import LiveChanges
from evaluation.benchmarks.load import Begin, resident_bytes, side_by_side
from evaluation.benchmarks.peers import NearestQuestion, by_vectors, by_words
from evaluation.benchmarks.rasa_peer import RasaUnavailable
from evaluation.benchmarks.stock_rasa_peer import StockRasaChannel, stock_rasa
from evaluation.cards import read_dataset
from evaluation.commands.channel import goals_of
from evaluation.commands.visiting import scores_of
from evaluation.customers.channel import CustomerChannel
from evaluation.customers.goals import Goal
from evaluation.customers.interfaces import Channel
from evaluation.customers.plan import Plan, make_plan
from evaluation.customers.simulation import Service, connected, send_customers
from evaluation.customers.visit import Visit, measured, pay_visit
from evaluation.datasets import Query, read_knowledge, read_queries
from evaluation.metrics.score import SEED
from evaluation.output import put_out
from kb.checks import read_checks
from kb.content import EntryContent, read_folder
from kb.encoder import load_encoder
from kit.errors import BilinError, InvalidRequest
from kit.settings import Settings

BM25, PLAIN, RASA = "BM25", "encoder alone", "stock Rasa"
SEARCH = "search"
CLIENTS = (1, 16)
LAPS = 4
# Turns before the first that is measured: what a process reads or builds only once is not a turn's.
WARM_UP = 64
FIGURES = ("self_service_diversion", "wrong_containment", "handoff_recall", "handoff_precision", "verified_resolution")

console = Console(stderr=True)
Drawn = TypeVar("Drawn")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evaluation.benchmarks.conversations", description=__doc__)
    parser.add_argument("--url", required=True, help="address of the running system")
    parser.add_argument("--pid", type=int, help="process of the running system; with it, its memory is measured")
    parser.add_argument(
        "--without", default="", help=f"comma-separated peers to leave out, or '{SEARCH}', which trains Rasa once more"
    )
    parser.add_argument("--clients", type=int, default=4, help="customers at once; default: 4")
    parser.add_argument("--sample", type=int, help="only so many goals, and questions of the search, drawn by the seed")
    parser.add_argument("--turns", type=int, default=320, help="turns of each load; default: 320")
    parser.add_argument(
        "--per-variant", type=int, default=5, help="questions an entry and language for Rasa; default: 5"
    )
    parser.add_argument("--epochs", type=int, default=40, help="of DIET's training; default: 40")
    parser.add_argument("--selector-epochs", type=int, default=100, help="of the ResponseSelector's; default: 100")
    parser.add_argument("--rasa-port", type=int, default=5095, help="of the stock bot; default: 5095")
    parser.add_argument("--dataset", default="demo", help="questions of the search; default: demo")
    parser.add_argument("--search-kb", type=Path, help="kb.jsonl of other entries for the search, each given whole")
    parser.add_argument("--search-queries", type=Path, help="their questions")
    parser.add_argument("--search-epochs", type=int, default=300, help="of Rasa's training for it; default: 300")
    parser.add_argument("--editor", help="login:password; with it and a reviewer, the time until a change is live")
    parser.add_argument("--reviewer", help="login:password of somebody else")
    parser.add_argument("--changes", type=int, default=5, help="how many are made and taken back; default: 5")
    parser.add_argument("--seed", type=int, default=SEED, help="of all that is drawn")
    parser.add_argument("--table", type=Path, help="write the tables to this Markdown file")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


async def _run(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    if bool(arguments.search_kb) != bool(arguments.search_queries):
        raise InvalidRequest("--search-kb and --search-queries belong together: name both, or neither.")
    entries = read_folder(settings.content_dir)
    goals = _drawn(goals_of("goals", settings)[0], arguments)
    warm_up = warm_up_goals(settings, arguments.seed)
    without = {name.strip() for name in arguments.without.split(",")}
    service = Service(arguments.url.rstrip("/"), settings.secret("shopper_secret"), clients=arguments.clients)
    report: dict[str, Any] = {"goals": len(goals), "entries": len(entries), "missing": {}}

    async with AsyncExitStack() as running:
        sides = {BILIN: await running.enter_async_context(_bilin(service, arguments.pid))}
        if RASA not in without:
            try:
                sides[RASA] = await running.enter_async_context(_rasa(entries, arguments))
            except RasaUnavailable as error:
                report["missing"][RASA] = error.message
        beside = await beside_each_other(sides, goals, warm_up, arguments)
    report["peers"] = {BILIN: beside.pop(BILIN)}
    for name, make in _searches(entries, settings).items():
        if name not in without:
            side = await _search_alone(make, settings)
            report["peers"] |= await beside_each_other({name: side}, goals, warm_up, arguments)
    report["peers"] |= beside
    if not {RASA, SEARCH} & without:
        report["search"] = await _search(entries, settings, arguments)
    if arguments.editor and arguments.reviewer:
        changes = LiveChanges([service.url], arguments.editor, arguments.reviewer, is_rehearsed=False)
        report["change"] = (await asyncio.to_thread(changes.measure, entries, arguments.changes)).report()
    return report


async def _search(entries: Sequence[EntryContent], settings: Settings, arguments: argparse.Namespace) -> dict[str, Any]:
    """Accuracy and times of every search, with entries of which each peer knows the same questions."""
    if arguments.search_kb:
        given = read_knowledge(arguments.search_kb)
        asked = read_queries(arguments.search_queries, {entry.id for entry in given})
        name = f"{arguments.search_kb.parent.name}/{arguments.search_kb.name}"
    else:
        ids, name = {entry.id for entry in entries}, arguments.dataset
        asked = [query for path in read_dataset(name).files("queries") for query in read_queries(path, ids)]
        given = [first_questions(entry, arguments.per_variant) for entry in entries]
    drawn = _drawn(asked, arguments)
    compared = await accuracy.compare(given, drawn, settings, arguments.search_epochs, arguments.seed)
    return {"of": name, **compared.report()}


def _drawn(everything: Sequence[Drawn], arguments: argparse.Namespace) -> list[Drawn]:
    """All, or as many as ``--sample`` says, drawn by the seed."""
    if not arguments.sample or arguments.sample >= len(everything):
        return list(everything)
    return random.Random(arguments.seed).sample(list(everything), arguments.sample)  # noqa: S311 - a sample, no secret


def first_questions(entry: EntryContent, count: int) -> EntryContent:
    """The entry with at most so many questions in each language."""
    variants = {
        language: variant.model_copy(update={"similar": variant.similar[: count - 1]})
        for language, variant in entry.variants.items()
    }
    return entry.model_copy(update={"variants": variants})


@dataclass(frozen=True)
class Side:
    """A service that customers talk to.

    Args:
        begin: a conversation with it.
        send: customers to it.
        facts: what else is known of it, asked at the end.
    """

    begin: Begin
    send: Callable[[Sequence[Plan]], Awaitable[list[Visit]]]
    facts: Callable[[], dict[str, Any]]


def warm_up_goals(settings: Settings, seed: int) -> list[Goal]:
    """What is asked before anything is measured: texts that are in no goal."""
    drawn = random.Random(seed).sample(read_checks(settings.checks_dir), WARM_UP)  # noqa: S311  # a simulation
    return [
        Goal(
            id=f"check-{number}",
            language="en" if check.language == "en" else "zh-Hans",
            says=(check.text,),
            entries=(check.entry_id or "none",),
        )
        for number, check in enumerate(drawn)
    ]


async def beside_each_other(
    sides: dict[str, Side], goals: Sequence[Goal], warm_up: Sequence[Goal], arguments: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    """The figures of each side.

    Args:
        sides: by name; asked in turns.
        goals: pursued with each of them; the loads are of their first questions.
        warm_up: asked first, unmeasured.
        arguments: of the command: turns, seed.
    """
    begins = {name: side.begin for name, side in sides.items()}
    await side_by_side(begins, warm_up, max(CLIENTS), 1)
    asking = [goal for goal in goals if goal.entries]
    new = await side_by_side(begins, asking[: arguments.turns], max(CLIENTS), LAPS)
    plans = [make_plan(goal, arguments.seed) for goal in goals]
    visits = {name: await side.send(plans) for name, side in sides.items()}
    asked = list(islice(cycle(asking), arguments.turns))
    loads = [await side_by_side(begins, asked, clients, LAPS) for clients in CLIENTS]
    return {
        name: {
            **_conversations(goals, visits[name]),
            **{f"at_{load[name].clients}": load[name].report() for load in loads},
            "new_texts": new[name].report(),
            **side.facts(),
        }
        for name, side in sides.items()
    }


@asynccontextmanager
async def _bilin(service: Service, pid: int | None) -> AsyncIterator[Side]:
    async with connected(service) as http:

        async def begin(goal: Goal) -> Channel:
            channel = CustomerChannel(http, reply_seconds=service.reply_seconds)
            await channel.start(goal.answer_language, service.name, service.marker())
            return channel

        async def send(plans: Sequence[Plan]) -> list[Visit]:
            visits: list[Visit] = []
            await send_customers(plans, service, visits.append)
            return visits

        yield Side(begin, send, lambda: {"resident_bytes": resident_bytes(pid) if pid else None})


def _searches(entries: Sequence[EntryContent], settings: Settings) -> dict[str, Callable[[], NearestQuestion]]:
    alone = settings.model_copy(update={"encoder_companions": False})
    return {
        BM25: lambda: NearestQuestion(entries, by_words),
        PLAIN: lambda: NearestQuestion(entries, by_vectors(load_encoder(alone))),
    }


async def _search_alone(make: Callable[[], NearestQuestion], settings: Settings) -> Side:
    """A search as a bot in this process: nothing is stored, and one question waits for the other."""
    checks = [Query(str(n), c.text, c.language, c.entry_id, "") for n, c in enumerate(read_checks(settings.checks_dir))]
    before = resident_bytes(os.getpid())
    peer = make()
    held = resident_bytes(os.getpid()) - before
    bar = lowest_bar(checks, await peer.ask(checks), settings.answered_precision)

    async def begin(goal: Goal) -> Channel:
        return FallbackBot(peer, bar)

    async def send(plans: Sequence[Plan]) -> list[Visit]:
        return [await pay_visit(FallbackBot(peer, bar), plan) for plan in plans]

    return Side(
        begin,
        send,
        lambda: {
            "resident_bytes": held,
            "ready_seconds": peer.ready_seconds,
            "bar": bar.confidence,
            "check_coverage": bar.coverage,
        },
    )


@asynccontextmanager
async def _rasa(entries: Sequence[EntryContent], arguments: argparse.Namespace) -> AsyncIterator[Side]:
    epochs = (arguments.epochs, arguments.selector_epochs)
    trained = stock_rasa(entries, arguments.per_variant, epochs, arguments.seed, arguments.rasa_port)
    limits = httpx.Limits(max_connections=max(CLIENTS))
    async with trained as rasa, httpx.AsyncClient(limits=limits) as http:

        async def begin(goal: Goal) -> Channel:
            return StockRasaChannel(http, rasa)

        async def send(plans: Sequence[Plan]) -> list[Visit]:
            return [await pay_visit(StockRasaChannel(http, rasa), plan) for plan in plans]

        yield Side(
            begin,
            send,
            lambda: {
                "resident_bytes": resident_bytes(rasa.pid),
                "trained_seconds": rasa.trained_seconds,
                "examples": rasa.examples,
                "epochs": epochs,
            },
        )


def _conversations(goals: Sequence[Goal], visits: Sequence[Visit]) -> dict[str, Any]:
    by_id = {goal.id: goal for goal in goals}
    scores = scores_of([measured(visit, by_id[visit.goal]) for visit in visits])
    return {
        "n": len(visits),
        **{
            name: [score.value, score.interval.low, score.interval.high] if score.interval else None
            for name, score in ((name, scores[name]) for name in FIGURES if name in scores)
        },
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; the figures go to standard output or a file as JSON, the tables to a Markdown file."""
    arguments = _parser().parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        report = asyncio.run(_run(arguments, Settings()))
    except BilinError as error:
        console.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    if arguments.table:
        arguments.table.write_text(page(report), encoding="utf-8")
    return put_out(report, arguments.json, console)


if __name__ == "__main__":
    sys.exit(main())
