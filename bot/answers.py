"""What the action server answers is checked against Rasa's schema, and the schema itself only once.

Rasa 3.6 has jsonschema check the schema again at every action: that was two thirds of its time for a turn.
"""

from __future__ import annotations

from typing import Any


def check_schema_once() -> None:
    """Makes Rasa keep the validator of the action server's answers."""
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        error = best_match(validator.iter_errors(result))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = validate
