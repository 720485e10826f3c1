"""Which lines of the audit log are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AuditFilter:
    """What is empty or None is not asked for.

    Args:
        actor: who did it, by login.
        subject: what it was done to.
        action: as it is written, such as ``entry.saved``, or its first part, such as ``entry``.
        since: the first moment.
        until: the first moment after.
    """

    actor: str = ""
    subject: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
