"""Peers as bots: when they answer, what a turn under load costs, and the page that is made of it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

import pytest

from evaluation.benchmarks.conversation_table import page
from evaluation.benchmarks.conversations import WARM_UP, Side, beside_each_other, first_questions, warm_up_goals
from evaluation.benchmarks.fallback import Bar, FallbackBot, lowest_bar
from evaluation.benchmarks.load import Begin, Lap, Load, resident_bytes, run_lap, side_by_side
from evaluation.benchmarks.peers import Reply as Found
from evaluation.benchmarks.stock_rasa import configuration, domain, examples, rules
from evaluation.benchmarks.stock_rasa_peer import TALK, StockRasa, StockRasaChannel, own_intents
from evaluation.commands.channel import goals_of
from evaluation.customers.goals import Goal
from evaluation.customers.interfaces import Channel
from evaluation.customers.plan import Plan
from evaluation.customers.visit import Visit, pay_visit
from evaluation.datasets import Query
from kb.content import EntryContent
from kit.settings import Settings
from tests.evaluation.customers.conftest import make_plan  # noqa: F401 - the fixture
from tests.evaluation.customers.replies import MakePlan

GOAL = Goal(id="g", language="en", says=("a", "b"), entries=("right",))


def found(entry_id: str, confidence: float) -> Found:
    return Found((entry_id,), (entry_id,), confidence, 1.0)


def asked(*entry_ids: str | None) -> list[Query]:
    return [Query(str(number), "?", "en", entry_id, "") for number, entry_id in enumerate(entry_ids)]


@pytest.mark.parametrize(
    ("right", "confidences", "bar"),
    [
        ((True, True, False), (0.9, 0.8, 0.7), 0.8),
        ((True, False, True, True, True), (0.9, 0.8, 0.7, 0.6, 0.5), 0.5),  # four of five are enough in the end
        ((True, False), (0.8, 0.8), None),  # ties stand together
        ((False, False), (0.9, 0.8), None),
    ],
)
def test_the_lowest_bar_that_is_precise_enough(
    right: Sequence[bool], confidences: Sequence[float], bar: float | None
) -> None:
    queries = asked(*("x" for _ in right))
    replies = [found("x" if good else "y", sure) for good, sure in zip(right, confidences, strict=True)]
    assert lowest_bar(queries, replies, 0.8).confidence == bar


class Scripted:
    """A peer that finds what it was told to find."""

    ready_seconds = 0.0

    def __init__(self, **by_text: Found) -> None:
        self._by_text = by_text

    async def ask(self, questions: Sequence[Query]) -> list[Found]:
        return [self._by_text[question.text] for question in questions]


@pytest.mark.parametrize(
    ("peer", "ending"),
    [
        (Scripted(a=found("right", 0.9)), "resolved"),
        (Scripted(a=found("right", 0.1)), "handed_off"),
        (Scripted(a=found("wrong", 0.9), b=found("right", 0.9)), "resolved"),
    ],
)
async def test_the_same_customer_talks_to_a_peer(peer: Scripted, ending: str, make_plan: MakePlan) -> None:  # noqa: F811 - the fixture
    plan: Plan = make_plan({"says": ["a", "b"]}, objection="")
    assert (await pay_visit(FallbackBot(peer, Bar(0.5, 1.0, 1.0)), plan)).ending == ending


async def test_a_peer_that_is_never_sure_enough_hands_everything_over() -> None:
    bot = FallbackBot(Scripted(a=found("right", 0.9)), Bar(None, 0.0, 0.0))
    assert (await bot.say("a")).owner == "waiting"


async def test_load_counts_every_turn_once() -> None:
    begun: list[str] = []

    async def begin(goal: Goal) -> Channel:
        begun.append(goal.id)
        return FallbackBot(Scripted(a=found("right", 0.9)), Bar(0.5, 1.0, 1.0))

    lap = await run_lap(begin, [GOAL] * 12, clients=2)
    assert len(lap.times_ms) == 12
    assert 3 <= len(begun) <= 4
    assert lap.seconds > 0


def test_a_load_is_of_all_laps_together() -> None:
    load = Load.of(2, [Lap((1.0, 3.0), 2.0), Lap((2.0,), 4.0)])
    assert (load.clients, load.turns, load.p50_ms, load.turns_a_second) == (2, 3, 2.0, 0.5)


async def test_services_are_asked_the_same_in_turns() -> None:
    asked: list[tuple[str, str]] = []

    def begun_with(name: str) -> Begin:
        async def begin(goal: Goal) -> Channel:
            asked.append((name, goal.id))
            return FallbackBot(Scripted(a=found("right", 0.1)), Bar(0.5, 1.0, 1.0))  # each turn a new conversation

        return begin

    goals = [GOAL.model_copy(update={"id": str(number)}) for number in range(4)]
    loads = await side_by_side({"one": begun_with("one"), "two": begun_with("two")}, goals, clients=1, laps=2)
    assert [name for name, _ in asked] == ["one", "one", "two", "two", "two", "two", "one", "one"]
    assert [goal for name, goal in asked if name == "one"] == [goal for name, goal in asked if name == "two"]
    assert {goal for _, goal in asked} == {"0", "1", "2", "3"}
    assert {name: load.turns for name, load in loads.items()} == {"one": 4, "two": 4}


def test_services_warm_up_with_texts_that_are_not_measured() -> None:
    settings = Settings()
    asked = {goal.says[0] for goal in warm_up_goals(settings, seed=1)}
    measured = {text for goal in goals_of("goals", settings)[0] for text in goal.texts}
    assert len(asked) == WARM_UP
    assert not asked & measured


async def test_what_warms_a_service_up_is_asked_first_and_not_measured() -> None:
    begun: list[str] = []

    async def begin(goal: Goal) -> Channel:
        begun.append(goal.id)
        return FallbackBot(Scripted(a=found("right", 0.1)), Bar(0.5, 1.0, 1.0))  # each turn a new conversation

    async def send(plans: Sequence[Plan]) -> list[Visit]:
        return [Visit(plan.goal.id, ending="gave_up") for plan in plans]

    warm_up = [GOAL.model_copy(update={"id": f"warm-{number}"}) for number in range(3)]
    arguments = argparse.Namespace(turns=4, seed=1)
    figures = await beside_each_other({"one": Side(begin, send, dict)}, [GOAL], warm_up, arguments)
    assert set(begun[:3]) == {goal.id for goal in warm_up}
    assert set(begun[3:]) == {GOAL.id}
    assert [figures["one"][load]["turns"] for load in ("new_texts", "at_1", "at_16")] == [1, 4, 4]


def test_memory_is_that_of_the_process_and_its_children() -> None:
    assert resident_bytes(os.getpid()) > 10_000_000


def test_the_stock_bot_has_a_rule_for_every_intent() -> None:
    intents = own_intents()
    assert set(intents) == set(TALK)
    assert min(map(len, intents.values())) >= 10
    made = {step["intent"] for rule in rules(sorted(intents))["rules"] for step in rule["steps"] if "intent" in step}
    assert made == {"faq", "nlu_fallback", *intents}
    assert {"utter_faq/0", "utter_faq/1", "utter_person"} <= domain(2, sorted(intents))["responses"].keys()
    assert [part["name"] for part in configuration(1, 2, 1)["pipeline"]][:1] == ["JiebaTokenizer"]
    rows = examples([["q1", "q2"]], {"greet": ["hi"]})["rasa_nlu_data"]["common_examples"]
    assert [row["intent"] for row in rows] == ["faq/0", "faq/0", "greet"]


@pytest.mark.parametrize(
    ("texts", "owner", "entry"), [(["entry 1"], "bot", "b"), (["hello"], "bot", None), (["person"], "waiting", None)]
)
def test_what_the_stock_bot_says_is_read(texts: list[str], owner: str, entry: str | None) -> None:
    channel = StockRasaChannel(None, StockRasa("http://x", ("a", "b"), 3, 1.0, 1))  # type: ignore[arg-type]
    reply = channel._read(texts)
    assert reply.owner == owner
    assert next((message.entry_id for message in reply.heard), None) == entry


def test_the_page_has_a_column_for_each_peer_and_says_who_is_missing() -> None:
    load = {"p50_ms": 1.0, "p95_ms": 2.0, "turns_a_second": 3.0}
    peers: dict[str, Any] = {
        "Bilin": {"wrong_containment": [0.1, 0.05, 0.2], "at_1": load, "at_16": load, "resident_bytes": 2_000_000},
        "BM25": {"wrong_containment": None, "ready_seconds": 0.4},
    }
    peers["Bilin"]["new_texts"] = {**load, "p50_ms": 7.0}
    written = page({"goals": 4, "entries": 3, "peers": peers, "missing": {"stock Rasa": "not installed"}})
    assert "| p50, ms, 16 clients, new texts | 7.0 | – |" in written
    assert "|  | Bilin | BM25 |" in written
    assert "| until a change is live, s | – | 0.4 |" in written
    assert "| wrong containment | 0.100 (0.050–0.200) | – |" in written
    assert "| p95, ms, 16 clients | 2.0 | – |" in written
    assert "stock Rasa is missing: not installed" in written


def test_the_page_says_how_soon_each_tells_of_a_change_and_how_the_searches_do_alone() -> None:
    rasa = {"trained_seconds": 200.0, "examples": 10, "epochs": (2, 3)}
    bilin = {"top1": 1.0, "top3": 1.0, "precision": None, "p50_ms": 1.26, "p95_ms": 2, "ready_seconds": 9}
    search = {"of": "some/kb.jsonl", "n": 4, "in_scope": 3, "entries": 2, "epochs": 2, "peers": {"Bilin": bilin}}
    change = {"changes": 5, "told": [{"p50_seconds": 1.5, "p95_seconds": 2.0, "max_seconds": 2.5}]}
    report = {"goals": 4, "entries": 3, "peers": {"Bilin": {}, "stock Rasa": rasa}, "missing": {}}
    written = page({**report, "change": change, "search": search})
    assert "| until a change is live, s | 1.5 | 200.0 |" in written
    assert "median of 5 changes" in written
    assert "4 questions, 3 of them in scope, to the 2 entries of some/kb.jsonl" in written
    assert "| right entry first | 1.000 |" in written
    assert "| precision at 70 % coverage | – |" in written
    assert "| p50, ms | 1.3 |" in written


def test_entries_are_cut_to_what_every_peer_can_learn() -> None:
    variants = {"en": {"question": "a", "similar": ["b", "c"], "answer": "x"}}
    entry = EntryContent.model_validate({"id": "e", "scenario": "s", "variants": variants})
    assert first_questions(entry, 2).variants["en"].questions == ("a", "b")
    assert entry.variants["en"].questions == ("a", "b", "c")
