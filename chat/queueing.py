"""Where a conversation goes that needs a person: its team, its class, its place in the queue, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chat.models import Conversation, Message
from chat.texts import text as say
from handoff.hours import is_open, next_opening
from handoff.policy import Handoff, Reason
from handoff.presence import Timing
from handoff.priority import HEAD_STARTS, CustomerClass, Priority, parse_head_starts, priority_of, queue_since
from handoff.roster import RosterRules
from handoff.spoken import spoken_moment
from handoff.teams import TeamDefinition
from kb.content import Lang
from kit.settings import Settings

LEAST_CONFIDENCE_OF_TOPIC = 0.2
_OWN_LINE = {
    Reason.DISTRESS: "distress",
    Reason.VULNERABLE_CUSTOMER: "distress",
    Reason.COMPLAINT: "complaint",
    Reason.NEGATIVE_EMOTION: "negative_emotion",
    Reason.NO_ENTRY: "no_entry",
    Reason.LOW_CONFIDENCE: "no_entry",
    Reason.REPEATED_FAILURE: "repeated_failure",
    Reason.STAFF_ONLY_ACTION: "staff_only_action",
    Reason.BOT_UNAVAILABLE: "bot_unavailable",
}


def _nowhere(_: str) -> str | None:
    return None


@dataclass(frozen=True)
class QueueRules:
    """The numbers people argue about, and how an entry's scenario is found."""

    roster: RosterRules = field(default_factory=RosterRules)
    head_starts: Mapping[Priority, timedelta] = field(default_factory=lambda: HEAD_STARTS)
    scenario_of: Callable[[str], str | None] = _nowhere

    @classmethod
    def from_settings(cls, settings: Settings, scenario_of: Callable[[str], str | None]) -> QueueRules:
        """As they are configured."""
        timing = Timing.for_grace(settings.agent_grace_seconds)
        roster = RosterRules(capacity=settings.agent_capacity, timing=timing)
        return cls(roster, parse_head_starts(settings.queue_head_starts), scenario_of)


def place_in_queue(
    conversation: Conversation,
    decided: Handoff,
    scenario: str | None,
    team: TeamDefinition,
    now: datetime,
    rules: QueueRules,
) -> dict[str, Any]:
    """The columns of a conversation that enters the queue."""
    priority = priority_of(decided.reason, CustomerClass(conversation.customer_class), decided.priority)
    return {
        "waiting_since": now,
        "priority": int(priority),
        "queue_since": queue_since(now, priority, rules.head_starts),
        "team": team.id,
        "scenario": scenario,
    }


def moved_up(
    conversation: Conversation,
    decided: Handoff,
    scenario: str | None,
    team: TeamDefinition,
    now: datetime,
    rules: QueueRules,
) -> dict[str, Any]:
    """The columns of a conversation that has become urgent while it waits; it never falls back."""
    place = place_in_queue(conversation, decided, scenario, team, conversation.waiting_since or now, rules)
    return {
        **place,
        "priority": max(place["priority"], conversation.priority),
        "queue_since": min(place["queue_since"], conversation.queue_since or now),
    }


def topic_of(messages: list[Message], scenario_of: Callable[[str], str | None]) -> str | None:
    """The scenario that the customer's latest messages are about, as far as the search was sure enough of one.

    Args:
        messages: the customer's, oldest first, with what the bot made of them.
        scenario_of: the scenario of an entry's id.
    """
    for message in reversed(messages):
        turn = message.turn or {}
        if turn.get("choice") not in (None, "none"):
            return scenario_of(str(turn["choice"]))
        candidates = turn.get("candidates") or []
        if candidates and candidates[0]["confidence"] >= LEAST_CONFIDENCE_OF_TOPIC:
            return scenario_of(candidates[0]["entry_id"])
    return None


def waiting_line(language: Lang, decided: Handoff, ahead: int, team: TeamDefinition, now: datetime) -> str:
    """What a customer is told who begins to wait.

    Args:
        language: theirs.
        decided: why they wait.
        ahead: how many are in front of them.
        team: for whom they wait.
        now: the moment.
    """
    key = _OWN_LINE.get(decided.reason, "waiting")
    if not is_open(team.schedule, now):
        opening = next_opening(team.schedule, now)
        spoken = "" if opening is None else spoken_moment(opening, now, team.time_zone, language)
        if decided.say_away:
            return f"{decided.say_away[language]}{say(language, 'opens', opening=spoken) if spoken else ''}"
        key = ("distress_away" if key == "distress" else "away") if opening else "away_long"
        return say(language, key, opening=spoken)
    if decided.say:
        return decided.say[language]
    return say(language, "waiting_next" if key == "waiting" and not ahead else key, ahead=ahead)
