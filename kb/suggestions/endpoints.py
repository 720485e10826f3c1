"""Suggestions over REST, and where drafts came from."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import HTTPConnection

from identity.endpoints import staff_with
from identity.service import Role, SignedIn
from kb.content import Lang
from kb.endpoints import ERRORS, Editor, Reader
from kb.insight.schemas import (
    AcceptRequest,
    DismissRequest,
    DraftView,
    OriginList,
    OriginView,
    SuggestionList,
    SuggestionStatus,
    SuggestionView,
)
from kb.suggestions.deciding import QuestionConflict
from kb.suggestions.repository import SuggestionFilter
from kb.suggestions.service import Suggestions

router = APIRouter(prefix="/api/kb", tags=["knowledge base"], responses=ERRORS)


def suggestions_service(connection: HTTPConnection) -> Suggestions:
    """The service that ``server`` put there."""
    return cast(Suggestions, connection.app.state.suggestions)


Asked = Annotated[Suggestions, Depends(suggestions_service)]
Quality = Annotated[SignedIn, Depends(staff_with(Role.EDITOR, Role.REVIEWER, Role.SUPERVISOR))]
SuggestionId = Annotated[int, Path(ge=1, le=2**31 - 1)]
# Who may read any conversation.
CONVERSATION_ROLES = {Role.SUPERVISOR, Role.ADMIN}


@router.get("/suggestions")
async def suggestions(
    asked: Asked,
    _: Quality,
    status: SuggestionStatus | None = "open",
    language: Lang | None = None,
    scenario: Annotated[str | None, Query(max_length=120)] = None,
    text: Annotated[str, Query(max_length=200)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
) -> SuggestionList:
    """What customers asked in vain, the most asked first."""
    wanted = SuggestionFilter(status, language, scenario, text.replace("\x00", ""))
    return SuggestionList.of(await asked.page(wanted, offset, limit))


@router.get("/suggestions/{suggestion_id}")
async def suggestion(suggestion_id: SuggestionId, asked: Asked, _: Quality) -> SuggestionView:
    """One suggestion."""
    return SuggestionView.of(await asked.suggestion(suggestion_id))


@router.post("/suggestions/{suggestion_id}/accept")
async def accept(suggestion_id: SuggestionId, body: AcceptRequest, asked: Asked, who: Editor) -> DraftView:
    """Add the question to an entry's similar ones, in a new draft."""
    try:
        revision = await asked.deciding.accept(
            suggestion_id, body.entry_id, who.login, body.questions, in_spite=body.in_spite
        )
    except QuestionConflict as conflict:
        nearer = conflict.nearer
        conflict.beside["conflict"] = {
            "entry_id": nearer.entry_id,
            "text": nearer.text,
            "cosine": round(nearer.cosine, 4),
            "own": round(nearer.own, 4),
        }
        raise
    return DraftView(entry_id=revision.entry_id, revision=revision.number)


@router.post("/suggestions/{suggestion_id}/draft", status_code=201)
async def draft(suggestion_id: SuggestionId, asked: Asked, who: Editor) -> DraftView:
    """Make a new entry of it, a draft that has no answer yet."""
    revision = await asked.deciding.draft(suggestion_id, who.login)
    return DraftView(entry_id=revision.entry_id, revision=revision.number)


@router.post("/suggestions/{suggestion_id}/dismiss")
async def dismiss(suggestion_id: SuggestionId, body: DismissRequest, asked: Asked, who: Editor) -> SuggestionView:
    """Leave it; it stays away, however often it is asked."""
    await asked.deciding.dismiss(suggestion_id, who.login, body.comment)
    return SuggestionView.of(await asked.suggestion(suggestion_id))


@router.post("/suggestions/{suggestion_id}/reopen")
async def reopen(suggestion_id: SuggestionId, asked: Asked, who: Editor) -> SuggestionView:
    """Take a decision back."""
    await asked.deciding.reopen(suggestion_id, who.login)
    return SuggestionView.of(await asked.suggestion(suggestion_id))


@router.get("/entries/{entry_id}/origins")
async def origins(entry_id: str, asked: Asked, who: Reader) -> OriginList:
    """Where drafts of an entry came from; the conversation is named to whoever may read it."""
    may_read_any = not who.roles.isdisjoint(CONVERSATION_ROLES)
    return OriginList(
        origins=[
            OriginView.of(origin, with_conversation=may_read_any or origin.by == who.login)
            for origin in await asked.origins.of(entry_id)
        ]
    )
