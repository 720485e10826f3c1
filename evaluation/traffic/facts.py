"""A stored conversation as the metrics see it: pure rules over plain values, with the clock passed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from evaluation.metrics.conversations import MeasuredConversation

RETURN_AFTER = timedelta(hours=1)
"""A customer who writes again after so long has come back; before that the conversation was still going on."""
SAME_TOPIC_WITHIN, CALLBACK_WITHIN = timedelta(hours=72), timedelta(hours=24)


@dataclass(frozen=True)
class StoredMessage:
    """One message, already masked.

    Args:
        sender: customer, bot, agent or system.
        text: what was said.
        at: when.
        turn: what the bot made of a customer's message; empty for others.
        helpful: what the customer said of it.
    """

    sender: str
    text: str
    at: datetime
    turn: dict[str, Any]
    helpful: bool | None


@dataclass(frozen=True)
class OwnerChanged:
    """One change of owner."""

    to_owner: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class StoredConversation:
    """A conversation, its messages and changes of owner in their order."""

    id: str
    language: str
    started_at: datetime
    messages: tuple[StoredMessage, ...]
    changes: tuple[OwnerChanged, ...]


def measured(stored: StoredConversation, now: datetime) -> MeasuredConversation:
    """What can be known without a judge; ``needs_human`` and ``last_answer_right`` are left open.

    Greetings and thanks have no outcome of a turn; a form has none either, and ends in a change of owner. Customers are
    known by their conversation only, so who comes back with a new conversation is not seen.
    """
    asked = [message for message in stored.messages if message.sender == "customer"]
    waiting = next((change.at for change in stored.changes if change.to_owner == "waiting"), None)
    joined = next((change.at for change in stored.changes if change.to_owner == "agent"), None)
    left = next((c.at for c in stored.changes if joined and c.at > joined and c.to_owner in ("bot", "closed")), None)
    ratings = [message.helpful for message in stored.messages if message.helpful is not None]
    return MeasuredConversation(
        id=stored.id,
        engaged=bool(asked) and (bool(stored.changes) or any("outcome" in message.turn for message in asked)),
        answered=any(message.turn.get("outcome") == "answer" for message in asked),
        human_joined=joined is not None,
        asked_for_human=any(change.reason == "asked_for_human" for change in stored.changes),
        handed_off=waiting is not None or joined is not None,
        negative_rating=False in ratings,
        confirmed_resolved=bool(ratings) and ratings[-1] is True,
        returned_same_topic_within_72h=_returned(asked, SAME_TOPIC_WITHIN, now, same_topic=True),
        returned_within_24h=_returned(asked, CALLBACK_WITHIN, now, same_topic=False),
        first_response_seconds=_first_response(stored.messages),
        wait_seconds=(joined - waiting).total_seconds() if joined and waiting else None,
        handle_seconds=(left - joined).total_seconds() if left and joined else None,
        language=next((str(m.turn["language"]) for m in asked if m.turn.get("language")), stored.language),
    )


def _topic(message: StoredMessage) -> str | None:
    candidates = message.turn.get("candidates") or []
    return str(candidates[0]["entry_id"]) if candidates else None


def _returned(asked: Sequence[StoredMessage], within: timedelta, now: datetime, *, same_topic: bool) -> bool | None:
    """Whether the customer came back in time; None while there is still time."""
    for earlier, later in pairwise(asked):
        gap = later.at - earlier.at
        if RETURN_AFTER <= gap <= within and (not same_topic or _topic(earlier) == _topic(later) is not None):
            return True
    return None if asked and now - asked[-1].at < within else False


def _first_response(messages: Sequence[StoredMessage]) -> float | None:
    first = next((message.at for message in messages if message.sender == "customer"), None)
    if first is None:
        return None
    reply = next((m.at for m in messages if m.sender in ("bot", "agent") and m.at >= first), None)
    return (reply - first).total_seconds() if reply else None
