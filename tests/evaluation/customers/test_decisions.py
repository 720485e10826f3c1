"""What a customer does next, by tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.customers.decisions import (
    Act,
    ComeBack,
    Leave,
    Mind,
    PressForPerson,
    Say,
    Vote,
    begin,
    decide,
)
from evaluation.customers.goals import Goal, Trait
from evaluation.customers.heard import Heard, Reply
from evaluation.customers.plan import make_plan as drawn_plan
from kb.content import Lang
from tests.evaluation.customers.replies import MakePlan, answer, choices, form, from_bot, notice, text

ASKED_ONCE = Mind(asked=1)
NEEDS = {"entries": [], "needs": "complaint"}


@pytest.mark.parametrize(
    ("reply", "act"),
    [
        (from_bot(answer("right")), Leave("resolved")),
        (from_bot(answer("wrong"), answer("right")), Leave("resolved")),
        (from_bot(answer("wrong")), Say("No. second")),
        (from_bot(choices("wrong", "right")), Say("about right", "right")),
        (from_bot(choices("wrong")), Say("No. second")),
        (from_bot(text("I cannot help with that")), Say("No. second")),
        (from_bot(form("card_kind")), Say("No. second")),
        (Reply((notice("waiting"),), "waiting"), Leave("handed_off")),
        (Reply((), "agent"), Leave("handed_off")),
        (from_bot(notice("waiting")), Leave("handed_off")),
        (from_bot(), Leave("no_reply")),
    ],
)
def test_after_the_first_question(reply: Reply, act: Act, make_plan: MakePlan) -> None:
    assert decide(make_plan(), ASKED_ONCE, reply).act == act


@pytest.mark.parametrize(
    ("plan", "mind", "reply", "act"),
    [
        ({"traits": (Trait.TRUSTING,)}, ASKED_ONCE, from_bot(answer("wrong")), Leave("believed")),
        ({"traits": (Trait.IGNORES_CHOICES,)}, ASKED_ONCE, from_bot(choices("right")), Say("No. second")),
        ({"refuses_choices": True}, ASKED_ONCE, from_bot(choices("wrong")), Say("none of these", "none")),
        ({"patience": 1}, Mind(asked=2, unhelped=1), from_bot(text()), Leave("gave_up")),
        ({}, Mind(asked=3, unhelped=1), from_bot(text()), Leave("gave_up")),
        ({}, Mind(asked=2, unhelped=1), from_bot(text()), Say("No. third")),
        ({"ending": Trait.ASKS_FOR_PERSON}, Mind(asked=3), from_bot(text()), Say("a person please")),
        ({"ending": Trait.ASKS_FOR_PERSON}, Mind(asked=3, requests=1), from_bot(text()), Say("a human")),
        ({"ending": Trait.ASKS_FOR_PERSON}, Mind(asked=3, requests=2), from_bot(text()), PressForPerson()),
        ({"ending": Trait.ASKS_FOR_PERSON}, Mind(asked=3, requests=3), from_bot(text()), Leave("gave_up")),
        ({"ending": Trait.RETURNS}, Mind(asked=3), from_bot(text()), ComeBack()),
        ({"ending": Trait.RETURNS}, Mind(asked=3, visit=2), from_bot(text()), Leave("gave_up")),
        ({"thanks": "thanks"}, ASKED_ONCE, from_bot(answer("right")), Say("thanks")),
        ({"thanks": "thanks"}, Mind(asked=1, thanked=True), from_bot(text("welcome")), Leave("resolved")),
        ({"goal": {"form": {"card_kind": "debit"}}}, ASKED_ONCE, from_bot(form("card_kind")), Say("debit")),
        ({}, Mind(asked=3), from_bot(form("card_kind")), Leave("trapped_in_form")),
        (
            {"goal": {"form": {"card_kind": "debit"}}},
            Mind(asked=1, form_turns=8),
            from_bot(form("card_kind")),
            Leave("trapped_in_form"),
        ),
    ],
)
def test_by_character(plan: dict[str, Any], mind: Mind, reply: Reply, act: Act, make_plan: MakePlan) -> None:
    assert decide(make_plan(**plan), mind, reply).act == act


@pytest.mark.parametrize(
    ("reply", "act"),
    [
        (from_bot(answer("right")), Say("No. second")),
        (from_bot(choices("right")), Say("No. second")),
        (from_bot(text("sorry", "Report a lost card", "Talk to a person")), Say("Talk to a person")),
        (from_bot(text("sorry", "Report a lost card")), Say("No. second")),
    ],
)
def test_who_needs_a_person_is_helped_by_no_answer(reply: Reply, act: Act, make_plan: MakePlan) -> None:
    assert decide(make_plan(NEEDS), ASKED_ONCE, reply).act == act


def test_who_needs_a_person_never_presses_the_button_that_always_works(make_plan: MakePlan) -> None:
    plan = make_plan(NEEDS, ending=Trait.ASKS_FOR_PERSON)
    assert decide(plan, Mind(asked=3, requests=2), from_bot(text())).act == Leave("gave_up")


def test_a_greeting_is_followed_by_the_question_whatever_the_bot_says_to_it(make_plan: MakePlan) -> None:
    plan = make_plan(greeting="hi")
    first = begin(plan, Mind())
    assert first.act == Say("hi")
    assert decide(plan, first.mind, from_bot(text("hello"))).act == Say("first")


def test_the_next_question_follows_the_right_answer(make_plan: MakePlan) -> None:
    plan = make_plan({"then": {"entries": ["next"], "says": ["and then?"]}})
    decision = decide(plan, ASKED_ONCE, from_bot(answer("right")))
    assert decision.act == Say("and then?")
    assert decide(plan, decision.mind, from_bot(answer("right"))).act == Leave("gave_up")
    assert decide(plan, decision.mind, from_bot(answer("next"))).act == Leave("resolved")


def test_who_gets_no_answer_to_the_next_question_was_not_helped(make_plan: MakePlan) -> None:
    goal = {"then": {"entries": ["next"], "says": ["and then?"]}}
    asking = decide(make_plan(goal), ASKED_ONCE, from_bot(answer("right"))).mind
    assert (asking.answered, asking.last_right) == (False, None)
    gave_up = decide(make_plan(goal), asking, from_bot(text()))
    assert gave_up.act == Leave("gave_up")
    assert not gave_up.mind.answered


def test_who_comes_back_asks_again(make_plan: MakePlan) -> None:
    plan = make_plan(ending=Trait.RETURNS)
    left = decide(plan, Mind(asked=3, unhelped=2), from_bot(text()))
    assert begin(plan, left.mind).act == Say("third")


@pytest.mark.parametrize(("entry", "helpful"), [("right", True), ("wrong", False)])
def test_who_votes_votes_on_the_answer(entry: str, helpful: bool, make_plan: MakePlan) -> None:
    assert decide(make_plan(votes=True), ASKED_ONCE, from_bot(answer(entry, 7))).votes == (Vote(7, helpful),)


@pytest.mark.parametrize(
    ("customer", "answered_in", "helps"),
    [("en", "en", True), ("en", "zh", False), ("yue", "zh", True), ("zh-Hans", "en", False), ("mixed", "en", True)],
)
def test_an_answer_helps_in_the_language_of_the_question(
    customer: str, answered_in: Lang, helps: bool, make_plan: MakePlan
) -> None:
    said = replace(answer("right"), language=answered_in)
    assert decide(make_plan({"language": customer}), ASKED_ONCE, from_bot(said)).mind.last_right is helps


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("请先**冻结**这张卡。", "zh"),
        ("Freeze the card first.", "en"),
        ("The Jinshitong (金事通) app lists it.", "en"),
        ("登录 Chenghu App，点“保单”。", "zh"),
    ],
)
def test_the_language_of_an_answer_is_read_from_its_words(text: str, language: Lang) -> None:
    message = {"seq": 2, "sender": "bot", "kind": "answer", "text": text, "data": {"entry_id": "card-lost"}}
    assert Heard.of(message).language == language


def test_what_is_remembered_is_what_the_last_answer_was(make_plan: MakePlan) -> None:
    wrong = decide(make_plan(), ASKED_ONCE, from_bot(answer("wrong"))).mind
    assert (wrong.answered, wrong.last_right, wrong.unhelped) == (True, False, 1)


HEARD = st.sampled_from([answer("right"), answer("wrong"), choices("a", "right"), choices("a"), form("x"), text()])


@given(st.lists(HEARD, min_size=40, max_size=40), st.integers(0, 10_000), st.sets(st.sampled_from(list(Trait)[:2])))
def test_every_conversation_ends(said: list[Heard], seed: int, traits: set[Trait]) -> None:
    goal = Goal(id="g", language="zh-Hans", says=("一", "二"), entries=("right",), traits=frozenset(traits))
    plan = drawn_plan(goal, seed)
    decision = begin(plan, Mind())
    for message in said:
        if isinstance(decision.act, Leave):
            return
        if isinstance(decision.act, ComeBack):
            decision = begin(plan, decision.mind)
        else:
            decision = decide(plan, decision.mind, from_bot(message))
    pytest.fail("the customer never leaves")
