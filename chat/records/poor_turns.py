"""Which turns left a customer without a good answer, and which of their messages asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chat.models import Message
from kb.interfaces import Why


def why_poor(turn: dict[str, Any] | None) -> Why | None:
    """Why a turn counts as not answered well; None for one that does not.

    A handoff counts where the knowledge base was searched for it: who asks for a person, or complains, has not asked a
    question that an editor could answer.
    """
    found = turn or {}
    outcome = found.get("outcome")
    if outcome == "decline":
        return "decline"
    if outcome == "handoff" and found.get("choice") == "none":
        return "none_of_these"
    return "handoff" if outcome == "handoff" and "candidates" in found else None


def question_before(newest_first: Iterable[Message]) -> Message | None:
    """The question itself among a customer's messages: pressing a choice asks nothing."""
    return next((message for message in newest_first if not message.data.get("choice")), None)
