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

# White space, slashes of both widths, and characters that nobody sees: the bot's normalisation drops those.
_LEADING_SLASHES = re.compile(
    r"^[\s/\uFF0F\x00-\x1F\x7F-\x9F\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\U000E0000-\U000E007F]+"
)
MAX_BOT_TEXT = 1000
KINDS = ("text", "answer", "choices", "form", "notice")


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
            status = response.json()
        except (httpx.HTTPError, ValueError):
            return False
        return response.status_code == 200 and isinstance(status, dict) and bool(status.get("model_file"))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


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
