"""The table of canned replies that supervisors have written, changed or withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Model, Moment


class CannedReplyRow(Model):
    """A reply by its id; it stands before the shipped one of that id. ``texts`` and ``titles`` are by language."""

    __tablename__ = "canned_replies"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int]
    updated_by: Mapped[str] = mapped_column(String(120))
    updated_at: Mapped[datetime] = mapped_column(Moment)
