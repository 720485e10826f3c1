"""bot.stores: what is kept in memory is bounded, and what is kept in Redis is found there."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.core.lock_store import LockStore, RedisLockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.stores import (
    TURNS_KEPT,
    BoundedTrackerStore,
    forget_old_turns,
    lock_store,
    tracker_store,
)


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of its own."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/3"
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_the_longest_silent_conversation_is_forgotten() -> None:
    async def scenario() -> None:
        store = BoundedTrackerStore(Domain.empty(), kept=2)
        for sender in ("a", "b", "a", "c"):
            await store.save(DialogueStateTracker(sender, []))
        assert sorted(await store.keys()) == ["a", "c"]
        assert await store.retrieve("b") is None
        assert await store.retrieve("a") is not None

    asyncio.run(scenario())


def test_rasa_finds_the_bounded_store() -> None:
    store = TrackerStore.create(tracker_store(""), domain=Domain.empty())
    assert isinstance(store, BoundedTrackerStore)


def conversation(turns: int, *after: Event) -> DialogueStateTracker:
    events: list[Event] = []
    for turn in range(turns):
        events += [ActionExecuted("action_listen"), UserUttered(str(turn)), BotUttered("ok")]
    return DialogueStateTracker.from_events("a", [*events, *after])


def said(tracker: DialogueStateTracker) -> list[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def test_old_turns_are_forgotten() -> None:
    kept = forget_old_turns(conversation(5), turns=2)
    assert said(kept) == ["3", "4"]
    assert kept.events[0] == ActionExecuted("action_listen")


def test_a_short_conversation_is_kept_whole() -> None:
    assert said(forget_old_turns(conversation(2), turns=2)) == ["0", "1"]


def test_nothing_is_forgotten_while_a_form_is_active() -> None:
    tracker = conversation(5, ActiveLoop("report_lost_card_form"))
    assert said(forget_old_turns(tracker, turns=2)) == ["0", "1", "2", "3", "4"]


def test_what_is_stored_stays_small() -> None:
    async def scenario() -> None:
        store = BoundedTrackerStore(Domain.empty())
        await store.save(conversation(TURNS_KEPT + 30))
        found = await store.retrieve("a")
        assert found is not None
        assert len(said(found)) == TURNS_KEPT

    asyncio.run(scenario())


def test_conversations_in_redis_are_shared_and_expire(redis_url: str) -> None:
    async def scenario() -> None:
        one, other = (TrackerStore.create(tracker_store(redis_url)) for _ in range(2))
        await one.save(conversation(TURNS_KEPT + 30))
        found = await other.retrieve("a")
        assert found is not None
        assert len(said(found)) == TURNS_KEPT
        (key,) = one.red.keys("*a")
        assert 0 < one.red.ttl(key) <= 24 * 3600

    asyncio.run(scenario())


def test_locks_in_redis(redis_url: str) -> None:
    store = LockStore.create(lock_store(redis_url))
    assert isinstance(store, RedisLockStore)
    assert store.issue_ticket("a") == 0
