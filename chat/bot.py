"""The bot as ``chat`` sees it: Rasa's REST channel behind a timeout, with every way it can fail named."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog

from kb.content import Lang
from kit.counters import Degradation, count_degraded
from kit.errors import Unavailable

log = structlog.get_logger(__name__)

# White space, slashes of both widths, and characters that nobody sees: the bot's normalisation drops those.
_LEADING_SLASHES = re.compile(
    r"^[\s/\uFF0F\x00-\x1F\x7F-\x9F\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\U000E0000-\U000E007F]+"
)
MAX_BOT_TEXT = 1000
HEALTH_SECONDS = 3
# Shorter than Rasa's server keeps a silent connection (5 s), so that none is used that is being closed.
IDLE_SECONDS = 2.0
KINDS = ("text", "answer", "choices", "form", "notice")


_UNREACHABLE = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError)
_FAILURES = (aiohttp.ClientError, TimeoutError, ValueError)


class BotUnavailable(Unavailable):
    """Rasa did not give a usable answer."""

    code = "bot_unavailable"

    def __init__(self, path: Degradation, message: str) -> None:
        super().__init__(message)
        self.path = path
        count_degraded(path)


def safe_text(text: str) -> str:
    """What may reach Rasa: leading slashes would be read as commands (``/restart``, ``/SetSlots``), so they go.

    A text of nothing else becomes a full stop, which the bot answers like any text it does not understand.
    """
    return _LEADING_SLASHES.sub("", text)[:MAX_BOT_TEXT].strip() or "."


class RasaBot:
    """Speaks to one Rasa server (or to a load balancer in front of many)."""

    def __init__(self, url: str, token: str, *, timeout_seconds: float) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, conversation_id: str, text: str, language: Lang) -> list[dict[str, Any]]:
        """Say something; returns the bot's messages, each ``{"kind", "text", "data"}``, possibly none.

        Raises:
            BotUnavailable: unreachable, too slow, or an answer that is none.
        """
        body = {"sender": conversation_id, "message": safe_text(text), "metadata": {"language": language}}
        try:
            replies = await self._call("POST", "/webhooks/rest/webhook", body)
        except _UNREACHABLE as error:
            raise BotUnavailable("bot_unreachable", f"Rasa does not answer: {error!r}") from error
        except aiohttp.ClientResponseError as error:  # which names the address, and that has the token in it
            raise BotUnavailable("bot_error", f"Rasa answered with status {error.status}.") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise BotUnavailable("bot_error", f"Rasa answered with no JSON: {type(error).__name__}") from error
        if not isinstance(replies, list):
            raise BotUnavailable("bot_error", "Rasa's answer is not a list of messages.")
        try:
            messages = [_message(reply) for reply in replies]
        except (AttributeError, TypeError, ValueError) as error:
            raise BotUnavailable("bot_error", f"Rasa's answer has a message of an unknown shape: {error}") from error
        if any(message["data"].get("degraded") for message in messages):
            raise BotUnavailable("bot_error", "The bot's actions could not reach the services.")
        return [message for message in messages if message["text"] or message["data"]]

    async def understand(self, text: str) -> dict[str, Any]:
        """Rasa's NLU alone: ``{"intent": {"name", "confidence"}, …}``."""
        try:
            parsed: dict[str, Any] = await self._call("POST", "/model/parse", {"text": safe_text(text)})
        except _FAILURES as error:
            raise BotUnavailable("bot_unreachable", f"Rasa does not answer: {type(error).__name__}") from error
        return parsed

    async def forget(self, conversation_id: str) -> None:
        """Leave any form the conversation is in; a bot that is down has nothing to forget."""
        try:
            await self._call("POST", f"/conversations/{conversation_id}/tracker/events", {"event": "restart"})
        except _FAILURES as error:
            log.info("bot_not_reset", reason=type(error).__name__)

    async def healthy(self) -> bool:
        """Whether Rasa answers and has a model."""
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                status = await self._call("GET", "/status")
        except _FAILURES:
            return False
        return isinstance(status, dict) and bool(status.get("model_file"))

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What Rasa answers, read as JSON whatever it calls it."""
        if self._session is None:  # begun in the loop that serves
            connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS, limit=0)
            self._session = aiohttp.ClientSession(timeout=self._timeout, connector=connector)
        asked = self._session.request(method, self._url + path, json=body, params={"token": self._token})
        async with asked as response:
            response.raise_for_status()
            return await response.json(content_type=None)


def _message(reply: dict[str, Any]) -> dict[str, Any]:
    custom = reply.get("custom")
    if isinstance(custom, dict):
        data, kind = custom.get("data"), str(custom.get("kind") or "text")
        if kind not in KINDS:
            raise ValueError(f"kind {kind!r}")
        return {
            "kind": kind,
            "text": str(custom.get("text") or ""),
            "data": data if isinstance(data, dict) else {},
        }
    buttons = [
        {"label": str(button.get("title", "")), "text": str(button.get("payload", ""))}
        for button in reply.get("buttons") or ()
    ]
    return {"kind": "text", "text": str(reply.get("text") or ""), "data": {"buttons": buttons} if buttons else {}}
