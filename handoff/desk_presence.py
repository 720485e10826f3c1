"""The part of an open desk that says the agent is there, and shows them their presence and the left messages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import WebSocket

from handoff.interfaces import LeftMessages
from handoff.roster import Roster
from handoff.team_schemas import LeftMessageList, LeftMessageView, PresenceView
from identity.service import SignedIn
from kit.errors import NotFound, Unavailable


class DeskPresence:
    """One open desk of one agent."""

    def __init__(self, socket: WebSocket, roster: Roster, messages: LeftMessages, who: SignedIn) -> None:
        self._socket = socket
        self._roster = roster
        self._messages = messages
        self._who = who
        self._shown: dict[str, Any] = {}

    @asynccontextmanager
    async def at_desk(self) -> AsyncIterator[None]:
        """The agent is there for as long as the block runs; afterwards the grace begins."""
        connection = await self._roster.connect(self._who.id)
        beating = asyncio.create_task(self._beat(connection))
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)  # its errors are those of the line, which is gone
            with contextlib.suppress(Unavailable):  # then the connection falls silent by itself
                await self._roster.disconnect(connection, self._who.id)

    async def _beat(self, connection: str) -> None:
        """A sign of life in both directions. A page that is hidden may not run timers, but it hears this one."""
        while True:
            await asyncio.sleep(self._roster.rules.timing.heartbeat_seconds)
            await self._socket.send_json({"type": "pong"})
            with contextlib.suppress(Unavailable):
                await self._roster.heard(connection, self._who.id)

    async def show(self) -> None:
        """Send the agent's own presence and the left messages, as far as they have changed."""
        with contextlib.suppress(NotFound):  # an administrator may look at the desk and is no agent
            own = PresenceView.of(await self._roster.colleague(self._who.id))
            await self._send("presence", own.model_dump(mode="json"))
        left = [LeftMessageView.of(message) for message in await self._messages.left_messages()]
        await self._send("left_messages", LeftMessageList(left_messages=left).model_dump(mode="json"))

    async def _send(self, kind: str, frame: dict[str, Any]) -> None:
        if self._shown.get(kind) != frame:
            self._shown[kind] = frame
            await self._socket.send_json({"type": kind, **frame})
