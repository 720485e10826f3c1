"""All SQL of canned replies."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.canned.models import CannedReplyRow


class CannedRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: CannedReplyRow) -> None:
        """A reply that is written for the first time."""
        self._session.add(row)

    async def rows(self) -> list[CannedReplyRow]:
        """All that supervisors have written, changed or withdrawn."""
        return list((await self._session.execute(select(CannedReplyRow).order_by(CannedReplyRow.id))).scalars())

    async def row(self, reply_id: str) -> CannedReplyRow | None:
        """One of them; nobody else changes it before this transaction ends."""
        statement = select(CannedReplyRow).where(CannedReplyRow.id == reply_id).with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()
