"""Whether an agent is at the desk: what they chose, and the signs of life of their connections, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Presence(StrEnum):
    """What colleagues see. Only ``online`` gets new conversations; all but ``offline`` keep theirs."""

    ONLINE = "online"
    AWAY = "away"
    BREAK = "break"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Timing:
    """A connection is heard every ``heartbeat_seconds``; one silent for ``silent_seconds`` no longer counts. An agent
    without a connection for ``grace_seconds`` has dropped off, and their conversations go back to the queue."""

    heartbeat_seconds: float = 10.0
    silent_seconds: float = 30.0
    grace_seconds: float = 60.0

    @classmethod
    def for_grace(cls, seconds: float) -> Timing:
        """Six heartbeats in a grace; three that are missing end a connection."""
        return cls(heartbeat_seconds=seconds / 6, silent_seconds=seconds / 2, grace_seconds=seconds)


@dataclass(frozen=True)
class Sign:
    """What is known of one agent: their choice, the latest heartbeat of a connection that is still open, and the
    last moment at which they were there at all. Both are None for somebody who was never at the desk."""

    chosen: Presence = Presence.ONLINE
    connection_heard_at: datetime | None = None
    seen_at: datetime | None = None


def is_connected(sign: Sign, now: datetime, timing: Timing) -> bool:
    """Whether one of the agent's desks is open and heard."""
    heard = sign.connection_heard_at
    return heard is not None and now - heard <= timedelta(seconds=timing.silent_seconds)


def presence_of(sign: Sign, now: datetime, timing: Timing) -> Presence:
    """What the agent chose, as long as they are connected."""
    return sign.chosen if is_connected(sign, now, timing) else Presence.OFFLINE


def has_dropped_off(sign: Sign, now: datetime, timing: Timing) -> bool:
    """Whether the agent was at the desk and has been away from it for longer than the grace.

    Who works by REST alone has never been at the desk, and so cannot drop off.
    """
    if is_connected(sign, now, timing):
        return False
    last = max((at for at in (sign.connection_heard_at, sign.seen_at) if at is not None), default=None)
    return last is not None and now - last > timedelta(seconds=timing.grace_seconds)


def chosen_on_return(sign: Sign, now: datetime, timing: Timing) -> Presence:
    """What an agent is who opens the desk: as before after a short break of the line, else online."""
    return Presence.ONLINE if sign.seen_at is None or has_dropped_off(sign, now, timing) else sign.chosen
