"""What the bot's processes read from the environment, once, at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


class SettingsError(Exception):
    """A setting is missing or cannot be read. The message says what to do."""


@dataclass(frozen=True)
class Settings:
    """Settings of the Rasa server and of the action server.

    Attributes:
        web_url: Where the services are (`BILIN_WEB_URL`).
        internal_token: Sent to the services as `X-Internal-Token` (`BILIN_INTERNAL_TOKEN`).
        web_timeout_seconds: How long an action waits for the services
            (`BILIN_WEB_TIMEOUT_SECONDS`).
        bot_port: Port of the Rasa server on 127.0.0.1 (`BILIN_BOT_PORT`).
        bot_token: What callers of the Rasa server must send as `?token=` (`BILIN_BOT_TOKEN`).
        actions_port: Port of the action server on 127.0.0.1 (`BILIN_ACTIONS_PORT`).
        actions_url: Where Rasa finds the action server (`BILIN_ACTIONS_URL`).
        redis_url: Redis for conversations and locks; empty keeps both in memory
            (`BILIN_REDIS_URL`).
    """

    web_url: str
    internal_token: str
    web_timeout_seconds: float
    bot_port: int
    bot_token: str
    actions_port: int
    actions_url: str
    redis_url: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Reads the settings.

        Raises:
            SettingsError: If a number is not one.
        """
        values = os.environ if environment is None else environment
        actions_port = int(_number(values, "BILIN_ACTIONS_PORT", 5055))
        return cls(
            web_url=(values.get("BILIN_WEB_URL") or "http://127.0.0.1:8000").rstrip("/"),
            internal_token=values.get("BILIN_INTERNAL_TOKEN", ""),
            web_timeout_seconds=_number(values, "BILIN_WEB_TIMEOUT_SECONDS", 6),
            bot_port=int(_number(values, "BILIN_BOT_PORT", 5005)),
            bot_token=values.get("BILIN_BOT_TOKEN", ""),
            actions_port=actions_port,
            actions_url=values.get("BILIN_ACTIONS_URL") or f"http://127.0.0.1:{actions_port}/webhook",
            redis_url=values.get("BILIN_REDIS_URL", ""),
        )


def _number(values: Mapping[str, str], name: str, default: float) -> float:
    raw = values.get(name) or str(default)
    try:
        number = float(raw)
    except ValueError:
        number = 0
    if number <= 0:
        raise SettingsError(f"{name} must be a positive number, not {raw!r}.")
    return number
