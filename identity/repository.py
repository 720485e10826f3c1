"""All SQL of staff, sessions and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from identity.filters import AuditFilter
from identity.models import AuditRecord, Staff, StaffSession


class IdentityRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_login(self, login: str) -> Staff | None:
        """The member of staff with this login."""
        return (await self._session.execute(select(Staff).where(Staff.login == login))).scalar_one_or_none()

    async def lock(self, staff_id: int) -> None:
        """Nobody else locks this member of staff before the transaction ends; rows that refer to them may come."""
        await self._session.execute(select(Staff.id).where(Staff.id == staff_id).with_for_update(key_share=True))

    async def by_id(self, staff_id: int) -> Staff | None:
        """The member of staff with this id."""
        return await self._session.get(Staff, staff_id)

    async def active(self) -> list[Staff]:
        """Everybody who may sign in."""
        return list((await self._session.execute(select(Staff).where(Staff.active).order_by(Staff.id))).scalars())

    def add_staff(self, staff: Staff) -> None:
        """A new member of staff."""
        self._session.add(staff)

    def add_session(self, session: StaffSession) -> None:
        """A new sign-in."""
        self._session.add(session)

    async def session(self, session_id: str, now: datetime) -> tuple[StaffSession, Staff] | None:
        """A sign-in that has not expired, with its member of staff who is still active."""
        row = await self._session.execute(
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.id == session_id, StaffSession.expires_at > now, Staff.active)
        )
        found = row.first()
        return (found[0], found[1]) if found else None

    async def end_session(self, session_id: str) -> None:
        """Sign out."""
        await self._session.execute(delete(StaffSession).where(StaffSession.id == session_id))

    async def end_expired(self, now: datetime) -> None:
        """Forget sign-ins whose time is over."""
        await self._session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))

    def record(self, at: datetime, actor: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        """Add a line to the audit log."""
        self._session.add(AuditRecord(at=at, actor=actor, action=action, subject=subject, detail=detail))

    async def audit_lines(self, wanted: AuditFilter, before: int | None, limit: int) -> list[AuditRecord]:
        """Lines of the audit log that are wanted, the newest first; with ``before``, those written before that one."""
        statement = select(AuditRecord).order_by(AuditRecord.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(AuditRecord.id < before)
        if wanted.actor:
            statement = statement.where(AuditRecord.actor == wanted.actor)
        if wanted.subject:
            statement = statement.where(AuditRecord.subject == wanted.subject)
        if wanted.action:
            kind = AuditRecord.action.startswith(f"{wanted.action}.", autoescape=True)
            statement = statement.where(or_(AuditRecord.action == wanted.action, kind))
        if wanted.since is not None:
            statement = statement.where(AuditRecord.at >= wanted.since)
        if wanted.until is not None:
            statement = statement.where(AuditRecord.at < wanted.until)
        return list((await self._session.execute(statement)).scalars())
