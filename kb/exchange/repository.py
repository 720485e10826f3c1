"""All SQL of imported files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from kb.models import ImportedFile


class ImportRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, imported: ImportedFile) -> None:
        """Keep a file that was read."""
        self._session.add(imported)

    async def imported(self, import_id: str, *, lock: bool = False) -> ImportedFile | None:
        """One file without its content; with ``lock``, nobody else changes it before this transaction ends."""
        statement = select(ImportedFile).where(ImportedFile.id == import_id)
        rows = await self._session.execute(statement.with_for_update() if lock else statement)
        return rows.scalar_one_or_none()

    async def recent(self, limit: int) -> list[tuple[ImportedFile, int]]:
        """The newest files first, without content and fates, each with how many rows it has."""
        rows = await self._session.execute(
            select(ImportedFile, func.json_array_length(ImportedFile.fates))
            .options(defer(ImportedFile.fates))
            .order_by(ImportedFile.created_at.desc(), ImportedFile.id)
            .limit(limit)
        )
        return [(imported, total) for imported, total in rows]

    async def left(self, state: str, now: datetime) -> list[str]:
        """The ids of files in a state that no worker is at, the oldest first."""
        is_free = or_(ImportedFile.leased_until.is_(None), ImportedFile.leased_until <= now)
        rows = await self._session.execute(
            select(ImportedFile.id).where(ImportedFile.state == state, is_free).order_by(ImportedFile.created_at)
        )
        return list(rows.scalars())

    async def content(self, import_id: str) -> bytes:
        """What a file holds."""
        rows = await self._session.execute(select(ImportedFile.content).where(ImportedFile.id == import_id))
        return rows.scalar_one()
