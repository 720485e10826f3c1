"""Who may come in: staff by password and session, customers by their conversation's token."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from itsdangerous import BadSignature, Signer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from identity.filters import AuditFilter
from identity.models import AuditRecord, Staff, StaffSession
from identity.repository import IdentityRepository
from identity.sentences import said
from kit.clock import Clock
from kit.database import Database
from kit.errors import Conflict, Forbidden, NotSignedIn
from kit.sentences import listed


class Role(StrEnum):
    """What a member of staff may do; one person may have several."""

    AGENT = "agent"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True)
class SignedIn:
    """A member of staff on a valid session."""

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    languages: tuple[str, ...]
    csrf: str

    def require(self, *roles: Role) -> None:
        """Raise ``Forbidden`` unless the person has one of ``roles``; an admin has them all."""
        if self.roles.isdisjoint({*roles, Role.ADMIN}):
            raise Forbidden(said("role_needed", roles=listed(said(role) for role in sorted(roles))))

    def require_csrf(self, given: str | None) -> None:
        """Raise ``Forbidden`` unless the request carries the session's CSRF token."""
        if not given or not hmac.compare_digest(given.encode(errors="replace"), self.csrf.encode()):
            raise Forbidden(said("csrf_failed"), code="csrf_failed")


def new_token() -> str:
    """An unguessable token, 256 bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token. It is random and long, so a plain hash keeps it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def token_matches(token: str, digest: str) -> bool:
    """Whether ``token`` is the one whose digest is stored, in constant time."""
    return hmac.compare_digest(token_digest(token), digest)


class Identity:
    """Staff accounts and sessions."""

    def __init__(self, database: Database, clock: Clock, *, secret_key: str, session_hours: float) -> None:
        self._database = database
        self._clock = clock
        self._signer = Signer(secret_key, salt="staff-session", digest_method=hashlib.sha256)
        self._session_time = timedelta(hours=session_hours)
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    async def create_staff(
        self, login: str, name: str, password: str, roles: Iterable[Role], languages: Iterable[str] = ("zh", "en")
    ) -> None:
        """A new account.

        Raises:
            Conflict: the login is taken.
        """
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        staff = Staff(
            login=login,
            name=name,
            password_hash=hashed,
            roles=sorted(roles),
            languages=list(languages),
            created_at=self._clock.now(),
        )
        try:
            async with self._database.write() as session:
                repository = IdentityRepository(session)
                repository.add_staff(staff)
                repository.record(self._clock.now(), "system", "staff.created", login, {"roles": staff.roles})
        except IntegrityError as error:  # the login is unique, also for two workers at the same moment
            raise Conflict(f"The login {login!r} is taken.", code="login_taken") from error

    async def has(self, login: str) -> bool:
        """Whether the account exists."""
        async with self._database.read() as session:
            return await IdentityRepository(session).by_login(login) is not None

    async def member(self, staff_id: int) -> tuple[str, frozenset[Role]] | None:
        """Name and roles of an active member of staff; None when there is none."""
        async with self._database.read() as session:
            staff = await IdentityRepository(session).by_id(staff_id)
        return (staff.name, frozenset(Role(role) for role in staff.roles)) if staff and staff.active else None

    async def login_of(self, staff_id: int) -> str | None:
        """The login of a member of staff, active or not; None when there is none."""
        async with self._database.read() as session:
            staff = await IdentityRepository(session).by_id(staff_id)
        return staff.login if staff else None

    async def sign_in(self, login: str, password: str) -> tuple[str, SignedIn]:
        """Check a password; returns the session cookie's value.

        Raises:
            NotSignedIn: wrong login or password, which look and take the same.
        """
        async with self._database.read() as session:
            staff = await IdentityRepository(session).by_login(login)
        known = staff is not None and staff.active
        matches = await asyncio.to_thread(
            self._verify, staff.password_hash if staff and known else self._nobody, password
        )
        if staff is None or not known or not matches:
            raise NotSignedIn(said("wrong_password"), code="wrong_password")
        now = self._clock.now()
        row = StaffSession(
            id=new_token(), staff_id=staff.id, csrf=new_token(), created_at=now, expires_at=now + self._session_time
        )
        async with self._database.write() as session:
            repository = IdentityRepository(session)
            await repository.end_expired(now)
            repository.add_session(row)
            repository.record(now, staff.login, "staff.signed_in", staff.login, {})
        return self._signer.sign(row.id).decode(), _signed_in(staff, row)

    async def signed_in(self, cookie: str | None) -> SignedIn:
        """Who a cookie belongs to.

        Raises:
            NotSignedIn: there is none, it was changed, or its time is over.
        """
        session_id = self._session_id(cookie)
        if session_id is not None:
            async with self._database.read() as session:
                found = await IdentityRepository(session).session(session_id, self._clock.now())
            if found is not None:
                return _signed_in(found[1], found[0])
        raise NotSignedIn(said("not_signed_in"))

    async def sign_out(self, cookie: str | None) -> None:
        """End the session of a cookie."""
        session_id = self._session_id(cookie)
        if session_id is not None:
            async with self._database.write() as session:
                await IdentityRepository(session).end_session(session_id)

    def record(self, session: AsyncSession, actor: str, action: str, subject: str, **detail: Any) -> None:
        """Add a line to the audit log, in the caller's transaction: what is undone is not recorded."""
        IdentityRepository(session).record(self._clock.now(), actor, action, subject, detail)

    async def audit_lines(self, wanted: AuditFilter, before: int | None, limit: int) -> list[AuditRecord]:
        """Lines of the audit log, the newest first; with ``before``, those written before the line of that id."""
        async with self._database.read() as session:
            return await IdentityRepository(session).audit_lines(wanted, before, limit)

    def _session_id(self, cookie: str | None) -> str | None:
        try:
            return self._signer.unsign(cookie).decode() if cookie else None
        except BadSignature:
            return None

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except Argon2Error:
            return False


def _signed_in(staff: Staff, session: StaffSession) -> SignedIn:
    return SignedIn(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        roles=frozenset(Role(role) for role in staff.roles),
        languages=tuple(staff.languages),
        csrf=session.csrf,
    )
