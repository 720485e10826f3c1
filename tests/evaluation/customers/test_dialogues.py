"""Recorded dialogues are replayed as the policy says, and judged by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.customers.decisions import Say
from evaluation.customers.dialogues import Policy, Recorded, Turn, entries_for, read_policy, read_recorded
from evaluation.customers.heard import Heard, Reply
from evaluation.customers.replay import Position, measured_replay, next_message, replay
from evaluation.datasets import DatasetError
from kb.content import read_folder
from kit.settings import ROOT
from tests.evaluation.customers.replies import answer, choices, form, from_bot, text

POLICY = ROOT / "evaluation" / "datasets" / "multidogo" / "multidogo.policy.yml"
ROWS: dict[str, Any] = {
    "hello": {"said": "always", "self_serviceable": None, "why": "a greeting is no wish"},
    "details": {"said": "in_form", "self_serviceable": None, "why": "somebody else asked for them"},
    "bye": {"said": "never", "self_serviceable": None, "why": "said to somebody else"},
    "new_card": {"said": "always", "self_serviceable": True, "entries": ["card"], "why": "an entry says how"},
    "dispute": {"said": "always", "self_serviceable": False, "reason": "staff_only_action", "why": "staff decides"},
}
DIALOGUE = Recorded(
    "d",
    "finance",
    (Turn("hi", ("hello",)), Turn("a new card", ("new_card",)), Turn("4455", ("details",)), Turn("bye", ("bye",))),
)


def write(folder: Path, rows: dict[str, Any]) -> Path:
    path = folder / "policy.yml"
    path.write_text(yaml.safe_dump({"intents": rows}))
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return read_policy(write(tmp_path, ROWS), {"card"})


def test_the_shipped_policy_gives_a_reason_for_every_row_and_names_entries_that_there_are() -> None:
    shipped = read_policy(POLICY, {entry.id for entry in read_folder(ROOT / "kb" / "content")})
    assert {row.self_serviceable for row in shipped.values()} == {True, False, None}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"self_serviceable": True, "entries": []}, "entries"),
        ({"self_serviceable": False, "entries": [], "reason": None}, "reason"),
        ({"entries": ["gone"]}, "no entry 'gone'"),
        ({"why": ""}, "why"),
        ({"said": "sometimes"}, "said"),
    ],
)
def test_a_broken_policy_is_named(change: dict[str, Any], named: str, tmp_path: Path) -> None:
    rows = {**ROWS, "new_card": {**ROWS["new_card"], **change}}
    with pytest.raises(DatasetError, match=named):
        read_policy(write(tmp_path, rows), {"card"})


def test_a_dialogue_needs_a_person_when_one_of_its_wishes_does(policy: Policy) -> None:
    assert DIALOGUE.needs(policy) is None
    both = Recorded("d", "finance", (*DIALOGUE.turns, Turn("and a charge", ("dispute",))))
    assert both.needs(policy) == "staff_only_action"
    assert both.wishes(policy) == ("new_card", "dispute")


def test_what_makes_no_sense_to_this_bot_is_not_said(policy: Policy) -> None:
    said, at = [], Position()
    reply = None
    while True:
        message, at = next_message(DIALOGUE, policy, at, reply)
        if message is None:
            break
        said.append(message.text)
        reply = from_bot(answer("card"))
    assert said == ["hi", "a new card"]


def test_a_form_is_told_what_was_told_the_agent(policy: Policy) -> None:
    message, _ = next_message(DIALOGUE, policy, Position(2), from_bot(form("card_tail")))
    assert message == Say("4455")


@pytest.mark.parametrize(("offered", "pressed"), [(("x", "card"), Say("about card", "card")), (("x",), None)])
def test_the_right_choice_is_pressed_and_no_other(
    offered: tuple[str, ...], pressed: Say | None, policy: Policy
) -> None:
    wanted = entries_for(DIALOGUE.turns[1], policy)
    assert next_message(DIALOGUE, policy, Position(2, wanted), from_bot(choices(*offered)))[0] == pressed


class Knows:
    """A channel that answers each sentence as it was told to."""

    conversation_id = "c"

    def __init__(self, **answers: Heard) -> None:
        self._answers = answers

    async def __aenter__(self) -> Knows:
        return self

    async def __aexit__(self, *error: object) -> None:
        pass

    async def start(self, language: str, name: str, marker: str | None) -> None:
        pass

    async def say(self, words: str, choice: str | None = None) -> Reply:
        return from_bot(self._answers[words])


@pytest.mark.parametrize(
    ("second", "ending", "answered"), [(answer("rate"), "resolved", True), (text(), "gave_up", False)]
)
async def test_who_got_no_answer_to_the_last_wish_was_not_helped(
    second: Heard, ending: str, answered: bool, tmp_path: Path
) -> None:
    policy = read_policy(
        write(tmp_path, {**ROWS, "rates": {**ROWS["new_card"], "entries": ["rate"]}}), {"card", "rate"}
    )
    recorded = Recorded("d", "finance", (Turn("card", ("new_card",)), Turn("rate", ("rates",))))
    visit = await replay(Knows(card=answer("card"), rate=second), recorded, policy)  # type: ignore[arg-type]
    assert (visit.ending, measured_replay(visit, recorded, policy).answered) == (ending, answered)


def test_a_dialogue_without_a_wish_is_left_out_and_an_unknown_intent_is_refused(tmp_path: Path, policy: Policy) -> None:
    def row(identifier: str, *intents: str) -> str:
        turns = [{"turn": 0, "text": "words", "intents": list(intents)}]
        return json.dumps({"dialogue_id": identifier, "domain": "finance", "customer_turns": turns})

    path = tmp_path / "dialogues.jsonl"
    path.write_text("\n".join([row("kept", "new_card"), row("left", "hello")]))
    assert [dialogue.id for dialogue in read_recorded([path], policy)] == ["kept"]
    path.write_text(row("strange", "teleport"))
    with pytest.raises(DatasetError, match="teleport"):
        read_recorded([path], policy)
