"""Tables of conversations, their messages, and every change of owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Model, Moment


class Conversation(Model):
    """One customer's conversation.

    ``version`` rises with every change of owner: who wants to change it names the version that they saw.
    ``answered_seq`` is the last customer message whose turn is over; ``turn_until`` is set while a worker handles one.
    Of those that wait, the one with the earliest ``queue_since`` comes first: the arrival, less the head start of its
    ``priority``. ``team`` and ``scenario`` say who should take it; the last agent is asked first when it comes again.
    ``customer_id`` is the same in all conversations of one browser.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_queue", "owner", "queue_since"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[str | None] = mapped_column(String(32), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    owner: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(default=0)
    agent_id: Mapped[int | None] = mapped_column(index=True)
    agent_name: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(32))
    emotion: Mapped[str] = mapped_column(String(16), default="neutral")
    slots: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    unhelped_turns: Mapped[int] = mapped_column(default=0)
    angry_turns: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)
    customer_seq: Mapped[int] = mapped_column(default=0)
    answered_seq: Mapped[int] = mapped_column(default=0)
    turn_until: Mapped[datetime | None] = mapped_column(Moment)
    priority: Mapped[int] = mapped_column(default=0)
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)
    queue_since: Mapped[datetime | None] = mapped_column(Moment)
    customer_class: Mapped[str] = mapped_column(String(10), default="standard", server_default="standard")
    team: Mapped[str | None] = mapped_column(String(40))
    scenario: Mapped[str | None] = mapped_column(String(80))
    last_agent_id: Mapped[int | None]
    last_agent_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Message(Model):
    """One message; ``turn`` is what the bot made of a customer's message."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "sender", "client_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    client_id: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(8))
    sender_name: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    turn: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    helpful: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(Moment)


class OwnerChange(Model):
    """One change of owner, with the reason and the policy's inputs where the policy decided.

    ``agent_id`` is the agent who has the conversation from now on, or had it until now; ``team`` and ``priority`` are
    the conversation's after the change. ``handoff.records`` computes waits and handle times from these rows.
    """

    __tablename__ = "owner_changes"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_owner: Mapped[str] = mapped_column(String(8))
    to_owner: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(32))
    policy: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    agent_id: Mapped[int | None]
    team: Mapped[str | None] = mapped_column(String(40))
    priority: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class EntryUse(Model):
    """One thing that happened to an entry of the knowledge base in a conversation, at the message ``seq``.

    ``use`` is one of `kb.interfaces.USES`. ``release_id`` and ``revision`` are what a customer was told, of an answer.
    Counts of a period are read from ``ix_entry_uses_counted`` alone.
    """

    __tablename__ = "entry_uses"
    __table_args__ = (
        Index("ix_entry_uses_counted", "at", "use", "entry_id", "language"),
        Index("ix_entry_uses_of_entry", "entry_id", "at"),
    )

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    use: Mapped[str] = mapped_column(String(12), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    release_id: Mapped[int | None]
    revision: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Moment)


class UnansweredQuestion(Model):
    """A customer's message that was not answered, or not well. ``taken`` once the knowledge base has read it."""

    __tablename__ = "unanswered_questions"
    __table_args__ = (Index("ix_unanswered_questions_waiting", "taken", "at"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    why: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Moment)
    taken: Mapped[bool] = mapped_column(default=False)
