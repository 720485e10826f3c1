"""A plan in one line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evaluation.customers.goals import Goal, Trait
from evaluation.customers.plan import Plan
from tests.evaluation.customers.replies import MakePlan


@pytest.fixture
def make_plan() -> MakePlan:
    """A plan without greeting, thanks or votes, patient for two turns, giving up at the end; fields may be given."""

    def make(goal: dict[str, Any] | None = None, traits: tuple[Trait, ...] = (), **fields: Any) -> Plan:
        wanted = {"id": "g", "language": "en", "says": ["first", "second", "third"], "entries": ["right"]}
        plan = Plan(
            goal=Goal.model_validate({**wanted, **(goal or {}), "traits": frozenset(traits)}),
            greeting="",
            opening="",
            objection="No. ",
            thanks="",
            person=("a person please", "a human"),
            patience=2,
            ending=Trait.GIVES_UP,
            votes=False,
            refuses_choices=False,
        )
        return replace(plan, **fields)

    return make
