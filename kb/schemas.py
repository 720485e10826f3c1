"""Shapes of the knowledge base's endpoints."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from kb.content import EntryContent, Lang
from kb.expressions import MEANING_LENGTH


class EntryView(BaseModel):
    """An entry's newest revision."""

    revision: int
    status: str
    author: str
    created_at: datetime
    content: EntryContent


class EntryList(BaseModel):
    """Every entry."""

    entries: list[EntryView]


class PublishRequest(BaseModel):
    """Why the drafts go live, or an entry is taken out."""

    comment: str = Field("", max_length=2000)


class ReleaseView(BaseModel):
    """A release."""

    id: int
    comment: str
    published_by: str
    published_at: datetime


class ReleaseList(BaseModel):
    """Releases, newest first, and the one this worker searches."""

    live: int | None
    releases: list[ReleaseView]


class Published(BaseModel):
    """The release that a publication made; null when there was no draft."""

    release_id: int | None


class CandidateView(BaseModel):
    """An entry that may answer."""

    entry_id: str
    question: str
    confidence: float


class SearchView(BaseModel):
    """What a question finds in the live release."""

    release_id: int
    candidates: list[CandidateView]


class ExpressionRequest(BaseModel):
    """What an expression means."""

    language: Lang
    meaning: str = Field(max_length=MEANING_LENGTH)


class ExpressionView(BaseModel):
    """An expression as it is stored and searched by."""

    model_config = ConfigDict(from_attributes=True)

    expression: str
    language: Lang
    meaning: str
    author: str
    updated_at: datetime


class LexiconView(BaseModel):
    """What editors have put, and how many expressions are shipped beside that."""

    expressions: list[ExpressionView]
    shipped: int
