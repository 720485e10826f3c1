"""The desk's REST calls."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection

from handoff.desk import Desk
from handoff.schemas import CaseAnswer, CaseView, History, Queue, Reply, StaffMessage, StoredReply
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


@router.get("/conversations/{conversation_id}")
async def history(conversation_id: str, who: CurrentStaff, desk: DeskService) -> History:
    """A conversation with everything that was said, and what the bot made of it."""
    case = await desk.case(who, conversation_id)
    lines = await desk.lines(who, conversation_id)
    return History(case=CaseView.of(case), messages=[StaffMessage.of(line) for line in lines])


@router.post("/conversations/{conversation_id}/take")
async def take(conversation_id: str, who: CurrentStaff, desk: DeskService) -> CaseAnswer:
    """Take a waiting conversation."""
    return CaseAnswer(case=CaseView.of(await desk.take(who, conversation_id)))


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def reply(conversation_id: str, body: Reply, who: CurrentStaff, desk: DeskService) -> StoredReply:
    """Say something to the customer."""
    line = await desk.reply(who, conversation_id, body.client_id, body.text)
    return StoredReply(message=StaffMessage.of(line))


@router.post("/conversations/{conversation_id}/return")
async def give_back(conversation_id: str, who: CurrentStaff, desk: DeskService) -> CaseAnswer:
    """Hand the conversation back to the bot."""
    return CaseAnswer(case=CaseView.of(await desk.give_back(who, conversation_id)))


@router.post("/conversations/{conversation_id}/close")
async def close(conversation_id: str, who: CurrentStaff, desk: DeskService) -> CaseAnswer:
    """End the conversation."""
    return CaseAnswer(case=CaseView.of(await desk.close(who, conversation_id)))
