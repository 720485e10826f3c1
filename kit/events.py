"""Fan-out between workers: who watches a topic is told at once that something about it has changed.

An event is a hint, never the truth: whoever receives one reads the database, unless it stayed in the process that has
just committed what there is to read, and brings that along as ``news``. So a lost event costs a moment, not a message,
and ``RESYNC`` (something may have been missed, read again) repairs every gap.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from kit.counters import count_degraded
from kit.settings import Settings

log = structlog.get_logger(__name__)

CHANGED = "changed"
RESYNC = "resync"
QUEUE_LIMIT = 256
STREAM = "bilin:events"
STREAM_LENGTH = 10_000
CLOSE_SECONDS = 5.0


@dataclass(frozen=True)
class Event:
    """``kind`` is ``changed``, ``resync`` or a hint of the topic's own, such as ``typing``.

    Args:
        data: for every worker, as JSON.
        news: what was just committed. It stays in the process: an event that has gone through Redis comes without it.
    """

    topic: str
    kind: str = CHANGED
    data: dict[str, Any] = field(default_factory=dict)
    news: object = None


class Subscription:
    """A bounded queue of events. One that overflows forgets them and says ``RESYNC`` instead.

    That a topic has changed is told once however often it did, until it is heard: who hears it reads everything.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_LIMIT)
        self._unheard: set[str] = set()

    def offer(self, event: Event) -> None:
        """Put an event in, never waiting."""
        if event == Event(event.topic):
            if event.topic in self._unheard:
                return
            self._unheard.add(event.topic)
        if self._queue.full():
            count_degraded("events_overflow")
            while not self._queue.empty():
                self._queue.get_nowait()
            self._unheard.clear()
            event = Event(event.topic, RESYNC)
        self._queue.put_nowait(event)

    async def next(self, timeout_seconds: float | None = None) -> Event | None:
        """The next event, or None after ``timeout_seconds``."""
        try:
            async with asyncio.timeout(timeout_seconds):
                event = await self._queue.get()
        except TimeoutError:
            return None
        if event == Event(event.topic):
            self._unheard.discard(event.topic)
        return event


class Events(Protocol):
    """What chat, desk and knowledge base need of fan-out."""

    async def start(self) -> None:
        """Begin to receive."""
        ...

    async def publish(self, event: Event) -> None:
        """Tell every worker; never raises."""
        ...

    def subscribe(self, *topics: str) -> contextlib.AbstractAsyncContextManager[Subscription]:
        """Receive the events of ``topics`` for as long as the context is open."""
        ...

    async def close(self) -> None:
        """Stop receiving."""
        ...


class MemoryEvents:
    """Fan-out within one process: enough for one worker."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[str, set[Subscription]] = defaultdict(set)

    async def start(self) -> None:
        """Nothing to begin."""

    async def publish(self, event: Event) -> None:
        """Hand the event to every subscription of its topic."""
        self.deliver(event)

    def deliver(self, event: Event) -> None:
        """The part of ``publish`` that stays in this process."""
        for subscription in tuple(self._subscriptions.get(event.topic, ())):
            subscription.offer(event)

    def resync(self) -> None:
        """Tell everybody to read again."""
        for topic in tuple(self._subscriptions):
            self.deliver(Event(topic, RESYNC))

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        """Receive the events of ``topics`` for as long as the context is open."""
        subscription = Subscription()
        for topic in topics:
            self._subscriptions[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in topics:
                self._subscriptions[topic].discard(subscription)
                if not self._subscriptions[topic]:
                    del self._subscriptions[topic]

    async def close(self) -> None:
        """Nothing to stop."""


class RedisEvents:
    """Fan-out between workers through one Redis stream, read once a process.

    Without Redis it degrades to this process alone plus a ``RESYNC`` every ``offline_poll_seconds``, so that what other
    workers wrote is still seen, later. The path is counted as ``events_offline``.
    """

    def __init__(self, url: str, *, stream: str = STREAM, offline_poll_seconds: float = 1.0) -> None:
        self._redis = redis.Redis.from_url(url, decode_responses=True, socket_connect_timeout=2, socket_timeout=10)
        self._stream = stream
        self._poll_seconds = offline_poll_seconds
        self._local = MemoryEvents()
        self._reader: asyncio.Task[None] | None = None
        self._online = False
        self._closing = False

    async def start(self) -> None:
        """Start the reader; it keeps trying when Redis is not there yet."""
        self._last = await self._newest()
        self._reader = asyncio.create_task(self._read())

    async def publish(self, event: Event) -> None:
        """Append to the stream; without Redis tell this process only."""
        record = {
            "topic": event.topic,
            "kind": event.kind,
            "data": json.dumps(event.data),
        }
        try:
            await self._redis.xadd(self._stream, record, maxlen=STREAM_LENGTH, approximate=True)  # type: ignore[arg-type]  # redis types its fields invariantly
        except (RedisError, OSError):
            self._went_offline()
            self._local.deliver(event)

    def subscribe(self, *topics: str) -> contextlib.AbstractAsyncContextManager[Subscription]:
        """Receive the events of ``topics`` for as long as the context is open."""
        return self._local.subscribe(*topics)

    async def close(self) -> None:
        """Stop the reader and give the connections back."""
        self._closing = True
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader}, timeout=CLOSE_SECONDS)  # a client may swallow the cancellation
        await self._redis.aclose()

    async def _newest(self) -> str:
        try:
            newest = await self._redis.xrevrange(self._stream, count=1)
        except (RedisError, OSError):
            self._went_offline()
            return "$"
        return str(newest[0][0]) if newest else "0"

    async def _read(self) -> None:
        while not self._closing:
            try:
                replies: Any = await self._redis.xread({self._stream: self._last}, block=5000, count=500)
            except (RedisError, OSError):
                self._went_offline()
                self._local.resync()
                await asyncio.sleep(self._poll_seconds)
                continue
            if not self._online:
                self._online = True
                self._local.resync()
            for _, records in replies or ():
                for identifier, record in records:
                    self._last = identifier
                    try:
                        event = Event(record["topic"], record["kind"], json.loads(record["data"]))
                    except (KeyError, ValueError) as error:
                        log.warning("event_unreadable", reason=repr(error))
                        continue
                    self._local.deliver(event)

    def _went_offline(self) -> None:
        if self._online:
            log.warning("events_offline", effect="other workers' changes are polled for")
        self._online = False
        count_degraded("events_offline")


def events_from_settings(settings: Settings) -> Events:
    """Redis when a URL is set, this process otherwise."""
    return RedisEvents(settings.redis_url) if settings.redis_url else MemoryEvents()
