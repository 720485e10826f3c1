"""What one turn says: the customer's text, its intent and its language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from bot.actions.texts import LANGUAGES

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True)
class Turn:
    """One customer message as the actions see it.

    Attributes:
        conversation_id: The services' id of the conversation.
        text: What the customer wrote.
        intent: `{"name", "confidence"}`.
        language: `zh` or `en`: what to answer in.
    """

    conversation_id: str
    text: str
    intent: dict[str, Any]
    language: str

    @property
    def intent_name(self) -> str:
        """The intent's name, empty when there is none."""
        return self.intent["name"] or ""


def read_turn(tracker: Tracker) -> Turn:
    """The latest turn of a conversation."""
    message = tracker.latest_message or {}
    text = message.get("text") or ""
    intent = message.get("intent") or {}
    return Turn(
        conversation_id=tracker.sender_id,
        text=text,
        intent={"name": intent.get("name"), "confidence": float(intent.get("confidence") or 0)},
        language=_language(message.get("metadata") or {}, text),
    )


def _language(metadata: Mapping[str, Any], text: str) -> str:
    """The caller's word for the language; without one, Chinese if there is a Chinese character."""
    language = metadata.get("language")
    if language in LANGUAGES:
        return str(language)
    return "zh" if _HAN.search(text) else "en"
