"""The customers' calls when a conversation is over."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from chat.casework.afterwards import Afterwards
from chat.endpoints import Chat, OwnConversation
from chat.schemas import ConversationAnswer, ConversationView
from handoff.case_interfaces import Subject
from kit.errors import Conflict, NotFound
from kit.http import error_answers

router = APIRouter(prefix="/api/chat", tags=["chat"], responses=error_answers(NotFound, Conflict))


class GivenRating(BaseModel):
    """One tap, and perhaps a word."""

    subject: Subject
    score: int = Field(ge=1, le=5)
    comment: str | None = Field(None, max_length=1000)


class AskedView(BaseModel):
    """Whom the customer may rate, and what they have said."""

    subject: Subject
    name: str | None
    score: int | None
    comment: str | None


class RatingsAsked(BaseModel):
    """Everybody whom the customer may rate now."""

    subjects: list[AskedView]


def afterwards(connection: HTTPConnection) -> Afterwards:
    """The service that ``server`` put there."""
    return cast(Afterwards, connection.app.state.afterwards)


AfterwardsService = Annotated[Afterwards, Depends(afterwards)]


@router.post("/conversations/{conversation_id}/end")
async def end(conversation: OwnConversation, after: AfterwardsService, chat: Chat) -> ConversationAnswer:
    """End the conversation; ending it twice changes nothing."""
    await after.end(conversation.id)
    return ConversationAnswer(conversation=ConversationView.of(await chat.current(conversation.id), None))


@router.get("/conversations/{conversation_id}/rating")
async def asked(conversation: OwnConversation, after: AfterwardsService) -> RatingsAsked:
    """Whom the customer may rate now."""
    subjects = await after.asked(conversation.id)
    return RatingsAsked(subjects=[AskedView.model_validate(each, from_attributes=True) for each in subjects])


@router.post("/conversations/{conversation_id}/rating", status_code=204)
async def rate(body: GivenRating, conversation: OwnConversation, after: AfterwardsService) -> None:
    """Rate the bot, or the person, once their part is over."""
    await after.rate(conversation.id, body.subject, body.score, body.comment)
