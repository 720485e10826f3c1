"""The customers' channel as the widget uses it: a conversation by REST, its messages over a WebSocket with resume."""

from __future__ import annotations

import asyncio
import json
import time
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from evaluation.customers.heard import Heard, Reply
from kb.content import Lang
from kit.errors import Unavailable

QUIET_SECONDS = 1.5
ACK_SECONDS = 10.0
PING_SECONDS = 20.0
ATTEMPTS = 3
AGAIN_SECONDS = 2.0
BUSY = 503

Frame = dict[str, Any]


class ChannelBroken(Unavailable):
    """The service cannot be reached, or does not keep to docs/protocol.md."""

    code = "channel_broken"


class CustomerChannel:
    """One conversation of one customer.

    Args:
        http: its base address is the service's.
        reply_seconds: how long a customer waits for a reply.
    """

    def __init__(self, http: httpx.AsyncClient, *, reply_seconds: float) -> None:
        self._http = http
        self._reply_seconds = reply_seconds
        self._path = ""
        self._token = ""
        self._socket: ClientConnection | None = None
        self._owner = "bot"
        self._last_seq = 0
        self._own_seq = 0
        self.conversation_id = ""

    async def start(self, language: Lang, channel: str = "web", marker: str | None = None) -> None:
        """Begin a conversation; ``marker`` proves that ``channel`` may be used."""
        body = {"language": language, "channel": channel} | ({"marker": marker} if marker else {})
        started = await self._call("POST", "/api/chat/conversations", body)
        self.conversation_id, self._token = started["conversation"]["id"], started["token"]
        self._path = f"/api/chat/conversations/{self.conversation_id}"
        await self._open()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Close the connection; the conversation stays."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def come_back(self) -> None:
        """Connect again, from the last message on."""
        await self.leave()
        await self._open()

    async def say(self, text: str, choice: str | None = None) -> Reply:
        """Send a message and wait until the service has said what it has to say; an empty reply: it said nothing."""
        client_id = uuid4().hex
        frame = {"type": "message", "client_id": client_id, "text": text, "choice": choice}
        for _ in range(ATTEMPTS):
            try:
                await self._socket_or_fail().send(json.dumps(frame))
                return await self._reply(client_id)
            except (WebSocketException, _NotAcknowledged):
                await self.come_back()  # the same client_id again: stored once
        raise ChannelBroken("A message was not acknowledged. Is the service overloaded?")

    async def vote(self, seq: int, *, helpful: bool) -> None:
        """Say whether an answer helped."""
        await self._call("POST", f"{self._path}/messages/{seq}/feedback", {"helpful": helpful})

    async def press_for_person(self) -> Reply:
        """Press the button for a person."""
        shown = await self._call("POST", f"{self._path}/handoff")
        return Reply((), shown["conversation"]["owner"])

    async def cancel_waiting(self) -> None:
        """Leave the queue. Nothing happens where somebody has just taken the conversation."""
        await self._call("POST", f"{self._path}/handoff/cancel", harmless=(409,))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def _call(self, method: str, path: str, body: Frame | None = None, harmless: tuple[int, ...] = ()) -> Frame:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await self._http.request(method, path, json=body, headers=self._headers)
            except httpx.HTTPError as error:
                message = f"{self._http.base_url} cannot be reached ({error!r}). Is the system running?"
                raise ChannelBroken(message) from error
            if response.status_code != BUSY or attempt == ATTEMPTS:
                break
            await asyncio.sleep(AGAIN_SECONDS * attempt)
        if response.is_error and response.status_code not in harmless:
            raise ChannelBroken(f"{method} {path} was answered with {response.status_code}: {response.text[:200]}")
        return dict(response.json()) if response.content else {}

    async def _open(self) -> None:
        address = str(self._http.base_url.join(f"{self._path}/socket")).replace("http", "ws", 1)
        try:
            self._socket = await connect(address, ping_interval=None)
            await self._socket.send(json.dumps({"type": "hello", "token": self._token, "after": self._last_seq}))
            welcome = json.loads(await asyncio.wait_for(self._socket.recv(), ACK_SECONDS))
        except (OSError, TimeoutError, WebSocketException) as error:
            raise ChannelBroken(f"The WebSocket cannot be opened: {error!r}") from error
        if welcome.get("type") != "welcome":
            raise ChannelBroken(f"The first frame was no welcome: {welcome}")
        self._owner = welcome["conversation"]["owner"]

    def _socket_or_fail(self) -> ClientConnection:
        if self._socket is None:
            raise ChannelBroken("The conversation has not been started.")
        return self._socket

    async def _reply(self, client_id: str) -> Reply:
        """Messages after the customer's own, until the bot has stopped typing or nothing more comes."""
        heard: list[Heard] = []
        acknowledged = finished = False
        begun = time.monotonic()
        while not (finished and heard):
            waited = time.monotonic() - begun
            limit = self._reply_seconds if acknowledged else ACK_SECONDS
            frame = await self._next(QUIET_SECONDS if heard else limit - waited)
            if frame is None:
                if not acknowledged:
                    raise _NotAcknowledged
                break
            kind = frame["type"]
            if kind == "ack" and frame["client_id"] == client_id:
                acknowledged, self._own_seq = True, frame["seq"]
            elif kind == "conversation":
                self._owner = frame["conversation"]["owner"]
            elif kind == "typing" and acknowledged:
                finished = not frame["active"]
            elif kind == "error" and not acknowledged:
                await asyncio.sleep(AGAIN_SECONDS)
                raise _NotAcknowledged
            elif kind == "error":
                raise ChannelBroken(f"A frame was refused: {frame['message']}")
            elif kind == "message" and self._is_new(frame["message"]):
                heard.append(Heard.of(frame["message"]))
        return Reply(tuple(heard), self._owner)

    def _is_new(self, message: Frame) -> bool:
        """Whether it comes from the service; each message comes once and in order."""
        if message["seq"] != self._last_seq + 1:
            raise ChannelBroken(f"After message {self._last_seq} came message {message['seq']}.")
        self._last_seq = message["seq"]
        return bool(message["sender"] != "customer")

    async def _next(self, seconds: float) -> Frame | None:
        """The next frame; None when none comes in time. A ping keeps the connection open meanwhile."""
        deadline = time.monotonic() + seconds
        socket = self._socket_or_fail()
        while (left := deadline - time.monotonic()) > 0:
            try:
                return dict(json.loads(await asyncio.wait_for(socket.recv(), min(left, PING_SECONDS))))
            except TimeoutError:
                await socket.send(json.dumps({"type": "ping"}))
        return None


class _NotAcknowledged(Exception):  # never leaves this module
    """No ack came: the frame, or the answer to it, was lost."""
