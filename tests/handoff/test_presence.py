"""Whether an agent is at the desk, from choices and signs of life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handoff.presence import Presence, Sign, Timing, chosen_on_return, has_dropped_off, presence_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TIMING = Timing(heartbeat_seconds=10, silent_seconds=30, grace_seconds=60)


def ago(seconds: float | None) -> datetime | None:
    return None if seconds is None else NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("chosen", "heard", "seen", "presence", "dropped"),
    [
        (Presence.ONLINE, 5, 100, Presence.ONLINE, False),
        (Presence.BREAK, 5, 100, Presence.BREAK, False),
        (Presence.AWAY, 30, 100, Presence.AWAY, False),
        (Presence.ONLINE, 31, 100, Presence.OFFLINE, False),  # silent, in the grace
        (Presence.ONLINE, 60, 100, Presence.OFFLINE, False),
        (Presence.ONLINE, 61, 100, Presence.OFFLINE, True),
        (Presence.ONLINE, None, 59, Presence.OFFLINE, False),  # the desk was closed
        (Presence.ONLINE, None, 61, Presence.OFFLINE, True),
        (Presence.BREAK, None, 61, Presence.OFFLINE, True),
        (Presence.ONLINE, None, None, Presence.OFFLINE, False),  # never at the desk
    ],
)
def test_presence(chosen, heard, seen, presence, dropped) -> None:
    sign = Sign(chosen, ago(heard), ago(seen))
    assert presence_of(sign, NOW, TIMING) == presence
    assert has_dropped_off(sign, NOW, TIMING) is dropped


@pytest.mark.parametrize(
    ("seen", "chosen", "returns_as"),
    [(None, Presence.AWAY, Presence.ONLINE), (30, Presence.AWAY, Presence.AWAY), (90, Presence.AWAY, Presence.ONLINE)],
)
def test_whoever_comes_back(seen, chosen, returns_as) -> None:
    assert chosen_on_return(Sign(chosen, None, ago(seen)), NOW, TIMING) == returns_as
