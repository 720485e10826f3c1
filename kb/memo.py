"""What was computed from texts, on disk, so that no start and no publication computes it again."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from zlib import crc32

import structlog

from kit.counters import Degradation, count_degraded

log = structlog.get_logger(__name__)

BUSY_SECONDS = 5.0
# SQLite's own limit is far above it.
KEYS_A_STATEMENT = 500
# What is no longer used stays until it is this many times what is: other releases and evaluations may want it again.
MOST_UNUSED = 4

_SCHEMA = "CREATE TABLE IF NOT EXISTS memo (key BLOB PRIMARY KEY, value BLOB NOT NULL, checksum INTEGER NOT NULL)"


class Memo:
    """Values by their keys in a SQLite file of its own, which all workers of a machine share.

    Every value proves itself by a checksum. A damaged file is dropped and counted; what it held is computed anew. A
    file that cannot be read or written at present is done without.

    Args:
        path: the file; None keeps nothing.
        damaged: what a damaged file is counted as.
    """

    def __init__(self, path: Path | None, damaged: Degradation) -> None:
        self._path = path
        self._damaged = damaged

    def read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that have one."""
        if self._path is None or not self._path.is_file() or not keys:
            return {}
        with self._careful(), self._open("BEGIN") as connection:
            found: dict[bytes, bytes] = {}
            for at in range(0, len(keys), KEYS_A_STATEMENT):
                some = keys[at : at + KEYS_A_STATEMENT]
                marks = ",".join("?" * len(some))
                rows = connection.execute(f"SELECT key, value, checksum FROM memo WHERE key IN ({marks})", some)  # noqa: S608  # marks only
                for key, value, checksum in rows:
                    if not isinstance(value, bytes) or _checksum(key, value) != checksum:
                        raise sqlite3.DatabaseError("checksum differs")
                    found[key] = value
            return found
        return {}

    def write(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values. Without room for them the work goes on without; counted as ``storage_full``."""
        if self._path is None or not values:
            return
        with self._careful(), self._open("BEGIN IMMEDIATE") as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO memo VALUES (?, ?, ?)",
                [(key, value, _checksum(key, value)) for key, value in values.items()],
            )

    def forget_unused(self, used: Collection[bytes]) -> None:
        """Drop everything but ``used``, once most of the file is something else."""
        if self._path is None or not self._path.is_file():
            return
        with self._careful(), self._open("BEGIN IMMEDIATE") as connection:
            (held,) = connection.execute("SELECT count(*) FROM memo").fetchone()
            if held <= (1 + MOST_UNUSED) * len(used):
                return
            connection.execute("CREATE TEMP TABLE used (key BLOB PRIMARY KEY)")
            connection.executemany("INSERT INTO used VALUES (?)", [(key,) for key in used])
            connection.execute("DELETE FROM memo WHERE key NOT IN (SELECT key FROM used)")

    @contextmanager
    def _open(self, begin: str) -> Iterator[sqlite3.Connection]:
        """A connection in one transaction, with SQLite's plain journal: it is written rarely and in one go."""
        assert self._path is not None
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        with closing(connection):
            connection.execute(begin)
            connection.execute(_SCHEMA)
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _careful(self) -> Iterator[None]:
        assert self._path is not None
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            is_busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            count_degraded("database_busy" if is_busy else "storage_full")
            log.warning("memo_not_used", path=str(self._path), reason=str(error))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # a damaged name of a table is no text
            count_degraded(self._damaged)
            log.warning(self._damaged, path=str(self._path), reason=str(error))
            self._path.unlink(missing_ok=True)


def _checksum(key: bytes, value: bytes) -> int:
    return crc32(value, crc32(key))
