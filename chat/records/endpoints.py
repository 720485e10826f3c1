"""What staff ask of a stored message: where it came from, and to keep it for the knowledge base."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path
from starlette.requests import HTTPConnection

from chat.records.schemas import KeptReply, TraceView
from chat.records.tracing import Tracing
from identity.endpoints import staff_with
from identity.service import Role, SignedIn
from kit.errors import Conflict, Forbidden, NotFound, NotSignedIn
from kit.http import error_answers
from kit.sockets import LAST_SEQ

router = APIRouter(
    prefix="/api/desk", tags=["desk"], responses=error_answers(NotSignedIn, Forbidden, NotFound, Conflict)
)


def tracing_service(connection: HTTPConnection) -> Tracing:
    """The service that ``server`` put there."""
    return cast(Tracing, connection.app.state.tracing)


Traces = Annotated[Tracing, Depends(tracing_service)]
DeskStaff = Annotated[SignedIn, Depends(staff_with(Role.AGENT, Role.SUPERVISOR))]
Seq = Annotated[int, Path(ge=1, le=LAST_SEQ)]


@router.get("/conversations/{conversation_id}/messages/{seq}/trace")
async def trace(conversation_id: str, seq: Seq, traces: Traces, who: DeskStaff) -> TraceView:
    """The entry, revision, author, reviewer and release that a message was told from."""
    return TraceView.of(await traces.trace(who, conversation_id, seq))


@router.post("/conversations/{conversation_id}/messages/{seq}/draft", status_code=201)
async def keep_reply(conversation_id: str, seq: Seq, traces: Traces, who: DeskStaff) -> KeptReply:
    """Make a draft entry of an agent's reply and the question that it answers, both masked."""
    revision = await traces.keep_reply(who, conversation_id, seq)
    return KeptReply(entry_id=revision.entry_id, revision=revision.number)
