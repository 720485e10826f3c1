"""The calls of another desk, in the shapes of Chatwoot's API. They exist while a bridge is configured."""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Literal, cast
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, Field

from chat.bridge.incoming import UNNAMED, BridgeDesk
from chat.service import MAX_TEXT
from kit.errors import Conflict, Forbidden, NotFound
from kit.http import error_answers


async def from_the_other_desk(
    request: Request, token: Annotated[str, Header(alias="api_access_token", convert_underscores=False)] = ""
) -> None:
    """Refuse everybody else; without a bridge there is nothing to refuse."""
    if request.app.state.bridge_desk is None:
        raise NotFound("No other desk is connected. Set BILIN_BRIDGE_URL.")
    if not token or not hmac.compare_digest(token.encode(), request.app.state.bridge_token.encode()):
        raise Forbidden("Send the bridge's token as 'api_access_token'.")


router = APIRouter(
    prefix="/api/bridge",
    tags=["bridge"],
    dependencies=[Depends(from_the_other_desk)],
    responses=error_answers(Forbidden, NotFound, Conflict),
)


class Sender(BaseModel):
    """Who speaks at the other desk, as the customer reads it."""

    name: str = Field(UNNAMED, min_length=1, max_length=120)


class BridgeMessage(BaseModel):
    """A message of an agent; ``echo_id`` makes a retry harmless, ``private`` makes it a note."""

    content: str = Field(min_length=1, max_length=MAX_TEXT)
    message_type: Literal["outgoing"] = "outgoing"
    private: bool = False
    echo_id: str | None = Field(None, min_length=1, max_length=64)
    sender: Sender = Sender()


class StatusChange(BaseModel):
    """Who shall have the conversation: ``open`` a person, ``pending`` the bot, ``resolved`` nobody any more."""

    status: Literal["open", "pending", "resolved"]
    sender: Sender = Sender()


def bridge_desk(request: Request) -> BridgeDesk:
    """The service that ``server`` put there."""
    return cast(BridgeDesk, request.app.state.bridge_desk)


Bridge = Annotated[BridgeDesk, Depends(bridge_desk)]


@router.get("/conversations/{conversation_id}")
async def read(conversation_id: str, bridge: Bridge) -> dict[str, Any]:
    """A conversation that was handed over, with all that was said."""
    return await bridge.conversation(conversation_id)


@router.post("/conversations/{conversation_id}/messages")
async def send(conversation_id: str, body: BridgeMessage, bridge: Bridge) -> dict[str, Any]:
    """Say something to the customer, or leave a note."""
    echo_id = body.echo_id or uuid4().hex
    return await bridge.message(conversation_id, echo_id, body.sender.name, body.content, private=body.private)


@router.post("/conversations/{conversation_id}/toggle_status")
async def toggle_status(conversation_id: str, body: StatusChange, bridge: Bridge) -> dict[str, Any]:
    """Take a conversation, hand it back to the bot, or end it."""
    now = await bridge.set_status(conversation_id, body.status, body.sender.name)
    return {"meta": {}, "payload": {"success": True, "current_status": now, "conversation_id": conversation_id}}
