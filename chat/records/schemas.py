"""Shapes of traces, and of drafts made of replies."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from chat.records.tracing import Trace
from kb.schemas import EntryView, ReleaseView


class TraceView(BaseModel):
    """What a message was told from. ``release`` and ``entry`` are null where no entry says it.

    ``edited`` says that an agent changed the entry's words before they sent them.
    """

    conversation_id: str
    seq: int
    sender: str
    kind: str
    text: str
    sent_at: datetime
    release: ReleaseView | None
    entry: EntryView | None
    edited: bool

    @classmethod
    def of(cls, trace: Trace) -> TraceView:
        """Of a trace."""
        message = trace.message
        return cls(
            conversation_id=message.conversation_id,
            seq=message.seq,
            sender=message.sender,
            kind=message.kind,
            text=message.text,
            sent_at=message.created_at,
            release=ReleaseView.model_validate(trace.release) if trace.release else None,
            entry=EntryView.of(trace.told) if trace.told else None,
            edited=trace.edited,
        )


class KeptReply(BaseModel):
    """The draft that a reply was kept as."""

    entry_id: str
    revision: int
