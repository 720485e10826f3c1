"""Where Rasa keeps conversations and locks: in memory, or in Redis by URL."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import RedisTrackerStore, TrackerStore
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, get_trackers_for_conversation_sessions
from rasa.utils.endpoints import EndpointConfig

CONVERSATIONS_KEPT = 10_000
CONVERSATION_SECONDS = 24 * 3600
TURNS_KEPT = 2


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


class BoundedTrackerStore(TrackerStore):
    """Keeps the latest turns of the most recently active conversations, as they are.

    Rasa's own store in memory never forgets one, and writes and reads each as JSON at every turn.
    """

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        self._kept = int(kwargs.pop("kept", CONVERSATIONS_KEPT))
        super().__init__(domain, event_broker, **kwargs)
        self._dialogues: OrderedDict[str, Dialogue] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Saves a conversation and drops the one that has been silent the longest."""
        await self.stream_events(tracker)
        self._dialogues[tracker.sender_id] = forget_old_turns(tracker).as_dialogue()
        self._dialogues.move_to_end(tracker.sender_id)
        while len(self._dialogues) > self._kept:
            self._dialogues.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest session of a conversation."""
        tracker = await self.retrieve_full_tracker(sender_id)
        sessions = get_trackers_for_conversation_sessions(tracker) if tracker else []
        return sessions[-1] if len(sessions) > 1 else tracker

    async def retrieve_full_tracker(self, sender_id: str) -> DialogueStateTracker | None:
        """All that is kept of a conversation."""
        if sender_id not in self._dialogues:
            return None
        tracker = self.init_tracker(sender_id)
        tracker.recreate_from_dialogue(self._dialogues[sender_id])
        return tracker

    async def keys(self) -> Iterable[str]:
        """The conversations of which something is kept."""
        return self._dialogues.keys()


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
