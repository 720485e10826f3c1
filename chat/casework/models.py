"""Tables of what staff add to a conversation, and of what customers say about it afterwards. None is a message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Model, Moment


class CaseNote(Model):
    """What staff tell each other; ``after_seq`` is the newest message at that time.

    It has a table of its own: no query for a customer's messages can return one.
    """

    __tablename__ = "case_notes"
    __table_args__ = (UniqueConstraint("conversation_id", "author_id", "client_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    client_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[int]
    author_name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after_seq: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)


class Consultation(Model):
    """A colleague who was asked for advice: reads and writes notes, never to the customer, until ``ended_at``."""

    __tablename__ = "consultations"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    colleague_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    colleague_name: Mapped[str] = mapped_column(String(120))
    asked_by: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class CaseOutcome(Model):
    """How the agent who closed a conversation judged it; ``entry_id`` is the answer that solved it."""

    __tablename__ = "case_outcomes"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    entry_id: Mapped[str | None] = mapped_column(String(120))
    agent_id: Mapped[int]
    agent_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class Rating(Model):
    """What a customer says of the bot, or of the person, after the end: ``score`` 1 to 5."""

    __tablename__ = "ratings"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(8), primary_key=True)
    score: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    agent_id: Mapped[int | None] = mapped_column(index=True)
    agent_name: Mapped[str | None] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class EditedSuggestion(Model):
    """An agent's reply that was a suggested answer and then changed: a better wording of that entry, perhaps."""

    __tablename__ = "edited_suggestions"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    suggested: Mapped[str] = mapped_column(Text)
    sent: Mapped[str] = mapped_column(Text)
    agent_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
