"""Where Rasa keeps conversations and locks: in memory, or in Redis by URL."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from urllib.parse import unquote, urlsplit

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

CONVERSATIONS_KEPT = 10_000
CONVERSATION_SECONDS = 24 * 3600
TURNS_KEPT = 10


def forget_old_turns(tracker: DialogueStateTracker, turns: int = TURNS_KEPT) -> DialogueStateTracker:
    """The conversation with its latest turns only, or all of it while a form is active.

    Every stored event is read, replayed and sent to the action server at every turn. Outside the
    form nothing depends on earlier turns: no rule looks back, and all slots are empty.
    """
    events = list(tracker.events)
    begins = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    if tracker.active_loop_name or len(begins) <= turns:
        return tracker
    # The event before a message is the `action_listen` that rules begin with.
    kept = events[max(begins[-turns] - 1, 0) :]
    return DialogueStateTracker.from_events(
        tracker.sender_id, kept, tracker.slots.values(), sender_source=tracker.sender_source
    )


class BoundedTrackerStore(InMemoryTrackerStore):
    """Keeps the latest turns of the most recently active conversations.

    Rasa's own store never forgets one.
    """

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        self._kept = int(kwargs.pop("kept", CONVERSATIONS_KEPT))
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[str, str] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Saves a conversation and drops the one that has been silent the longest."""
        await super().save(forget_old_turns(tracker))
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self._kept:
            self.store.popitem(last=False)


class RecentRedisTrackerStore(RedisTrackerStore):
    """Keeps the latest turns of every conversation in Redis, until they expire."""

    @staticmethod
    def serialise_tracker(tracker: DialogueStateTracker) -> str:
        """The JSON of the latest turns."""
        text: str = RedisTrackerStore.serialise_tracker(forget_old_turns(tracker))
        return text


def tracker_store(redis_url: str) -> EndpointConfig:
    """The configuration of the tracker store.

    Raises:
        ValueError: If the URL is not a Redis URL.
    """
    if not redis_url:
        return EndpointConfig(type=f"{__name__}.{BoundedTrackerStore.__name__}")
    store = f"{__name__}.{RecentRedisTrackerStore.__name__}"
    return EndpointConfig(type=store, record_exp=CONVERSATION_SECONDS, **_redis(redis_url))


def lock_store(redis_url: str) -> EndpointConfig:
    """The configuration of the lock store.

    Raises:
        ValueError: If the URL is not a Redis URL.
    """
    if not redis_url:
        return EndpointConfig(type="in_memory")
    return EndpointConfig(type="redis", **_redis(redis_url))


def _redis(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError("BILIN_REDIS_URL must look like redis://host:6379/0.")
    return {
        "url": parts.hostname,
        "port": parts.port or 6379,
        "db": int(parts.path.strip("/") or 0),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_ssl": parts.scheme == "rediss",
    }
