"""SQLite as this project uses it: in WAL mode, transactions begun by name, few messages to the driver's thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from operator import methodcaller
from time import monotonic
from typing import Any, Self

import aiosqlite
from sqlalchemy import AdaptedConnection, Connection, Engine, event
from sqlalchemy.engine import make_url

WRITES = "bilin_write"
WAL_RETRY_SECONDS = 0.01
ROWS_AT_ONCE = 64


class PromptConnection(aiosqlite.Connection):
    """A connection whose statements go to its thread and back once.

    aiosqlite goes there four times for a query: for a cursor, to execute, for the rows, and to close. On a busy event
    loop each way costs milliseconds, and while a transaction writes, everybody else who wants to write waits for it.
    """

    async def rollback(self) -> None:
        """Roll back. After a commit there is nothing to undo, which SQLAlchemy's pool does not know."""
        if self.in_transaction:
            await super().rollback()

    def cursor(self) -> PromptCursor:  # type: ignore[override]  # nothing to wait for
        """A cursor that is nothing yet."""
        return PromptCursor(self._run)

    async def _run(self, method: str, *arguments: Any) -> Any:
        return await self._execute(self._complete, method, *arguments)  # type: ignore[no-untyped-call]

    def _complete(self, method: str, *arguments: Any) -> tuple[Any, list[Any], int, int | None]:
        """All of a statement at once, and what is then known of it."""
        cursor = self._conn.cursor()
        try:
            getattr(cursor, method)(*arguments)
            rows = cursor.fetchall() if cursor.description else []
            return cursor.description, rows, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class PromptCursor:
    """What SQLAlchemy wants of an asynchronous cursor; it has all rows when a statement is done."""

    arraysize = 1

    def __init__(self, run: Callable[..., Awaitable[Any]]) -> None:
        self._run = run
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement and take its rows."""
        return await self._done("execute", statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute a statement with each of the parameters."""
        return await self._done("executemany", statement, parameters)

    async def _done(self, method: str, *arguments: Any) -> Self:
        self.description, self._rows, self.rowcount, self.lastrowid = await self._run(method, *arguments)
        return self

    async def fetchall(self) -> list[Any]:
        """The rows that were not taken yet."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows."""
        self._rows = []


def connector(url: str, busy_seconds: float) -> Callable[..., PromptConnection]:
    """Opens connections to the file of a URL; ``busy_seconds`` is how long one waits for others."""
    parsed = make_url(url)
    where, options = parsed.get_dialect()().create_connect_args(parsed)
    opened = partial(sqlite3.connect, *where, **{"timeout": busy_seconds, **options})

    def connect(*_: Any, **__: Any) -> PromptConnection:
        connection = PromptConnection(opened, ROWS_AT_ONCE)
        connection._thread.daemon = True  # a connection that nobody closed does not keep the process
        return connection

    return connect


def prepare(engine: Engine, busy_seconds: float) -> None:
    """Make every new connection of an engine what this project needs, and its transactions begin by name."""
    event.listen(engine, "connect", _prepared_within(busy_seconds))
    event.listen(engine, "begin", _begin)


def _prepared_within(busy_seconds: float) -> Callable[[AdaptedConnection, Any], None]:
    async def enter_wal(driver: PromptConnection) -> None:
        """Set the mode that the file keeps. SQLite refuses at once, and waits for nobody, when two set it together."""
        deadline = monotonic() + busy_seconds
        while True:
            try:
                await driver.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                    raise
                await asyncio.sleep(WAL_RETRY_SECONDS)

    def prepare_one(connection: AdaptedConnection, _: Any) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # SQLAlchemy's begin event starts transactions
        connection.run_async(enter_wal)
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
            connection.run_async(methodcaller("execute", f"PRAGMA {pragma}"))

    return prepare_one


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
