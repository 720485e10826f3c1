"""What every WebSocket of ours does: one reader, one writer, JSON objects both ways, a clean end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from kit.errors import BilinError

log = structlog.get_logger(__name__)

Frame = dict[str, Any]

HELLO_SECONDS = 10.0
LAST_SEQ = 2**31 - 1
NOT_A_HELLO = 4400
WRONG_TOKEN = 4401
TRY_AGAIN = 1013


class ConnectionRefused(Exception):  # it names what happens to the connection
    """The connection should end with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def receive(socket: WebSocket) -> Frame | None:
    """The next frame; None for one that is not a JSON object."""
    try:
        frame = json.loads(await socket.receive_text())
    except (ValueError, KeyError):
        return None
    return frame if isinstance(frame, dict) else None


def after_of(frame: Frame) -> int:
    """The last sequence number that the client has; 0 where the frame names none that could be."""
    after = frame.get("after")
    return after if isinstance(after, int) and 0 <= after <= LAST_SEQ else 0


async def hello(socket: WebSocket) -> Frame:
    """The first frame, which must come soon and be a hello."""
    try:
        frame = await asyncio.wait_for(receive(socket), HELLO_SECONDS)
    except TimeoutError as error:
        raise ConnectionRefused(NOT_A_HELLO, "The first frame did not come in time.") from error
    if frame is None or frame.get("type") != "hello":
        raise ConnectionRefused(NOT_A_HELLO, "The first frame must be a hello.")
    return frame


async def converse(
    socket: WebSocket,
    write: Callable[[], Awaitable[None]],
    handle: Callable[[Frame], Awaitable[None]],
) -> None:
    """Run ``write`` beside a loop that hands each frame to ``handle``, until either ends.

    An error of ours that ``handle`` raises is told to the client; the connection stays open.
    """

    async def read() -> None:
        while True:
            frame = await receive(socket)
            if frame is None:
                await send_error(socket, "invalid_frame", "Frames are JSON objects with a 'type'.")
            elif frame.get("type") == "ping":
                await socket.send_json({"type": "pong"})
            else:
                try:
                    await handle(frame)
                except BilinError as error:
                    await send_error(socket, error.code, error.message, frame.get("client_id"))

    tasks = {asyncio.create_task(read()), asyncio.create_task(_until_done(write))}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        error = task.exception() if not task.cancelled() else None
        if error is not None and not isinstance(error, WebSocketDisconnect | RuntimeError):
            raise error


async def _until_done(write: Callable[[], Awaitable[None]]) -> None:
    await write()


async def send_error(socket: WebSocket, code: str, message: str, client_id: object = None) -> None:
    """Tell the client that a frame was refused."""
    frame: Frame = {"type": "error", "code": code, "message": message}
    if isinstance(client_id, str):
        frame["client_id"] = client_id
    await socket.send_json(frame)


async def close(socket: WebSocket, code: int, reason: str) -> None:
    """End the connection, if it has not ended by itself."""
    if socket.application_state is not WebSocketState.DISCONNECTED:
        await socket.close(code, reason)
