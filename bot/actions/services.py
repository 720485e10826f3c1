"""The bot's only way to the services: HTTP with a token and a time limit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import aiohttp

from bot.connections import Connections
from bot.settings import Settings

logger = logging.getLogger(__name__)

BotMessage = dict[str, Any]


class ServicesUnavailable(Exception):
    """The services could not be reached, were too slow, or answered something else than agreed."""


@dataclass(frozen=True)
class Answer:
    """What the services made of a turn: `answer`, `clarify`, `decline` or `handoff`."""

    outcome: str
    messages: list[BotMessage]


@dataclass(frozen=True)
class Handoff:
    """Whether a person was asked for, and what the customer is told."""

    accepted: bool
    messages: list[BotMessage]


class Services:
    """Client of the two internal calls."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.web_url
        headers = {"X-Internal-Token": settings.internal_token}
        self._connections = Connections(headers, timeout_seconds=settings.web_timeout_seconds)

    async def answer(
        self, conversation_id: str, text: str, intent: Mapping[str, Any], slots: Mapping[str, Any]
    ) -> Answer:
        """Asks the knowledge base; `slots` is what a form has collected, for the person if one takes over.

        Raises:
            ServicesUnavailable: If there is no usable answer.
        """
        body = {"conversation_id": conversation_id, "text": text, "intent": dict(intent), "slots": dict(slots)}
        reply = await self._post("/internal/answer", body)
        outcome = str(reply.get("outcome"))
        return Answer(outcome, _messages(reply, may_be_none=outcome == "handoff"))

    async def hand_off(self, conversation_id: str, reason: str, slots: Mapping[str, Any]) -> Handoff:
        """Hands the conversation to a person.

        Raises:
            ServicesUnavailable: If there is no usable answer.
        """
        body = {"conversation_id": conversation_id, "reason": reason, "slots": dict(slots)}
        reply = await self._post("/internal/handoffs", body)
        accepted = bool(reply.get("accepted"))
        return Handoff(accepted, _messages(reply, may_be_none=accepted))

    async def close(self) -> None:
        """Give the connections back."""
        await self._connections.close()

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            async with self._connections.session().post(self._url + path, json=body) as response:
                response.raise_for_status()
                reply = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            logger.error("POST %s failed: %s", path, type(error).__name__)
            raise ServicesUnavailable(path) from error
        if not isinstance(reply, dict):
            raise ServicesUnavailable(path)
        return reply


def _messages(reply: Mapping[str, Any], *, may_be_none: bool) -> list[BotMessage]:
    """The messages of a reply. Only a handoff may be without: there the services tell the customer themselves."""
    messages = reply.get("messages")
    if not isinstance(messages, list) or not (messages or may_be_none):
        raise ServicesUnavailable("no messages")
    return messages


@lru_cache(maxsize=1)
def default_services() -> Services:
    """The client by the environment's settings, shared by all actions."""
    return Services(Settings.from_environment())
