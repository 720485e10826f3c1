"""The table of how far another desk has been told of each conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Model, Moment


class BridgedConversation(Model):
    """Everything up to message ``told_seq`` has been told; ``open`` says whether the other desk has the conversation.

    The log of messages is the outbox: nothing is queued beside it, so nothing can be lost between both.
    ``leased_until`` is set while a worker is telling; after a failure it is the moment of the next try.
    """

    __tablename__ = "bridged_conversations"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    told_seq: Mapped[int]
    open: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
