"""Fan-out: one specification for both implementations, and what happens when Redis goes and comes back."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import redis

from kit.events import QUEUE_LIMIT, RESYNC, Event, Events, MemoryEvents, RedisEvents, Subscription, events_from_settings
from kit.settings import Settings


class RedisServer:
    """A redis-server of this test's own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = shutil.which("redis-server")
        assert binary is not None
        command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url, retry=None)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        client.close()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def redis_server(free_port: Callable[[], int]) -> Iterator[RedisServer]:
    server = RedisServer(free_port())
    yield server
    server.stop()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
async def events(request: pytest.FixtureRequest) -> AsyncIterator[Events]:
    if request.param == "memory":
        made: Events = MemoryEvents()
    else:
        server = request.getfixturevalue("redis_server")
        server.start()
        made = RedisEvents(server.url)
    await made.start()
    if request.param == "redis":
        await settle(made)
    yield made
    await made.close()


async def settle(events: Events) -> None:
    """Wait until what is published arrives."""
    async with events.subscribe("settle") as subscription:
        for _ in range(100):
            await events.publish(Event("settle"))
            event = await subscription.next(0.2)
            if event is not None and event.kind != RESYNC:
                return
    raise AssertionError("events never began to flow")


async def drained(subscription: Subscription, seconds: float = 0.3) -> list[Event]:
    found = []
    while (event := await subscription.next(seconds)) is not None:
        found.append(event)
    return found


class TestWhatBothDo:
    async def test_an_event_reaches_every_subscriber_of_its_topic(self, events: Events) -> None:
        async with events.subscribe("a") as one, events.subscribe("a", "b") as two, events.subscribe("b") as other:
            await events.publish(Event("a", "typing", {"sender": "客户", "active": True}))
            for subscription in (one, two):
                event = await subscription.next(3)
                assert event == Event("a", "typing", {"sender": "客户", "active": True})
            assert await drained(other) == []

    async def test_order_is_kept(self, events: Events) -> None:
        async with events.subscribe("a", "b") as subscription:
            sent = [Event("ab"[number % 2], "changed", {"number": number}) for number in range(50)]
            for event in sent:
                await events.publish(event)
            assert await drained(subscription) == sent

    async def test_nothing_comes_without_an_event(self, events: Events) -> None:
        async with events.subscribe("a") as subscription:
            assert await subscription.next(0.1) is None

    async def test_what_was_published_before_is_not_told(self, events: Events) -> None:
        await events.publish(Event("early"))
        await settle(events)
        async with events.subscribe("early") as subscription:
            assert await drained(subscription) == []

    async def test_a_subscription_ends_with_its_block(self, events: Events) -> None:
        async with events.subscribe("a") as subscription:
            pass
        await events.publish(Event("a"))
        await settle(events)
        assert await drained(subscription, 0.1) == []

    async def test_a_slow_subscriber_is_told_to_read_again(self, events: Events, counted) -> None:
        async with events.subscribe("a") as slow:
            for number in range(QUEUE_LIMIT + 1):
                await events.publish(Event("a", "changed", {"number": number}))
            await settle(events)
            kinds = [event.kind for event in await drained(slow)]
        assert kinds == [RESYNC]
        assert counted.degraded("events_overflow") == 1

    async def test_what_changed_again_before_it_was_heard_is_told_once(self, events: Events) -> None:
        async with events.subscribe("a", "b") as subscription:
            for topic in "aabaa":
                await events.publish(Event(topic))
            await settle(events)  # all of them have arrived
            assert await drained(subscription) == [Event("a"), Event("b")]
            await events.publish(Event("a"))
            assert await drained(subscription) == [Event("a")]

    async def test_a_change_after_an_overflow_is_told(self, events: Events) -> None:
        async with events.subscribe("a", "settle") as slow:
            await events.publish(Event("a"))
            for number in range(QUEUE_LIMIT):
                await events.publish(Event("a", "typing", {"number": number}))
            await settle(events)
            await events.publish(Event("a"))
            await settle(events)
            found = [(event.topic, event.kind) for event in await drained(slow)]
        assert ("a", RESYNC) in found
        assert ("a", "changed") in found

    async def test_closing_twice_or_unstarted_is_harmless(self, events: Events) -> None:
        await events.close()


def test_the_settings_decide_which(tmp_path) -> None:
    assert isinstance(events_from_settings(Settings(_env_file=None, data_dir=tmp_path)), MemoryEvents)


@pytest.mark.redis
class TestSeveralWorkers:
    async def test_an_event_reaches_the_other_worker(self, redis_server: RedisServer) -> None:
        redis_server.start()
        here, there = RedisEvents(redis_server.url), RedisEvents(redis_server.url)
        await asyncio.gather(here.start(), there.start())
        try:
            await settle(there)
            async with there.subscribe("a") as subscription:
                await here.publish(Event("a", "changed", {"from": "here"}))
                event = await subscription.next(3)
                assert event is not None
                assert event.data == {"from": "here"}
        finally:
            await asyncio.gather(here.close(), there.close())

    async def test_a_strangers_record_does_not_stop_the_reader(self, redis_server: RedisServer) -> None:
        redis_server.start()
        events = RedisEvents(redis_server.url, stream="s")
        await events.start()
        client = redis.Redis.from_url(redis_server.url)
        try:
            await settle(events)
            client.xadd("s", {"what": "is this"})
            client.xadd("s", {"topic": "a", "kind": "changed", "data": "{not json"})
            await settle(events)
        finally:
            client.close()
            await events.close()


@pytest.mark.redis
class TestWithoutRedis:
    @pytest.fixture
    async def worker(self, redis_server: RedisServer) -> AsyncIterator[RedisEvents]:
        events = RedisEvents(redis_server.url, offline_poll_seconds=0.1)
        yield events
        await events.close()

    async def test_gone_at_start_this_process_still_hears_itself(self, worker: RedisEvents, counted) -> None:
        await worker.start()
        async with worker.subscribe("a") as subscription:
            await worker.publish(Event("a", "changed", {"number": 1}))
            events = [await subscription.next(5) for _ in range(3)]
        assert Event("a", "changed", {"number": 1}) in events
        assert counted.degraded("events_offline") >= 1

    async def test_gone_at_start_it_joins_when_redis_comes(self, worker: RedisEvents, redis_server) -> None:
        await worker.start()
        redis_server.start()
        await settle(worker)

    async def test_gone_in_the_middle_it_delivers_here_and_says_read_again(
        self, worker: RedisEvents, redis_server: RedisServer, counted
    ) -> None:
        redis_server.start()
        await worker.start()
        await settle(worker)
        redis_server.stop()
        async with worker.subscribe("a") as subscription:
            await worker.publish(Event("a", "changed", {"number": 1}))
            seen = []
            while Event("a", "changed", {"number": 1}) not in seen or Event("a", RESYNC) not in seen:
                seen.append(await subscription.next(15))
                assert seen[-1] is not None
        assert counted.degraded("events_offline") >= 1

    async def test_publishing_without_redis_does_not_hold_the_customer_up(
        self, worker: RedisEvents, redis_server: RedisServer
    ) -> None:
        """A message is acknowledged after its event is published: that must not wait for Redis."""
        redis_server.start()
        await worker.start()
        await settle(worker)
        redis_server.stop()
        started = time.monotonic()
        await worker.publish(Event("a"))
        assert time.monotonic() - started < 1

    async def test_when_redis_is_back_other_workers_are_heard_again(
        self, worker: RedisEvents, redis_server: RedisServer
    ) -> None:
        redis_server.start()
        other = RedisEvents(redis_server.url, offline_poll_seconds=0.1)
        await asyncio.gather(worker.start(), other.start())
        try:
            await settle(worker)
            redis_server.stop()
            async with worker.subscribe("a") as subscription:
                while (event := await subscription.next(15)) is None or event.kind != RESYNC:
                    pass
                redis_server.start()
                await settle(worker)
                await settle(other)
                await drained(subscription, 0.2)
                await other.publish(Event("a", "changed", {"from": "the other"}))
                event = await subscription.next(5)
            assert event == Event("a", "changed", {"from": "the other"})
        finally:
            await other.close()
