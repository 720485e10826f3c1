"""One database for every domain: SQLite in WAL mode by default, PostgreSQL by URL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from kit import sqlite
from kit.brief import BriefTransactions
from kit.counters import count_degraded
from kit.errors import InvalidRequest, Unavailable
from kit.settings import ROOT, Settings

log = structlog.get_logger(__name__)

_MIGRATION_LOCK = 0x62696C696E
# As many as a busy moment needs: beyond them, each transaction would open a connection, and close it again.
CONNECTIONS_KEPT = 20


class Model(DeclarativeBase):
    """Base of every table. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps none of the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it would be read back as another moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _busy() -> Unavailable:
    count_degraded("database_busy")
    return Unavailable("The service is busy. Please send that again in a moment.", code="database_busy")


def unavailable(error: DBAPIError) -> Unavailable | None:
    """The named condition behind a driver's error, counted; None when the mistake is ours."""
    said = str(error.orig).lower()
    if "locked" in said or "deadlock" in said or "could not serialize" in said:
        return _busy()
    if "disk is full" in said or "no space left" in said or "disk full" in said:
        count_degraded("storage_full")
        return Unavailable(
            "Nothing can be stored at present; we are on it. Please try again later.",
            code="storage_full",
        )
    if error.connection_invalidated or "connect" in said or "unable to open database" in said:
        count_degraded("database_unreachable")
        return Unavailable(
            "The service cannot reach its records. Please try again in a moment.",
            code="database_unreachable",
        )
    return None


def unstorable(error: DBAPIError) -> InvalidRequest | None:
    """What a caller has to change; None when that is not it. PostgreSQL's texts hold any character but NUL."""
    if "invalid byte sequence" in str(error.orig).lower():
        return InvalidRequest("A text has the character NUL in it, which cannot be stored. Take it out.")
    return None


class Database:
    """Opens short transactions. Nothing outside a ``read`` or ``write`` block touches the database."""

    def __init__(self, url: str, *, busy_seconds: float = 5.0) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        driver: dict[str, Any] = {"pool_pre_ping": True}
        if self.is_sqlite:
            driver = {"async_creator": sqlite.connector(url, busy_seconds)}
        self._engine = create_async_engine(url, pool_size=CONNECTIONS_KEPT, **driver)
        if self.is_sqlite:
            sqlite.prepare(self._engine.sync_engine, busy_seconds)
        self._busy_seconds = busy_seconds
        self._writing = asyncio.Lock()
        self._sessions = {
            writes: async_sessionmaker(
                self._engine.execution_options(**{sqlite.WRITES: writes}), expire_on_commit=False
            )
            for writes in (False, True)
        }
        self._brief = BriefTransactions(url, busy_seconds) if self.is_sqlite else None
        self._checkpointing: asyncio.Task[None] | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Database:
        """The configured database; its folder is made when it is a file of ours."""
        if not settings.database_url:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        return cls(settings.resolved_database_url, busy_seconds=settings.database_busy_seconds)

    @asynccontextmanager
    async def read(self, *, brief: bool = False) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads.

        Args:
            brief: it reads a few rows by an index. On SQLite it is then done in place, which is over sooner than a
                thread would have heard of it; until then nothing else is done.
        """
        opened = self._brief.read() if brief and self._brief else self._opened(writes=False)
        async with self._named(opened) as session:
            yield session

    @asynccontextmanager
    async def write(self, *, brief: bool = False) -> AsyncIterator[AsyncSession]:
        """A transaction that may write; committed at the end of the block, rolled back on any error.

        On SQLite it takes the write lock at once, so that a compare-and-swap inside it cannot be overtaken; the writers
        of this process take it in the order in which they came.

        Args:
            brief: it reads and writes a few rows by an index; done in place like a brief `read`.
        """
        opened = self._brief.write() if brief and self._brief else self._opened(writes=True)
        async with self._in_turn(), self._named(opened) as session:
            yield session
        if self._brief and self._brief.wants_checkpoint and self._checkpointing is None:
            self._checkpointing = asyncio.create_task(self._checkpoint(self._brief))

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """SQLite's one writer of this process; SQLite itself lets writers sleep and try again, the latest as often as
        the first."""
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(self._busy_seconds):
                await self._writing.acquire()
        except TimeoutError as error:
            raise _busy() from error
        try:
            yield
        finally:
            self._writing.release()

    @asynccontextmanager
    async def _opened(self, *, writes: bool) -> AsyncIterator[AsyncSession]:
        async with self._sessions[writes]() as session, session.begin():
            yield session

    @asynccontextmanager
    async def _named(self, opened: AbstractAsyncContextManager[AsyncSession]) -> AsyncIterator[AsyncSession]:
        """A transaction whose failures have a name."""
        try:
            async with opened as session:
                yield session
        except DBAPIError as error:
            named = unavailable(error) or unstorable(error)
            if named is None:
                raise
            raise named from error
        except OSError as error:  # PostgreSQL's driver raises the socket's own error when the server is gone
            count_degraded("database_unreachable")
            raise Unavailable(
                "The service cannot reach its records. Please try again in a moment.",
                code="database_unreachable",
            ) from error

    async def _checkpoint(self, brief: BriefTransactions) -> None:
        try:
            async with self._writing:
                await brief.checkpoint()
        except (DBAPIError, OSError, sqlite3.Error) as error:
            count_degraded("checkpoint_failed")
            log.warning("checkpoint_failed", reason=str(error))
        finally:
            self._checkpointing = None

    @property
    def engines(self) -> list[Engine]:
        """What the database is asked through, for who wants to listen."""
        brief = [self._brief.reading, self._brief.writing] if self._brief else []
        return [self._engine.sync_engine, *brief]

    async def ping(self) -> None:
        """Raise ``Unavailable`` when the database does not answer."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def migrate(self) -> None:
        """Bring the schema to the newest version."""
        engine = self._engine.execution_options(**{sqlite.WRITES: True})
        async with engine.begin() as connection:
            if not self.is_sqlite:  # SQLite's write lock does the same: workers that start together migrate in turn
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        """Return every connection."""
        if self._checkpointing is not None:
            await asyncio.gather(self._checkpointing, return_exceptions=True)
        if self._brief is not None:
            self._brief.close()
        await self._engine.dispose()


def alembic_config() -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Any) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
