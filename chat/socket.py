"""The customers' WebSocket: a stored message is acknowledged, every message comes once and in order."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from chat.endpoints import chat_service, turn_runner, waiting_room
from chat.models import Conversation
from chat.ownership import Owner
from chat.schemas import ConversationView, MessageView, NewMessage
from chat.service import ChatService, Committed
from chat.turn import TurnRunner
from chat.waiting import Wait, WaitingRoom
from handoff.interfaces import FOUND, QUEUE, conversation_topic
from kit.errors import InvalidRequest, NotFound, Unavailable
from kit.events import CHANGED, Event, Subscription
from kit.language import detect
from kit.sockets import TRY_AGAIN, WRONG_TOKEN, ConnectionRefused, Frame, after_of, close, converse, hello

REREAD_SECONDS = 20.0
MOVED_SECONDS = 0.5

router = APIRouter()


class CustomerSocket:
    """One open connection of one customer."""

    def __init__(
        self, socket: WebSocket, chat: ChatService, room: WaitingRoom, turns: TurnRunner, conversation: Conversation
    ) -> None:
        self._socket = socket
        self._chat = chat
        self._room = room
        self._turns = turns
        self._id = conversation.id
        self._opened = conversation
        self._language = conversation.language
        self._shown: tuple[str, str | None, Wait | None] | None = None

    async def run(self, after: int) -> None:
        """Serve until the customer goes."""
        async with self._chat.events.subscribe(conversation_topic(self._id), QUEUE) as subscription:
            await self._show("welcome", self._opened)  # what has changed since is read next
            await converse(self._socket, lambda: self._write(subscription, after), self._handle)

    async def _write(self, subscription: Subscription, last: int) -> None:
        news: object = None
        while True:
            if isinstance(news, Committed) and news.continues(last):
                conversation, messages = news.conversation, news.messages
            else:
                conversation, messages = await self._chat.seen(self._id, last)
            for message in messages:
                view = MessageView.of(message).model_dump(mode="json")
                await self._socket.send_json({"type": "message", "message": view})
                last = message.seq
            news = None
            if messages and last < conversation.last_seq:
                continue  # there are more than one reading gives
            await self._show("conversation", conversation)
            event = await self._next(subscription, conversation)
            news = event.news if event else None

    async def _next(self, subscription: Subscription, conversation: Conversation) -> Event | None:
        """The next event that there may be something to read for; None when it is time to read in any case.

        Hints are passed on meanwhile. What others in the queue do matters only to who waits, who is told of the new
        place a moment later: a busy queue changes many times a second.
        """
        now = asyncio.get_running_loop().time
        reread_at = now() + REREAD_SECONDS
        changed_at = look_at = None
        while True:
            event = await subscription.next(timeout_seconds=max(min(look_at or reread_at, reread_at) - now(), 0.0))
            if event is None and look_at is not None and now() < reread_at:
                await self._show("conversation", conversation, changed_at)
                look_at = None
            elif event is not None and event.kind == "typing":
                if event.data.get("sender") != "customer":
                    await self._socket.send_json({"type": "typing", **event.data})
            elif event is not None and event.kind == FOUND:
                continue  # for staff
            elif event is None or event.topic != QUEUE or event.kind != CHANGED:
                return event
            elif conversation.owner == Owner.WAITING:
                changed_at = now()
                look_at = look_at or changed_at + MOVED_SECONDS

    async def _show(self, kind: str, conversation: Conversation, changed_at: float | None = None) -> None:
        """Send the conversation's state, if it is not the one that was sent last; ``changed_at`` is for the room."""
        wait = await self._room.look(conversation, changed_at=changed_at)
        state = conversation.owner, conversation.agent_name, wait
        if kind == "welcome" or state != self._shown:
            self._shown = state
            view = ConversationView.of(conversation, wait)
            await self._socket.send_json({"type": kind, "conversation": view.model_dump(mode="json")})

    async def _handle(self, frame: Frame) -> None:
        if frame.get("type") == "typing":
            await self._chat.typing(self._id, "customer", bool(frame.get("active")))
        elif frame.get("type") == "message":
            await self._store(frame)
        else:
            raise InvalidRequest("Unknown frame type.", code="invalid_frame")

    async def _store(self, frame: Frame) -> None:
        try:
            body = NewMessage.model_validate({key: frame.get(key) for key in ("client_id", "text", "choice")})
        except ValidationError as error:
            raise InvalidRequest("A message needs 'client_id' and a 'text' of 1 to 2,000 characters.") from error
        language = detect(body.text, "en" if self._language == "en" else "zh").answer_language
        claim = self._turns.claim
        stored = await self._turns.begin(
            self._chat.post(self._id, body.client_id, body.text, language, body.choice, claim=claim)
        )
        self._language = language
        await self._socket.send_json({"type": "ack", "client_id": body.client_id, "seq": stored.message.seq})


@router.websocket("/api/chat/conversations/{conversation_id}/socket")
async def customer_socket(socket: WebSocket, conversation_id: str) -> None:
    """See ``docs/protocol.md``. The token comes in the first frame, so that no log of addresses ever holds it."""
    await socket.accept()
    chat = chat_service(socket)
    try:
        first = await hello(socket)
        conversation = await chat.opened_by(conversation_id, str(first.get("token", "")))
        connection = CustomerSocket(socket, chat, waiting_room(socket), turn_runner(socket), conversation)
        await connection.run(after_of(first))
    except ConnectionRefused as closed:
        await close(socket, closed.code, closed.reason)
    except NotFound as error:
        await close(socket, WRONG_TOKEN, error.message)
    except Unavailable as error:
        await close(socket, TRY_AGAIN, error.message)
    except WebSocketDisconnect:
        return
