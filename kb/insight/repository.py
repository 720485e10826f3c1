"""What insight reads of entries, without what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kb.models import Entry, ReleaseEntry, Revision


@dataclass(frozen=True)
class EntryFacts:
    """An entry by its newest revision."""

    entry_id: str
    revision_id: int
    scenario: str
    status: str
    is_live: bool
    last_review: datetime | None


class InsightRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def facts(self, live_release: int | None) -> list[EntryFacts]:
        """Of every entry, in the order of their ids."""
        reviewed = (
            select(Revision.entry_id, func.max(Revision.reviewed_at).label("at")).group_by(Revision.entry_id).subquery()
        )
        rows = await self._session.execute(
            select(
                Revision.entry_id,
                Revision.id,
                Revision.scenario,
                Revision.status,
                ReleaseEntry.release_id.is_not(None),
                reviewed.c.at,
            )
            .join(Entry, Entry.newest_id == Revision.id)
            .join(reviewed, reviewed.c.entry_id == Revision.entry_id)
            .outerjoin(
                ReleaseEntry,
                (ReleaseEntry.release_id == live_release) & (ReleaseEntry.entry_id == Revision.entry_id),
            )
            .order_by(Revision.entry_id)
        )
        return [
            EntryFacts(entry_id, revision_id, scenario, status, bool(is_live), at)
            for entry_id, revision_id, scenario, status, is_live, at in rows
        ]
