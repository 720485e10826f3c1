"""Which turns count as not answered well."""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import Message
from chat.records.poor_turns import question_before, why_poor

FOUND = [{"entry_id": "card-lost", "confidence": 0.1}]


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        ({"outcome": "handoff", "candidates": FOUND}, "handoff"),
        ({"outcome": "handoff", "candidates": []}, "handoff"),
        ({"outcome": "decline", "candidates": FOUND}, "decline"),
        ({"outcome": "handoff", "choice": "none"}, "none_of_these"),
        ({"outcome": "handoff", "intent": "ask_human"}, None),  # wants a person, whatever is written
        ({"outcome": "to_person", "candidates": FOUND}, None),
        ({"outcome": "answer", "candidates": FOUND}, None),
        ({"outcome": "answer", "choice": "card-lost"}, None),
        ({"outcome": "clarify", "candidates": FOUND}, None),
        ({"emotion": "neutral"}, None),
        (None, None),
    ],
)
def test_why_a_turn_counts(turn: dict[str, Any] | None, why: str | None) -> None:
    assert why_poor(turn) == why


def test_the_question_is_not_a_press_on_a_choice() -> None:
    pressed, asked = Message(seq=3, data={"choice": "none"}), Message(seq=1, data={})
    assert question_before([pressed, asked]) is asked
    assert question_before([pressed]) is None
