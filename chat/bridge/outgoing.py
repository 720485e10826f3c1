"""Tells another desk of handoffs and of what customers write: in order, signed, and again until it is heard."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import structlog

from chat.bridge.models import BridgedConversation
from chat.bridge.payloads import Status, message_created, status_after, status_changed
from chat.bridge.repository import BridgeRepository
from chat.models import Message
from chat.repository import ChatRepository
from handoff.interfaces import QUEUE
from kit.clock import Clock
from kit.counters import bridged, count_degraded
from kit.database import Database
from kit.errors import Unavailable
from kit.events import Events

log = structlog.get_logger(__name__)

SIGNATURE, TIMESTAMP, DELIVERY = "X-Bilin-Signature", "X-Bilin-Timestamp", "X-Bilin-Delivery"
TIMEOUT_SECONDS = 10.0
LEASE = timedelta(seconds=30)
LOOK_SECONDS = 1.0
# Seconds before each further try; the last one for every try after it. A customer who waits is never given up.
WAITS_SECONDS = (1, 5, 25, 60, 300)


def signature(timestamp: str, body: bytes, secret: str) -> str:
    """What the receiver compares: HMAC-SHA256 of the timestamp, a full stop, and the body as it was sent."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Told:
    """One event, and what is true once it has been heard."""

    event: dict[str, Any]
    seq: int
    open: bool


class BridgeRunner:
    """Every worker runs one; for each conversation one of them tells at a time.

    Args:
        database: holds the log of messages, which is the outbox.
        events: say that there may be something to tell; without them it is seen a second later.
        clock: tells the time.
        address: of the other desk's webhook.
        secret: that the other desk knows.
        client: for HTTP; None makes one.
    """

    def __init__(
        self,
        database: Database,
        events: Events,
        clock: Clock,
        address: str,
        secret: str,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._database = database
        self._events = events
        self._clock = clock
        self._address = address
        self._secret = secret
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT_SECONDS)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop; what was not told is told by whoever starts next."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._client.aclose()

    async def _run(self) -> None:
        async with self._events.subscribe(QUEUE) as subscription:
            while True:
                try:
                    await self.tell_all()
                except Unavailable:
                    log.warning("bridge_waits", reason="the database is away")
                except Exception as error:  # edge of a background task: the next round tries again
                    count_degraded("bridge_failed")
                    log.error("bridge_failed", exc_info=error)
                await subscription.next(timeout_seconds=LOOK_SECONDS)

    async def tell_all(self) -> None:
        """Tell everything that is to be told now, and not told by another worker."""
        now = self._clock.now()
        async with self._database.write() as session:
            bridge = BridgeRepository(session)
            for conversation_id in await bridge.new():
                started = await ChatRepository(session).first_notice(conversation_id, "waiting")
                bridge.add(BridgedConversation(conversation_id=conversation_id, told_seq=max(started - 1, 0)))
        async with self._database.read() as session:
            behind = await BridgeRepository(session).behind(now)
        await asyncio.gather(*(self._tell(conversation_id) for conversation_id in behind))

    async def _tell(self, conversation_id: str) -> None:
        now = self._clock.now()
        async with self._database.write() as session:
            if not await BridgeRepository(session).lease(conversation_id, now, now + LEASE):
                return
        while (told := await self._next(conversation_id)) is not None:
            heard = await self._post(told, f"{conversation_id}-{told.seq}")
            now = self._clock.now()
            async with self._database.write() as session:
                row = await BridgeRepository(session).row(conversation_id)
                assert row is not None
                if heard:
                    row.told_seq, row.open, row.failures, row.leased_until = told.seq, told.open, 0, now + LEASE
                else:
                    wait = WAITS_SECONDS[min(row.failures, len(WAITS_SECONDS) - 1)]
                    row.failures, row.leased_until = row.failures + 1, now + timedelta(seconds=wait)
            if not heard:
                return
        async with self._database.write() as session:
            row = await BridgeRepository(session).row(conversation_id)
            if row is not None:
                row.leased_until = None

    async def _next(self, conversation_id: str) -> Told | None:
        """The next event; messages that are none of the other desk's matter are passed over."""
        async with self._database.read() as session:
            row = await BridgeRepository(session).row(conversation_id)
            conversation = await ChatRepository(session).conversation(conversation_id)
            if row is None or conversation is None:
                return None
            pending = await ChatRepository(session).messages(conversation_id, row.told_seq)
            is_open = row.open
            before: list[Message] = []
            if not is_open:
                before = await ChatRepository(session).messages(conversation_id, 0)
        for message in pending:
            status: Status | None = status_after(message)
            if status is not None and (is_open or status == "open"):
                said = [each for each in before if each.seq <= message.seq]
                event = status_changed(conversation, status, said if status == "open" else [])
                return Told(event, message.seq, status == "open")
            if is_open and message.sender in ("customer", "bot"):
                return Told(message_created(conversation, message), message.seq, True)
        if pending:
            await self._skip(conversation_id, pending[-1].seq)
        return None

    async def _skip(self, conversation_id: str, seq: int) -> None:
        async with self._database.write() as session:
            row = await BridgeRepository(session).row(conversation_id)
            if row is not None:
                row.told_seq = seq

    async def _post(self, told: Told, delivery: str) -> bool:
        body = json.dumps(told.event, ensure_ascii=False).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(timestamp, body, self._secret),
            DELIVERY: delivery,
        }
        try:
            answer = await self._client.post(self._address, content=body, headers=headers)
            reason = "" if answer.is_success else f"answered {answer.status_code}"
        except httpx.HTTPError as error:
            reason = repr(error)
        if reason:
            count_degraded("bridge_failed")
            log.warning("bridge_not_heard", delivery=delivery, reason=reason)
            return False
        bridged.labels(told.event["event"]).inc()
        return True
