"""What every Rasa process does first: no reports to the outside, no customers' words in logs."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import MutableMapping
from typing import Any

# Rasa logs what customers typed under these names, at error level too.
_CUSTOMER_TEXT = ("text", "user_text", "message", "parse_data_text", "rasa_event", "slot_values")


def prepare() -> None:
    """Switches off telemetry and Rasa's training cache, and quietens the logs."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    import sanic  # noqa: F401  # importing it switches deprecation warnings on
    import structlog
    from rasa.utils.common import update_sanic_log_level
    from rasa.utils.log_utils import configure_structlog

    # All of them come from inside Rasa's pinned dependencies, about each other.
    warnings.simplefilter("ignore")
    configure_structlog(logging.WARNING)
    update_sanic_log_level()
    structlog.configure(processors=[drop_customer_text, *structlog.get_config()["processors"]])


def drop_customer_text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that leaves out what customers typed."""
    return {key: "(left out)" if key in _CUSTOMER_TEXT else value for key, value in event.items()}
