"""Tables of the knowledge base: entries, their immutable revisions, releases, and the lexicon of editors."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Model, Moment


class Entry(Model):
    """A stable id. ``source_digest`` is the content last read from a file; empty for entries made by editors.

    ``newest_id`` is its newest revision's.
    """

    __tablename__ = "kb_entries"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    source_digest: Mapped[str] = mapped_column(String(64), default="")
    newest_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment)


class Revision(Model):
    """What an entry said at one time. Rows are never changed, but for ``status`` and who reviewed it.

    ``base`` is the revision it was made from. ``zh_changed`` and ``en_changed`` are the revisions since which each
    language says what it does, None where there is none. ``searched`` is all its text in small letters. ``valid_from``
    and ``valid_to`` are its first and last day.
    """

    __tablename__ = "kb_revisions"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("kb_entries.id"), index=True)
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    scenario: Mapped[str] = mapped_column(String(120), server_default="")
    searched: Mapped[str] = mapped_column(Text, server_default="")
    zh_changed: Mapped[int | None]
    en_changed: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    base: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)
    reviewer: Mapped[str | None] = mapped_column(String(120))
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)


class Comment(Model):
    """What colleagues say to each other about a revision."""

    __tablename__ = "kb_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("kb_entries.id"), index=True)
    number: Mapped[int]
    author: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str] = mapped_column(Text)


class Release(Model):
    """A set of revisions that went live together."""

    __tablename__ = "kb_releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment: Mapped[str] = mapped_column(Text, default="")
    published_by: Mapped[str] = mapped_column(String(120))
    published_at: Mapped[datetime] = mapped_column(Moment)


class ReleaseEntry(Model):
    """One revision in one release."""

    __tablename__ = "kb_release_entries"

    release_id: Mapped[int] = mapped_column(ForeignKey("kb_releases.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("kb_entries.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("kb_revisions.id"))


class LiveRelease(Model):
    """A single row, the release that is live. Publishing locks it, so that releases are made one after another.

    ``proposed`` are revisions, by their entries, that somebody is about to put live.
    """

    __tablename__ = "kb_live_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("kb_releases.id"))
    proposed: Mapped[dict[str, int] | None] = mapped_column(JSON)


class ImportedFile(Model):
    """A file of entries, what would become of each of its rows, and how far that has come.

    ``fates`` are in the order of the rows. ``done`` of them are settled. While ``leased_until`` lies ahead, the
    worker ``leased_by`` is at it.
    """

    __tablename__ = "kb_imports"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    file: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    author: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(16))
    fates: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    done: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(Moment)


class EditorsExpression(Model):
    """What customers say and what it means, both in the form in which text is searched."""

    __tablename__ = "kb_expressions"

    expression: Mapped[str] = mapped_column(String(60), primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    meaning: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(120))
    updated_at: Mapped[datetime] = mapped_column(Moment)


class Suggestion(Model):
    """Questions of customers that mean the same and were not answered well; personal data is masked.

    ``text`` is the first of them, ``vector`` its raw vector in half precision, made by ``encoder``. ``nearest_id`` and
    ``scenario`` are of the entry that it found when it was asked. ``entry_id`` and ``revision`` are what became of it.
    """

    __tablename__ = "kb_suggestions"
    __table_args__ = (
        Index("ix_kb_suggestions_listed", "status", "count", "last_seen"),
        Index("ix_kb_suggestions_last_seen", "last_seen"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    vector: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    encoder: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    count: Mapped[int] = mapped_column(default=0)
    first_seen: Mapped[datetime] = mapped_column(Moment)
    last_seen: Mapped[datetime] = mapped_column(Moment)
    nearest_id: Mapped[str | None] = mapped_column(String(120))
    nearest_confidence: Mapped[float | None] = mapped_column(Double)
    scenario: Mapped[str] = mapped_column(String(120), default="")
    entry_id: Mapped[str | None] = mapped_column(String(120))
    revision: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class SuggestedQuestion(Model):
    """One question of a suggestion, masked; ``week`` is the Monday before it, at the bank."""

    __tablename__ = "kb_suggested_questions"
    __table_args__ = (Index("ix_kb_suggested_questions_week", "week", "suggestion_id", "language", "why"),)

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("kb_suggestions.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    why: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Moment)
    week: Mapped[date]


class Origin(Model):
    """Where a draft came from: a suggestion, or what an agent replied in a conversation."""

    __tablename__ = "kb_origins"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("kb_entries.id"), index=True)
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    question: Mapped[str] = mapped_column(Text)
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("kb_suggestions.id"))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    seq: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
