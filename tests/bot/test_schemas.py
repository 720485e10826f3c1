"""Rasa still refuses what it must not be told, and no longer checks its own schemas every time."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import rasa.server
from jsonschema import ValidationError
from jsonschema.validators import Draft202012Validator, validator_for
from rasa.core.actions.action import RemoteAction
from rasa.server import validate_events_in_request_body

from bot.schemas import check_schemas_once

SLOT = {"event": "slot", "name": "card_kind", "value": "credit", "timestamp": None}


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(rasa.server, "validate_events_in_request_body", validate_events_in_request_body)
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    check_schemas_once()
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


class TestEventsFromOutside:
    """`web` adds a restart when a person takes over."""

    @pytest.fixture
    def check(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
        monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
        monkeypatch.setattr(rasa.server, "validate_events_in_request_body", validate_events_in_request_body)
        check_schemas_once()
        return lambda body: rasa.server.validate_events_in_request_body(SimpleNamespace(json=body))

    @pytest.mark.parametrize("body", [{"event": "restart"}, [{"event": "restart"}, SLOT]])
    def test_events_are_taken(self, check: Callable[[Any], None], body: Any) -> None:
        check(body)

    @pytest.mark.parametrize("body", [{"event": "no such thing"}, [{"name": "card_kind"}], "restart", None])
    def test_anything_else_is_refused_as_rasa_refuses_it(self, check: Callable[[Any], None], body: Any) -> None:
        with pytest.raises(rasa.server.ErrorResponse) as refused:
            check(body)
        assert refused.value.status == 400

    def test_the_schema_is_not_checked_again(
        self, check: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Draft202012Validator, "check_schema", pytest.fail)
        check({"event": "restart"})
