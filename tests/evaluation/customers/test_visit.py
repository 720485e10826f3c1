"""What a visit is worth beside its gold outcome."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.commands.visiting import scores_of
from evaluation.customers.goals import Goal
from evaluation.customers.heard import Reply
from evaluation.customers.visit import Visit, failure, measured, time_first_reply
from tests.evaluation.customers.replies import from_bot, notice, text

ASKS = Goal(id="asks", language="en", says=("a",), entries=("e",), scenario="cards")
NEEDS = Goal.model_validate(
    {"id": "needs", "language": "yue", "says": ["a"], "needs": "complaint", "scenario": "cards"}
)


@pytest.mark.parametrize(
    ("goal", "visit", "kind"),
    [
        (ASKS, {"ending": "resolved", "answered": True, "last_right": True}, None),
        (ASKS, {"ending": "believed", "answered": True, "last_right": False}, "left_with_wrong_answer"),
        (ASKS, {"ending": "gave_up"}, "gave_up"),
        (ASKS, {"ending": "handed_off"}, "handed_off_needlessly"),
        (ASKS, {"ending": "handed_off", "asked_for_person": True}, "handed_off_when_asked"),
        (ASKS, {"ending": "trapped_in_form"}, "trapped_in_form"),
        (NEEDS, {"ending": "handed_off", "answered": True, "last_right": False}, None),
        (NEEDS, {"ending": "gave_up", "answered": True, "last_right": False}, "kept_with_wrong_answer"),
        (NEEDS, {"ending": "gave_up"}, "kept_without_answer"),
        (NEEDS, {"ending": "no_reply"}, "no_reply"),
        (NEEDS, {"ending": "broken"}, "broken"),
    ],
)
def test_what_went_wrong(goal: Goal, visit: dict[str, Any], kind: str | None) -> None:
    assert failure(Visit(goal.id, **visit), goal) == kind


def test_what_the_formulas_see() -> None:
    helped = measured(Visit("asks", ending="resolved", answered=True, last_right=True, positive=True), ASKS)
    assert (helped.contained, helped.needs_human, helped.last_answer_right) == (True, False, True)
    assert helped.confirmed_resolved
    reached = measured(Visit("needs", ending="handed_off"), NEEDS)
    assert (reached.contained, reached.human_joined, reached.needs_human) == (False, True, True)
    assert (reached.language, reached.scenario, reached.slice) == ("yue", "cards", "complaint")
    asked_in_vain = measured(Visit("needs", ending="gave_up", asked_for_person=True), NEEDS)
    assert not asked_in_vain.contained


def test_a_conversation_that_broke_is_counted_as_broken_and_in_nothing_else() -> None:
    visits = [(Visit("asks", ending="resolved", answered=True, last_right=True), ASKS), (Visit("needs"), NEEDS)]
    scores = scores_of([measured(*each) for each in visits])
    assert (scores["broken_rate"].value, scores["broken_rate"].n) == (0.5, 2)
    assert (scores["diversion_share"].value, scores["diversion_share"].n) == (1.0, 1)


def test_diversion_never_stands_without_its_guards_and_nobody_was_asked_for_a_rating() -> None:
    scores = scores_of([measured(Visit("asks", ending="resolved", answered=True, last_right=True), ASKS)])
    assert (scores["handoff_recall"].value, scores["handoff_recall"].n) == (None, 0)
    assert list(scores)[:3] == ["self_service_diversion", "diversion_share", "wrong_containment"]
    assert not [name for name in scores if name.startswith(("csat", "nps"))]


def test_a_notice_of_the_system_is_no_reply() -> None:
    visit = Visit("asks")
    for said, timed in ((Reply((notice("waiting"),), "waiting"), False), (from_bot(notice("waiting"), text()), True)):
        time_first_reply(visit, said, 0.0)
        assert (visit.first_reply_seconds is not None) is timed


def test_a_visit_survives_as_plain_values() -> None:
    visit = Visit("asks", ending="resolved", steps=[{"say": "a", "heard": []}])
    assert Visit.from_row(visit.as_row()) == visit
