"""Canned replies over REST."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection

from handoff.canned.service import CannedReplies
from handoff.interfaces import Lang
from identity.endpoints import CurrentStaff
from kit.errors import Conflict, Forbidden, NotFound, NotSignedIn
from kit.http import error_answers

router = APIRouter(
    prefix="/api/desk/canned", tags=["desk"], responses=error_answers(NotSignedIn, Forbidden, NotFound, Conflict)
)


class BothLanguages(BaseModel):
    """A text in Chinese and in English."""

    zh: str = Field(min_length=1, max_length=2000)
    en: str = Field(min_length=1, max_length=2000)

    def by_language(self) -> dict[Lang, str]:
        """As a mapping."""
        return {"zh": self.zh, "en": self.en}


class CannedReplyView(BaseModel):
    """A canned reply."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: BothLanguages
    text: BothLanguages
    version: int
    updated_by: str | None


class CannedList(BaseModel):
    """Those in use."""

    replies: list[CannedReplyView]


class WrittenReply(BaseModel):
    """What a supervisor writes; ``version`` is that of the reply they changed, 0 for a new or a shipped one."""

    title: BothLanguages
    text: BothLanguages
    version: int = Field(0, ge=0)


def canned_replies(connection: HTTPConnection) -> CannedReplies:
    """The service that ``server`` put there."""
    return cast(CannedReplies, connection.app.state.canned)


Canned = Annotated[CannedReplies, Depends(canned_replies)]
ReplyId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


@router.get("")
async def replies(who: CurrentStaff, canned: Canned) -> CannedList:
    """All that are in use."""
    return CannedList(replies=[CannedReplyView.model_validate(vars(each)) for each in await canned.all(who)])


@router.put("/{reply_id}")
async def save(reply_id: ReplyId, body: WrittenReply, who: CurrentStaff, canned: Canned) -> CannedReplyView:
    """Write a new reply, or change one."""
    saved = await canned.save(who, reply_id, body.title.by_language(), body.text.by_language(), body.version)
    return CannedReplyView.model_validate(vars(saved))


@router.delete("/{reply_id}", status_code=204)
async def withdraw(reply_id: ReplyId, who: CurrentStaff, canned: Canned) -> None:
    """Take a reply out of use."""
    await canned.withdraw(who, reply_id)
