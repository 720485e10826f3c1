"""Brief transactions on SQLite, done in place: a few rows by an index.

A statement of theirs takes microseconds. On its way to a driver's thread and back through SQLAlchemy's greenlets it
would take ten times as long, and while a transaction writes, everybody else who wants to write waits for it. Nothing
here waits for the disk: what a commit writes stays in the system's cache until a checkpoint, and those are made by a
thread of their own.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

# Of the pages that so many commits write, a checkpoint takes milliseconds; SQLite's own limit is about the same.
COMMITS_A_CHECKPOINT = 150
LOCK_RETRY_SECONDS = 0.01


class BriefSession(AsyncSession):
    """A session like any other, on an engine that answers at once; what is called most goes straight to it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(expire_on_commit=False)
        self.sync_session.bind = engine

    async def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """Execute a statement (see parent class)."""
        return self.sync_session.execute(statement, params, **options)

    async def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Execute what is pending (see parent class)."""
        self.sync_session.flush(objects)


class BriefTransactions:
    """Opens brief transactions on the file of a URL, which is in WAL mode already.

    Args:
        url: SQLite's, with any driver.
        busy_seconds: how long one waits for writers of other processes.
    """

    def __init__(self, url: str, busy_seconds: float) -> None:
        file = make_url(url).set(drivername="sqlite")
        self._busy_seconds = busy_seconds
        self._commits = 0
        self._disk = ThreadPoolExecutor(1, "checkpoint")
        self.reading = create_engine(file, max_overflow=-1, connect_args={"timeout": busy_seconds})
        self.writing = create_engine(file, max_overflow=-1, connect_args={"timeout": 0})  # it waits outside of SQLite
        for engine, begin in ((self.reading, "BEGIN"), (self.writing, "BEGIN IMMEDIATE")):
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _beginning(begin))

    @property
    def wants_checkpoint(self) -> bool:
        """Whether so much was written that `checkpoint` should be called."""
        return self._commits >= COMMITS_A_CHECKPOINT

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads."""
        session = BriefSession(self.reading)
        with closing(session.sync_session):
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that has SQLite's write lock; committed at the end of the block, rolled back on any error."""
        session = BriefSession(self.writing)
        with closing(session.sync_session):
            await self._locked(session)
            yield session
            session.sync_session.commit()
        self._commits += 1

    async def checkpoint(self) -> None:
        """Bring what was committed from the log into the file, in a thread. Call it while nobody writes."""
        self._commits = 0
        await asyncio.get_running_loop().run_in_executor(self._disk, self._checkpointed)

    def close(self) -> None:
        """Return every connection."""
        self._disk.shutdown()
        self.reading.dispose()
        self.writing.dispose()

    async def _locked(self, session: BriefSession) -> None:
        """Take the lock; another process may have it, and meanwhile customers' turns go on here."""
        deadline = asyncio.get_running_loop().time() + self._busy_seconds
        while True:
            try:
                session.sync_session.connection()
                return
            except OperationalError as error:
                session.sync_session.rollback()
                code = getattr(error.orig, "sqlite_errorcode", None)
                if code != sqlite3.SQLITE_BUSY or asyncio.get_running_loop().time() > deadline:
                    raise
            await asyncio.sleep(LOCK_RETRY_SECONDS)

    def _checkpointed(self) -> None:
        """Who writes first after a checkpoint begins the log anew, and waits for the disk: that is done here too."""
        connection = self.reading.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            cursor.execute("BEGIN IMMEDIATE")
            [(version,)] = cursor.execute("PRAGMA user_version").fetchall()
            cursor.execute(f"PRAGMA user_version = {version}")
            cursor.execute("COMMIT")
        finally:
            connection.close()  # which rolls back what failed


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by name
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "wal_autocheckpoint=0"):
        connection.execute(f"PRAGMA {pragma}")


def _beginning(statement: str) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            driver.execute(statement)
        except sqlite3.OperationalError as error:
            raise OperationalError(statement, None, error) from error

    return begin
