"""The desk's WebSocket: the lists whenever they change, and messages and notes of the conversations it watches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from handoff.case_desk import CaseDesk
from handoff.case_endpoints import case_desk
from handoff.case_schemas import NoteView
from handoff.desk import Desk
from handoff.desk_presence import DeskPresence
from handoff.endpoints import desk_service
from handoff.interfaces import QUEUE, conversation_topic
from handoff.schemas import Queue, StaffMessage
from handoff.team_endpoints import messages_service, roster_service
from identity.endpoints import COOKIE, identity_service
from identity.service import SignedIn
from kit.errors import BilinError, Forbidden, InvalidRequest, NotFound, Unavailable
from kit.events import Event, Events, Subscription
from kit.sockets import TRY_AGAIN, WRONG_TOKEN, ConnectionRefused, Frame, after_of, close, converse, hello

REREAD_SECONDS = 15.0
AWAITED_LINES = 100

router = APIRouter()


class DeskSocket:
    """One open desk. Every watched conversation is read up to its newest message whenever something happens."""

    def __init__(
        self,
        socket: WebSocket,
        desk: Desk,
        cases: CaseDesk,
        presence: DeskPresence,
        events: Events,
        who: SignedIn,
        still: Callable[[], Awaitable[SignedIn]],
    ) -> None:
        self._socket = socket
        self._still_signed_in = still
        self._desk = desk
        self._cases = cases
        self._presence = presence
        self._events = events
        self._who = who
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._shown: dict[str, Any] | None = None

    async def run(self) -> None:
        """Serve until the agent goes."""
        await self._socket.send_json({"type": "welcome"})
        try:
            async with self._presence.at_desk(), self._events.subscribe(QUEUE) as subscription:
                await converse(self._socket, lambda: self._write_lists(subscription), self._handle)
        finally:
            for watcher in self._watchers.values():
                watcher.cancel()

    async def _write_lists(self, subscription: Subscription) -> None:
        while True:
            await self._still_signed_in()
            lists = Queue.of(await self._desk.lists(self._who)).model_dump(mode="json")
            if lists != self._shown:
                self._shown = lists
                await self._socket.send_json({"type": "queue", **lists})
            await self._presence.show()
            await subscription.next(timeout_seconds=REREAD_SECONDS)

    async def _watch(self, conversation_id: str, last: int, last_note: int) -> None:
        async with self._events.subscribe(conversation_topic(conversation_id)) as subscription:
            shown_turns: dict[int, Any] = {}
            awaited: set[int] = set()  # customers' messages that were shown before their turn was over
            while True:
                try:
                    lines = await self._desk.lines(self._who, conversation_id, max(min([last, *awaited]) - 1, 0))
                    notes = await self._cases.notes(self._who, conversation_id, last_note)
                except NotFound:
                    return  # it is no longer theirs
                for line in lines:
                    if line.seq > last or shown_turns.get(line.seq, line.turn) != line.turn:
                        message = StaffMessage.of(line).model_dump(mode="json")
                        frame = {"type": "message", "conversation_id": conversation_id, "message": message}
                        await self._socket.send_json(frame)
                    shown_turns[line.seq] = line.turn
                    if line.sender == "customer" and "outcome" not in (line.turn or {}):
                        awaited.add(line.seq)
                    else:
                        awaited.discard(line.seq)
                    last = max(last, line.seq)
                for note in notes:
                    view = NoteView.of(note).model_dump(mode="json")
                    await self._socket.send_json({"type": "note", "conversation_id": conversation_id, "note": view})
                    last_note = note.number
                awaited = {seq for seq in awaited if seq > last - AWAITED_LINES}
                event = await self._next(subscription, conversation_id)
                while event is not None and event.kind == "typing":
                    event = await self._next(subscription, conversation_id)

    async def _next(self, subscription: Subscription, conversation_id: str) -> Event | None:
        event = await subscription.next(timeout_seconds=REREAD_SECONDS)
        if event is not None and event.kind == "typing" and event.data.get("sender") == "customer":
            active = bool(event.data.get("active"))
            await self._socket.send_json({"type": "typing", "conversation_id": conversation_id, "active": active})
        return event

    async def _handle(self, frame: Frame) -> None:
        kind, conversation_id = frame.get("type"), frame.get("conversation_id")
        if not isinstance(conversation_id, str):
            raise InvalidRequest("The frame needs a 'conversation_id'.", code="invalid_frame")
        if kind == "watch":
            await self._desk.case(self._who, conversation_id)
            self._unwatch(conversation_id)
            after_note = after_of({"after": frame.get("after_note")})
            watcher = self._watch(conversation_id, after_of(frame), after_note)
            self._watchers[conversation_id] = asyncio.create_task(watcher)
        elif kind == "unwatch":
            self._unwatch(conversation_id)
        elif kind == "typing":
            await self._desk.own(self._who, conversation_id)
            data = {"sender": "agent", "active": bool(frame.get("active"))}
            await self._events.publish(Event(conversation_topic(conversation_id), "typing", data))
        else:
            raise InvalidRequest("Unknown frame type.", code="invalid_frame")

    def _unwatch(self, conversation_id: str) -> None:
        watcher = self._watchers.pop(conversation_id, None)
        if watcher is not None:
            watcher.cancel()


def check_origin(socket: WebSocket) -> None:
    """A browser names the page's origin; a page of another site must not use the agent's cookie."""
    origin = socket.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != socket.headers.get("host"):
        raise Forbidden("This page may not open the desk.", code="wrong_origin")


@router.websocket("/api/desk/socket")
async def desk_socket(socket: WebSocket) -> None:
    """See ``docs/protocol.md``."""
    await socket.accept()
    try:
        check_origin(socket)
        identity, cookie = identity_service(socket), socket.cookies.get(COOKIE)
        who = await identity.signed_in(cookie)
        first = await hello(socket)
        who.require_csrf(str(first.get("csrf", "")))
        events = cast(Events, socket.app.state.events)
        still = partial(identity.signed_in, cookie)
        presence = DeskPresence(socket, roster_service(socket), messages_service(socket), who)
        desk = DeskSocket(socket, desk_service(socket), case_desk(socket), presence, events, who, still)
        await desk.run()
    except ConnectionRefused as closed:
        await close(socket, closed.code, closed.reason)
    except Unavailable as error:
        await close(socket, TRY_AGAIN, error.message)
    except BilinError as error:
        await close(socket, WRONG_TOKEN, error.message)
    except WebSocketDisconnect:
        return
