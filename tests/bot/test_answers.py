"""Rasa still refuses what the action server must not answer, and no longer checks its own schema every time."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from jsonschema.validators import Draft202012Validator, validator_for
from rasa.core.actions.action import RemoteAction

from bot.answers import check_schema_once

SLOT = {"event": "slot", "name": "card_kind", "value": "credit", "timestamp": None}


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    check_schema_once()
    return RemoteAction("action_answer", None)


@pytest.mark.parametrize("events", [[], [SLOT], [{"event": "action", "name": "action_listen"}]])
def test_what_actions_answer_is_taken(action: RemoteAction, events: list[dict[str, Any]]) -> None:
    assert action._validate_action_result({"events": events, "responses": [{"text": "hello"}]})


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [], "responses": "hello"},
        {"events": [], "responses": ["hello"]},
        {"events": [{"name": "card_kind"}], "responses": []},
        {"events": [{"event": "no such thing"}], "responses": []},
        ["events"],
    ],
)
def test_anything_else_is_refused(action: RemoteAction, answer: Any) -> None:
    with pytest.raises(ValidationError):
        action._validate_action_result(answer)


def test_the_schema_is_not_checked_again(action: RemoteAction, monkeypatch: pytest.MonkeyPatch) -> None:
    assert validator_for(RemoteAction.action_response_format_spec()) is Draft202012Validator
    monkeypatch.setattr(Draft202012Validator, "check_schema", pytest.fail)
    assert action._validate_action_result({"events": [SLOT], "responses": []})
