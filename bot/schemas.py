"""What reaches Rasa is checked against Rasa's schemas, and the schemas themselves only once.

Rasa 3.6 has jsonschema check the schema again at every action, and at every event that `web` adds to a conversation:
that was two thirds of its time for a turn.
"""

from __future__ import annotations

from typing import Any


def check_schemas_once() -> None:
    """Makes Rasa keep its validators: of the action server's answers, and of events that are added from outside."""
    import rasa.server
    from rasa.core.actions.action import RemoteAction

    answers = _kept_validator(RemoteAction.action_response_format_spec())
    events = _kept_validator(rasa.server.EVENTS_SCHEMA)
    check_events = rasa.server.validate_events_in_request_body

    def validate_answer(_action: RemoteAction, result: dict[str, Any]) -> bool:
        error = _wrong(answers, result)
        if error is not None:
            raise error
        return True

    def validate_events(request: Any) -> None:
        given = request.json if isinstance(request.json, list) else [request.json]
        if _wrong(events, given) is not None:
            check_events(request)  # says what is wrong as Rasa says it

    RemoteAction._validate_action_result = validate_answer
    rasa.server.validate_events_in_request_body = validate_events


def _kept_validator(schema: dict[str, Any]) -> Any:
    from jsonschema.validators import validator_for

    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _wrong(validator: Any, value: Any) -> Exception | None:
    from jsonschema.exceptions import best_match

    found: Exception | None = best_match(validator.iter_errors(value))
    return found
