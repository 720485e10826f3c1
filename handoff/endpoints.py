"""The desk's REST calls."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection

from handoff.desk import Desk
from handoff.interfaces import Outcome, Suggested
from handoff.schemas import CaseAnswer, CaseView, Closing, Queue, Reply, Seen, StaffMessage, StoredReply
from identity.endpoints import CurrentStaff

router = APIRouter(prefix="/api/desk", tags=["desk"])


def desk_service(connection: HTTPConnection) -> Desk:
    """The service that ``server`` put there."""
    return cast(Desk, connection.app.state.desk)


DeskService = Annotated[Desk, Depends(desk_service)]


@router.get("/conversations")
async def lists(who: CurrentStaff, desk: DeskService) -> Queue:
    """Who waits, oldest first, and whom the caller is talking to."""
    return Queue.of(await desk.lists(who))


@router.post("/conversations/{conversation_id}/take")
async def take(conversation_id: str, who: CurrentStaff, desk: DeskService) -> CaseAnswer:
    """Take a waiting conversation."""
    return CaseAnswer(case=CaseView.of(await desk.take(who, conversation_id)))


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def reply(conversation_id: str, body: Reply, who: CurrentStaff, desk: DeskService) -> StoredReply:
    """Say something to the customer."""
    used = body.suggestion
    suggested = Suggested(used.entry_id, used.inserted, used.release_id) if used else None
    line = await desk.reply(who, conversation_id, body.client_id, body.text, suggested)
    return StoredReply(message=StaffMessage.of(line))


@router.post("/conversations/{conversation_id}/return")
async def give_back(conversation_id: str, who: CurrentStaff, desk: DeskService, seen: Seen | None = None) -> CaseAnswer:
    """Hand the conversation back to the bot."""
    version = seen.version if seen else None
    return CaseAnswer(case=CaseView.of(await desk.give_back(who, conversation_id, version)))


@router.post("/conversations/{conversation_id}/close")
async def close(
    conversation_id: str, who: CurrentStaff, desk: DeskService, closing: Closing | None = None
) -> CaseAnswer:
    """End the conversation, and say how it went."""
    closing = closing or Closing()
    outcome = None
    if closing.outcome is not None:
        outcome = Outcome(closing.outcome, closing.entry_id if closing.outcome == "solved" else None)
    return CaseAnswer(case=CaseView.of(await desk.close(who, conversation_id, outcome, closing.version)))
