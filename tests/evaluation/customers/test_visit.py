"""What a visit is worth beside its gold outcome."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.customers.goals import Goal
from evaluation.customers.visit import Visit, failure, measured

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


def test_a_visit_survives_as_plain_values() -> None:
    visit = Visit("asks", ending="resolved", steps=[{"say": "a", "heard": []}])
    assert Visit.from_row(visit.as_row()) == visit
