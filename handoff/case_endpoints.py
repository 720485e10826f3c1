"""The desk's REST calls beyond answering: notes, transfers, advice, taking over, looking back, ratings."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection

from handoff.case_desk import CaseDesk
from handoff.case_schemas import (
    AskAdvice,
    EndAdvice,
    History,
    LiveCases,
    Messages,
    NewNote,
    NoteView,
    Others,
    Ratings,
    StoredNote,
    SummaryAnswer,
    SummaryView,
    Transfer,
)
from handoff.endpoints import DeskService
from handoff.schemas import CaseAnswer, CaseView, Seen, StaffMessage
from handoff.summary import summarise
from identity.endpoints import CurrentStaff

router = APIRouter(prefix="/api/desk", tags=["desk"])


def case_desk(connection: HTTPConnection) -> CaseDesk:
    """The service that ``server`` put there."""
    return cast(CaseDesk, connection.app.state.case_desk)


CaseDeskService = Annotated[CaseDesk, Depends(case_desk)]


@router.get("/conversations/{conversation_id}")
async def history(conversation_id: str, who: CurrentStaff, desk: DeskService, cases: CaseDeskService) -> History:
    """A conversation with everything that was said, what the bot made of it, and the notes."""
    case = await desk.case(who, conversation_id)
    lines = await desk.lines(who, conversation_id)
    return History(
        case=CaseView.of(case),
        messages=[StaffMessage.of(line) for line in lines],
        notes=[NoteView.of(note) for note in await cases.notes(who, conversation_id)],
        summary=SummaryView.of(summarise(lines)),
    )


@router.get("/conversations/{conversation_id}/summary")
async def summary(conversation_id: str, who: CurrentStaff, cases: CaseDeskService) -> SummaryAnswer:
    """What the customer wants, what was tried, and how they feel, as it is now."""
    return SummaryAnswer(summary=SummaryView.of(await cases.summary(who, conversation_id)))


@router.post("/conversations/{conversation_id}/notes", status_code=201)
async def note(conversation_id: str, body: NewNote, who: CurrentStaff, cases: CaseDeskService) -> StoredNote:
    """Write something that only staff can read."""
    return StoredNote(note=NoteView.of(await cases.note(who, conversation_id, body.client_id, body.text)))


@router.post("/conversations/{conversation_id}/transfer")
async def transfer(conversation_id: str, body: Transfer, who: CurrentStaff, cases: CaseDeskService) -> CaseAnswer:
    """Give the conversation to a colleague, or to a team."""
    moved = await cases.transfer(
        who,
        conversation_id,
        colleague_id=body.colleague_id,
        team_id=body.team_id,
        memo=body.memo,
        version=body.version,
    )
    return CaseAnswer(case=CaseView.of(moved))


@router.post("/conversations/{conversation_id}/consult")
async def consult(conversation_id: str, body: AskAdvice, who: CurrentStaff, cases: CaseDeskService) -> CaseAnswer:
    """Ask a colleague, who may then read and write notes."""
    return CaseAnswer(case=CaseView.of(await cases.consult(who, conversation_id, body.colleague_id, body.question)))


@router.post("/conversations/{conversation_id}/consult/end")
async def end_consult(conversation_id: str, body: EndAdvice, who: CurrentStaff, cases: CaseDeskService) -> CaseAnswer:
    """The colleague's part is over."""
    return CaseAnswer(case=CaseView.of(await cases.end_consultation(who, conversation_id, body.colleague_id)))


@router.post("/conversations/{conversation_id}/take-over")
async def take_over(
    conversation_id: str, who: CurrentStaff, cases: CaseDeskService, seen: Seen | None = None
) -> CaseAnswer:
    """A supervisor goes on in the place of whoever speaks."""
    taken = await cases.take_over(who, conversation_id, seen.version if seen else None)
    return CaseAnswer(case=CaseView.of(taken))


@router.get("/live")
async def live(who: CurrentStaff, cases: CaseDeskService) -> LiveCases:
    """All conversations that are going on, for supervisors."""
    return LiveCases(conversations=[CaseView.of(case) for case in await cases.live(who)])


@router.get("/conversations/{conversation_id}/others")
async def others(conversation_id: str, who: CurrentStaff, cases: CaseDeskService) -> Others:
    """The same customer's other conversations."""
    return Others.of(await cases.others(who, conversation_id))


@router.get("/conversations/{conversation_id}/others/{other_id}")
async def other(conversation_id: str, other_id: str, who: CurrentStaff, cases: CaseDeskService) -> Messages:
    """What was said in one of them."""
    lines = await cases.other_lines(who, conversation_id, other_id)
    return Messages(messages=[StaffMessage.of(line) for line in lines])


@router.get("/ratings")
async def ratings(who: CurrentStaff, cases: CaseDeskService) -> Ratings:
    """What customers said of the bot and of people in the last 30 days, for supervisors."""
    return Ratings.of(await cases.ratings(who))
