"""The bot as ``chat`` sees it: Rasa's REST channel behind a timeout, with every way it can fail named."""

from __future__ import annotations

import re
from typing import Any, Literal

import httpx
import structlog

from kb.content import Lang
from kit.counters import Degradation, count_degraded
from kit.errors import Unavailable

log = structlog.get_logger(__name__)

_LEADING_SLASHES = re.compile(r"^[\s/\uFF0F\u200B\uFEFF]+")
MAX_BOT_TEXT = 1000


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
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout_seconds, params={"token": token})

    async def send(self, conversation_id: str, text: str, language: Lang) -> list[dict[str, Any]]:
        """Say something; returns the bot's messages, each ``{"kind", "text", "data"}``, possibly none.

        Raises:
            BotUnavailable: unreachable, too slow, or an answer that is none.
        """
        body = {"sender": conversation_id, "message": safe_text(text), "metadata": {"language": language}}
        try:
            response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            replies = response.json()
        except httpx.TransportError as error:
            raise BotUnavailable("bot_unreachable", f"Rasa does not answer: {error!r}") from error
        except (httpx.HTTPStatusError, ValueError) as error:
            raise BotUnavailable("bot_error", f"Rasa answered with an error: {error}") from error
        if not isinstance(replies, list):
            raise BotUnavailable("bot_error", "Rasa's answer is not a list of messages.")
        messages = [_message(reply) for reply in replies if isinstance(reply, dict)]
        if any(message["data"].get("degraded") for message in messages):
            raise BotUnavailable("bot_error", "The bot's actions could not reach the services.")
        return [message for message in messages if message["text"] or message["data"]]

    async def understand(self, text: str) -> dict[str, Any]:
        """Rasa's NLU alone: ``{"intent": {"name", "confidence"}, …}``."""
        try:
            response = await self._client.post("/model/parse", json={"text": safe_text(text)})
            response.raise_for_status()
            parsed: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise BotUnavailable("bot_unreachable", f"Rasa does not answer: {error!r}") from error
        return parsed

    async def forget(self, conversation_id: str) -> None:
        """Leave any form the conversation is in; a bot that is down has nothing to forget."""
        event: dict[Literal["event"], str] = {"event": "restart"}
        try:
            await self._client.post(f"/conversations/{conversation_id}/tracker/events", json=event)
        except httpx.HTTPError as error:
            log.info("bot_not_reset", reason=repr(error))

    async def healthy(self) -> bool:
        """Whether Rasa answers and has a model."""
        try:
            response = await self._client.get("/status", timeout=3)
        except httpx.HTTPError:
            return False
        return response.status_code == 200 and bool(response.json().get("model_file"))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def _message(reply: dict[str, Any]) -> dict[str, Any]:
    custom = reply.get("custom")
    if isinstance(custom, dict):
        data = custom.get("data")
        return {
            "kind": str(custom.get("kind") or "text"),
            "text": str(custom.get("text") or ""),
            "data": data if isinstance(data, dict) else {},
        }
    buttons = [
        {"label": str(button.get("title", "")), "text": str(button.get("payload", ""))}
        for button in reply.get("buttons") or ()
    ]
    return {"kind": "text", "text": str(reply.get("text") or ""), "data": {"buttons": buttons} if buttons else {}}
