"""Shapes of the knowledge base's endpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from identity.models import AuditRecord
from kb.browsing import Kind, Shown
from kb.content import EntryContent, Lang
from kb.expressions import MEANING_LENGTH
from kb.filters import Gap, Status
from kb.models import ImportedFile
from kit.sentences import alike

Text = Annotated[str, Field(max_length=2000)]


class EntryView(BaseModel):
    """A revision of an entry. ``live_revision`` is what customers are told at present."""

    id: str
    revision: int
    status: Status
    author: str
    created_at: datetime
    reviewer: str | None
    live_revision: int | None
    gaps: list[Gap]
    content: EntryContent

    @classmethod
    def of(cls, shown: Shown) -> EntryView:
        """Of a revision as it is stored."""
        return cls(**_common(shown), content=EntryContent.model_validate(shown.revision.content))


class EntrySummary(BaseModel):
    """An entry in a list, by its newest revision."""

    id: str
    revision: int
    status: Status
    author: str
    created_at: datetime
    reviewer: str | None
    live_revision: int | None
    gaps: list[Gap]
    scenario: str
    questions: dict[Lang, str]
    valid_from: date | None
    valid_to: date | None
    featured: bool
    risk_class: str

    @classmethod
    def of(cls, shown: Shown) -> EntrySummary:
        """Of a revision as it is stored."""
        content = EntryContent.model_validate(shown.revision.content)
        return cls(
            **_common(shown),
            scenario=content.scenario,
            questions={language: variant.question for language, variant in content.variants.items()},
            valid_from=content.valid_from,
            valid_to=content.valid_to,
            featured=content.featured,
            risk_class=content.risk_class,
        )


def _common(shown: Shown) -> dict[str, Any]:
    revision = shown.revision
    return {
        "id": revision.entry_id,
        "revision": revision.number,
        "status": revision.status,
        "author": revision.author,
        "created_at": revision.created_at,
        "reviewer": revision.reviewer,
        "live_revision": shown.live,
        "gaps": shown.gaps,
    }


class Count(BaseModel):
    """How many entries there are of a kind."""

    id: str
    count: int

    @classmethod
    def all_of(cls, counts: Mapping[Any, int]) -> list[Count]:
        """Of several kinds, in the order of their names."""
        return [cls(id=name, count=count) for name, count in sorted(counts.items())]


class EntryPage(BaseModel):
    """Some entries, and counts of all that match, each by every other filter than its own.

    ``today`` and the last day that is ``soon`` are the bank's, by which validity is counted.
    """

    entries: list[EntrySummary]
    total: int
    scenarios: list[Count]
    statuses: list[Count]
    gaps: list[Count]
    validities: list[Count]
    today: date
    soon: date


class RevisionView(BaseModel):
    """A revision without its content."""

    revision: int
    status: Status
    author: str
    created_at: datetime
    reviewer: str | None


class RevisionList(BaseModel):
    """Every revision of an entry, the newest first."""

    revisions: list[RevisionView]


class MoveRequest(BaseModel):
    """Which revision is meant, and why."""

    revision: int
    comment: Text = ""


class CommentRequest(BaseModel):
    """What is said about the newest revision."""

    text: str = Field(min_length=1, max_length=2000)


class CommentView(BaseModel):
    """What was said about a revision."""

    revision: int
    author: str
    at: datetime
    text: str


class CommentList(BaseModel):
    """In the order in which they were written."""

    comments: list[CommentView]


class CommentedRequest(BaseModel):
    """Why an entry is taken out, or a release restored."""

    comment: Text = ""


class ReleaseView(BaseModel):
    """A release."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    comment: str
    published_by: str
    published_at: datetime


class ReleaseList(BaseModel):
    """Releases, newest first, whether there are older ones, and the one this worker searches."""

    live: int | None
    releases: list[ReleaseView]
    more: bool


class ChangeView(BaseModel):
    """What a release did to an entry: the revision that it says, and the one before."""

    model_config = ConfigDict(from_attributes=True)

    entry_id: str
    kind: Kind
    revision: int | None
    before: int | None


class ReleaseChanges(BaseModel):
    """A release, and what it did to the one before it."""

    release: ReleaseView
    changes: list[ChangeView]


class Told(BaseModel):
    """What customers were told of an entry while a release was live, who wrote it and who approved it."""

    release: ReleaseView
    entry: EntryView


class Published(BaseModel):
    """The release that was made; null when there was nothing to publish."""

    release_id: int | None


class AuditLine(BaseModel):
    """Who did what to what, and when; ``detail`` is what else is known of that action."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, record: AuditRecord) -> AuditLine:
        """Of a line as it is stored."""
        return cls(
            who=record.actor, **{name: getattr(record, name) for name in ("id", "at", "action", "subject", "detail")}
        )


class AuditPage(BaseModel):
    """Lines of the audit log, the newest first, and whether there are older ones."""

    lines: list[AuditLine]
    more: bool


class ImportCounts(BaseModel):
    """How many rows of a file have which fate."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0


class ImportRow(BaseModel):
    """What becomes of a row of a file; ``row`` as the person sees it in their program.

    ``message`` is what is wrong with it and what to do, in each language; null where nothing is.
    """

    row: int
    entry_id: str | None
    fate: Literal["new", "changed", "same", "refused"]
    column: str | None
    message: dict[Lang, str] | None

    @field_validator("message", mode="before")
    @classmethod
    def _is_in_both_languages(cls, stored: object) -> object:
        """Files that were read by a release that had English alone have a text, empty where nothing is wrong."""
        return (alike(stored) if stored else None) if isinstance(stored, str) else stored


ImportState = Literal["checked", "applying", "done"]


class ImportView(BaseModel):
    """A file, what becomes of its rows, and how far that has come; ``rows`` are null where they are not asked for."""

    id: str
    file: str
    state: ImportState
    done: int
    total: int
    counts: ImportCounts
    rows: list[ImportRow] | None

    @classmethod
    def of(cls, imported: ImportedFile, *, rows: bool = True) -> ImportView:
        """Of a file as it is stored."""
        shown = [ImportRow(**{key: fate[key] for key in ImportRow.model_fields}) for fate in imported.fates if rows]
        return cls(
            id=imported.id,
            file=imported.file,
            state=imported.state,
            done=imported.done,
            total=len(imported.fates),
            counts=ImportCounts.model_validate(Counter(fate["fate"] for fate in imported.fates)),
            rows=shown if rows else None,
        )


class ImportSummary(BaseModel):
    """A file, who read it or had it applied, and how far that has come."""

    id: str
    file: str
    state: ImportState
    author: str
    created_at: datetime
    done: int
    total: int

    @classmethod
    def of(cls, imported: ImportedFile, total: int) -> ImportSummary:
        """Of a file as it is stored, with that many rows."""
        shown = ("id", "file", "state", "author", "created_at", "done")
        return cls(total=total, **{name: getattr(imported, name) for name in shown})


class ImportList(BaseModel):
    """Files, the newest first."""

    imports: list[ImportSummary]


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
