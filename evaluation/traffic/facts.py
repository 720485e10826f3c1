"""A stored conversation as the metrics see it: pure rules over plain values, with the clock passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evaluation.metrics.conversations import MeasuredConversation, Rating
from handoff.records import Change, handlings, services

RETURN_AFTER = timedelta(hours=1)
"""Who writes again in a conversation after so long has come back; before that it was still going on."""
SAME_TOPIC_WITHIN, CALLBACK_WITHIN = timedelta(hours=72), timedelta(hours=24)
NEGATIVE_UP_TO = 2
"""A rating of the bot that low, of 1 to 5, is a negative one."""


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
class StoredConversation:
    """A conversation, its messages and changes of owner in their order.

    Args:
        id: its id.
        language: of the page it was begun on.
        started_at: when.
        messages: all of them.
        changes: of its owner.
        scenario: whose matter the desk took it for; empty where it never came to that.
        ratings: what the customer gave.
        elsewhere: what the same customer wrote in other conversations, in order.
    """

    id: str
    language: str
    started_at: datetime
    messages: tuple[StoredMessage, ...]
    changes: tuple[Change, ...]
    scenario: str = ""
    ratings: tuple[Rating, ...] = ()
    elsewhere: tuple[StoredMessage, ...] = ()


def measured(
    stored: StoredConversation, now: datetime, scenarios: Mapping[str, str] | None = None
) -> MeasuredConversation:
    """What can be known without a judge; ``needs_human`` and ``last_answer_right`` are left open.

    Greetings and thanks have no outcome of a turn; a form has none either, and ends in a change of owner. Waits and
    handle times are those of ``handoff.records``: the first handoff that was served, and all the time that people had
    the conversation. A customer comes back with a new conversation, or in the same one after ``RETURN_AFTER``; who
    comes with another browser is not recognised.

    Args:
        stored: the conversation.
        now: the time of the measurement.
        scenarios: of each entry.
    """
    asked = [message for message in stored.messages if message.sender == "customer"]
    waits = [one.wait_seconds for one in services(stored.changes, ()) if one.wait_seconds is not None]
    handled = [one.handle_seconds for one in handlings(stored.changes)]
    joined = bool(handled)
    votes = [message.helpful for message in stored.messages if message.helpful is not None]
    poor = any(one.of == "bot" and (one.satisfaction or 5) <= NEGATIVE_UP_TO for one in stored.ratings)
    language = next((str(m.turn["language"]) for m in asked if m.turn.get("language")), stored.language)
    topics, known = [topic for message in asked if (topic := _topic(message))], scenarios or {}
    return MeasuredConversation(
        id=stored.id,
        engaged=bool(asked) and (bool(stored.changes) or any("outcome" in message.turn for message in asked)),
        answered=any(message.turn.get("outcome") == "answer" for message in asked),
        human_joined=joined,
        asked_for_human=any(change.reason == "asked_for_human" for change in stored.changes),
        handed_off=joined or any(change.to_owner == "waiting" for change in stored.changes),
        negative_rating=False in votes or poor,
        confirmed_resolved=bool(votes) and votes[-1] is True,
        returned_same_topic_within_72h=_returned(stored, SAME_TOPIC_WITHIN, now, same_topic=True),
        returned_within_24h=_returned(stored, CALLBACK_WITHIN, now, same_topic=False),
        first_response_seconds=_first_response(stored.messages),
        wait_seconds=next(iter(waits), None),
        handle_seconds=None if not joined or None in handled else sum(seconds or 0.0 for seconds in handled),
        ratings=stored.ratings,
        language=language,
        scenario=next((known[topic] for topic in topics if topic in known), stored.scenario),
        slice=_slice(stored, asked, language),
    )


def _topic(message: StoredMessage) -> str | None:
    candidates = message.turn.get("candidates") or []
    return str(candidates[0]["entry_id"]) if candidates else None


def _slice(stored: StoredConversation, asked: Sequence[StoredMessage], language: str) -> str:
    """The slice as far as the bot noticed it: an emotion, a matter without an entry, a dialect, or none of them."""
    if any(message.turn.get("emotion", "neutral") != "neutral" for message in asked):
        return "emotion"
    declined = any(message.turn.get("outcome") == "decline" for message in asked)
    if declined or any(change.reason == "no_entry" for change in stored.changes):
        return "out_of_scope"
    return "dialect" if language == "yue" else "plain"


def _returned(stored: StoredConversation, within: timedelta, now: datetime, *, same_topic: bool) -> bool | None:
    """Whether the customer came back in time; None while there is still time, also for who has come back already.

    Otherwise the youngest conversations would count only where they went wrong.
    """
    here = [(message.at, message, False) for message in stored.messages if message.sender == "customer"]
    there = [(message.at, message, True) for message in stored.elsewhere]
    last: datetime | None = None
    back = False
    topics: set[str] = set()
    for at, message, elsewhere in sorted([*here, *there], key=lambda each: each[0]):
        topic = _topic(message)
        is_return = last is not None and (elsewhere or at - last >= RETURN_AFTER) and at - last <= within
        if is_return and (not same_topic or topic in topics):
            back = True
            break
        if not elsewhere:
            last = at
            topics |= {topic} if topic else set()
    return None if last is not None and now - last < within else back


def _first_response(messages: Sequence[StoredMessage]) -> float | None:
    first = next((message.at for message in messages if message.sender == "customer"), None)
    if first is None:
        return None
    reply = next((m.at for m in messages if m.sender in ("bot", "agent") and m.at >= first), None)
    return (reply - first).total_seconds() if reply else None
