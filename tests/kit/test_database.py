"""Transactions, and every way a database can fail, by its name."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

import chat.models  # noqa: F401  # fills the metadata
import kb.models  # noqa: F401
from identity.models import AuditRecord
from kit.brief import COMMITS_A_CHECKPOINT, BriefTransactions
from kit.database import Database, Model, alembic_config
from kit.errors import InvalidRequest, Unavailable
from kit.sqlite import PromptConnection

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(subject: str = "x", at: datetime = NOON) -> AuditRecord:
    return AuditRecord(at=at, actor="test", action="test", subject=subject, detail={"名": "值"})


async def subjects(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(select(AuditRecord.subject).order_by(AuditRecord.id))).scalars())


class TestTransactions:
    async def test_a_write_is_committed(self, database: Database) -> None:
        async with database.write() as session:
            session.add(record("kept"))
        assert await subjects(database) == ["kept"]

    async def test_an_error_undoes_the_whole_write(self, database: Database) -> None:
        with pytest.raises(LookupError):
            async with database.write() as session:
                session.add(record("lost"))
                await session.flush()
                raise LookupError
        assert await subjects(database) == []

    async def test_a_cancelled_write_is_undone_and_leaves_no_lock(self, database: Database) -> None:
        async def write() -> None:
            async with database.write() as session:
                session.add(record("lost"))
                await session.flush()
                await asyncio.sleep(60)

        task = asyncio.create_task(write())
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with database.write() as session:
            session.add(record("next"))
        assert await subjects(database) == ["next"]

    async def test_our_own_mistakes_are_not_renamed(self, database: Database) -> None:
        with pytest.raises(IntegrityError):
            async with database.write() as session:
                session.add(AuditRecord(id=1, at=NOON, actor="a", action="a", subject="a", detail={}))
                session.add(AuditRecord(id=2, at=NOON, actor=None, action="a", subject="a", detail={}))

    async def test_writes_at_once_lose_no_update(self, database: Database) -> None:
        async with database.write() as session:
            session.add(record("0"))

        async def add_one() -> None:
            async with database.write() as session:
                row = (await session.execute(select(AuditRecord).with_for_update())).scalar_one()
                row.subject = str(int(row.subject) + 1)

        await asyncio.gather(*(add_one() for _ in range(10)))
        assert await subjects(database) == ["10"]


class TestMoments:
    async def test_a_time_comes_back_aware_and_the_same(self, database: Database) -> None:
        beijing = NOON.astimezone(timezone(timedelta(hours=8)))
        async with database.write() as session:
            session.add(record(at=beijing))
        async with database.read() as session:
            (stored,) = (await session.execute(select(AuditRecord.at))).scalars()
        assert stored == NOON
        assert stored.tzinfo is UTC

    async def test_a_time_without_a_zone_is_refused(self, database: Database) -> None:
        with pytest.raises(StatementError, match="without a time zone"):
            async with database.write() as session:
                session.add(record(at=datetime(2026, 3, 1, 12)))  # the mistake under test


class TestMigrations:
    async def test_they_make_every_table_of_the_models(self, database: Database) -> None:
        async with database.read() as session:
            tables = await session.run_sync(lambda s: inspect(s.connection()).get_table_names())
        assert set(tables) == {*Model.metadata.tables, "alembic_version"}

    async def test_models_and_migrations_say_the_same(self, database: Database) -> None:
        """`alembic revision --autogenerate` would find nothing to do."""

        def differences(session: object) -> list[object]:
            context = MigrationContext.configure(session.connection(), opts={"compare_type": True})  # type: ignore[attr-defined]
            return compare_metadata(context, Model.metadata)

        async with database.read() as session:
            assert await session.run_sync(differences) == []

    async def test_migrating_again_changes_nothing(self, database: Database) -> None:
        async with database.write() as session:
            session.add(record("kept"))
        await database.migrate()
        assert await subjects(database) == ["kept"]

    async def test_every_migration_can_be_undone_and_done_again(self, database: Database) -> None:
        def undo(session: object) -> list[str]:
            config = alembic_config()
            config.attributes["connection"] = session.connection()  # type: ignore[attr-defined]
            command.downgrade(config, "base")
            return inspect(session.connection()).get_table_names()  # type: ignore[attr-defined]

        async with database.write() as session:
            assert await session.run_sync(undo) == ["alembic_version"]
        await database.migrate()
        assert await subjects(database) == []

    async def test_workers_that_start_together_migrate_once(self, database_url: str) -> None:
        workers = [Database(database_url) for _ in range(3)]
        try:
            await asyncio.gather(*(worker.migrate() for worker in workers))
            assert await subjects(workers[0]) == []
        finally:
            for worker in workers:
                await worker.close()


class TestSqlite:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "test.db"

    @pytest.fixture
    async def impatient(self, file: Path):
        """For who is to be refused; whoever has only to wait for others takes `patient`."""
        database = Database(f"sqlite+aiosqlite:///{file}", busy_seconds=0.2)
        await database.migrate()
        yield database
        await database.close()

    @pytest.fixture
    async def patient(self, file: Path):
        database = Database(f"sqlite+aiosqlite:///{file}", busy_seconds=60)
        await database.migrate()
        yield database
        await database.close()

    async def test_connections_that_open_a_new_file_together_all_get_into_wal_mode(self, tmp_path: Path) -> None:
        for number in range(60):  # without waiting for each other, one in twenty files refuses one of them
            databases = [Database(f"sqlite+aiosqlite:///{tmp_path / f'{number}.db'}") for _ in range(6)]
            await asyncio.gather(*(database.ping() for database in databases))
            await asyncio.gather(*(database.close() for database in databases))

    async def test_it_runs_in_wal_mode_and_checks_foreign_keys(self, patient: Database) -> None:
        async with patient.read() as session:
            assert (await session.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
            assert (await session.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1

    async def test_a_reader_does_not_wait_for_a_writer(self, patient: Database) -> None:
        async with patient.write() as session:
            session.add(record())
            await session.flush()
            assert await subjects(patient) == []

    @pytest.mark.parametrize("brief", [False, True])
    async def test_a_locked_database_is_busy(self, impatient: Database, file: Path, counted, brief: bool) -> None:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as refused:
            async with impatient.write(brief=brief) as session:
                session.add(record())
        other.execute("ROLLBACK")
        other.close()
        assert refused.value.code == "database_busy"
        assert counted.degraded("database_busy") == 1
        async with impatient.write() as session:
            session.add(record("after"))
        assert await subjects(impatient) == ["after"]

    async def test_brief_statements_are_executed_in_place(self, patient: Database, monkeypatch) -> None:
        sent: list[str] = []

        async def send(connection: PromptConnection, function: Callable[..., Any], *arguments: Any) -> Any:
            sent.append(function.__name__)
            return await real(connection, function, *arguments)

        real = PromptConnection._execute
        monkeypatch.setattr(PromptConnection, "_execute", send)
        async with patient.write(brief=True) as session:
            session.add(record("brief"))
        async with patient.read(brief=True) as session:
            assert (await session.execute(select(AuditRecord.subject))).scalars().all() == ["brief"]
        assert sent == []
        assert await subjects(patient) == ["brief"]
        assert sent, "others go to a thread"

    async def test_a_brief_write_that_fails_is_undone(self, patient: Database) -> None:
        with pytest.raises(LookupError):
            async with patient.write(brief=True) as session:
                session.add(record("lost"))
                await session.flush()
                raise LookupError
        async with patient.write(brief=True) as session:
            session.add(record("next"))
        assert await subjects(patient) == ["next"]

    async def test_what_brief_writes_leave_in_the_log_is_brought_into_the_file(
        self, patient: Database, file: Path
    ) -> None:
        log = file.with_name(f"{file.name}-wal")
        longest = 0
        for number in range(6 * COMMITS_A_CHECKPOINT):
            async with patient.write(brief=True) as session:
                session.add(record(str(number)))
            await asyncio.sleep(0)
            longest = max(longest, log.stat().st_size)
        one_checkpoint = 8 * 4096 * COMMITS_A_CHECKPOINT  # each commit writes a few pages
        assert longest < 2 * one_checkpoint, "it does not grow with what is written"

    async def test_the_log_is_begun_anew_by_the_checkpoint_and_not_by_the_next_customer(
        self, patient: Database, file: Path
    ) -> None:
        """Who begins it waits for the disk."""

        def begun() -> bytes:
            return file.with_name(f"{file.name}-wal").read_bytes()[16:24]  # its salts change each time

        async def write() -> None:
            async with patient.write(brief=True) as session:
                session.add(record())

        await write()
        first = begun()
        for _ in range(COMMITS_A_CHECKPOINT - 1):
            await write()
        assert begun() == first
        async with asyncio.timeout(10):
            while begun() == first:
                await asyncio.sleep(0.01)
        second = begun()
        for _ in range(10):
            await write()
        assert begun() == second

    async def test_a_checkpoint_that_fails_is_counted_and_loses_nothing(
        self, patient: Database, counted, monkeypatch
    ) -> None:
        def full(_: BriefTransactions) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(BriefTransactions, "_checkpointed", full)
        for number in range(2 * COMMITS_A_CHECKPOINT + 1):
            async with patient.write(brief=True) as session:
                session.add(record(str(number)))
            await asyncio.sleep(0)
        assert len(await subjects(patient)) == 2 * COMMITS_A_CHECKPOINT + 1
        assert counted.degraded("checkpoint_failed") == 2

    async def test_a_brief_writer_that_waits_for_another_process_holds_nobody_up(
        self, patient: Database, file: Path
    ) -> None:
        async def write() -> None:
            async with patient.write(brief=True) as session:
                session.add(record("brief"))

        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begun = asyncio.get_running_loop().time()
        task = asyncio.create_task(write())
        await asyncio.sleep(0.05)
        assert asyncio.get_running_loop().time() - begun < 30, "in place it would have waited for all of 60 s"
        assert not task.done()
        other.execute("ROLLBACK")
        other.close()
        await task
        assert await subjects(patient) == ["brief"]

    async def test_writers_of_one_process_go_in_the_order_in_which_they_came(self, patient: Database) -> None:
        done: list[int] = []

        async def write(number: int) -> None:
            async with patient.write() as session:
                session.add(record(str(number)))
                await session.flush()
                await asyncio.sleep(0.02)
                done.append(number)

        await asyncio.gather(*(write(number) for number in range(8)))
        assert done == list(range(8))

    async def test_a_writer_who_holds_on_keeps_others_of_its_process_waiting_only_so_long(
        self, impatient: Database, counted
    ) -> None:
        async with impatient.write() as session:
            session.add(record("first"))
            with pytest.raises(Unavailable) as refused:
                async with impatient.write():
                    raise AssertionError("two writers at once")
        assert refused.value.code == "database_busy"
        assert counted.degraded("database_busy") == 1
        async with impatient.write() as session:
            session.add(record("second"))
        assert await subjects(impatient) == ["first", "second"]

    async def test_a_full_disk_is_named_and_loses_nothing_that_was_stored(self, patient: Database, counted) -> None:
        async with patient.write() as session:
            session.add(record("stored"))
        with pytest.raises(Unavailable) as refused:
            async with patient.write() as session:
                pages = (await session.execute(text("PRAGMA page_count"))).scalar_one()
                await session.execute(text(f"PRAGMA max_page_count={pages + 2}"))
                for number in range(200):
                    session.add(
                        AuditRecord(at=NOON, actor="t", action="t", subject=str(number), detail={"x": "x" * 4000})
                    )
                await session.flush()
        assert refused.value.code == "storage_full"
        assert counted.degraded("storage_full") == 1
        assert await subjects(patient) == ["stored"]

    async def test_a_file_that_cannot_be_opened_is_unreachable(self, tmp_path: Path, counted) -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
        with pytest.raises(Unavailable) as refused:
            await database.ping()
        await database.close()
        assert refused.value.code == "database_unreachable"
        assert counted.degraded("database_unreachable") == 1


class TestPostgres:
    async def test_a_server_that_is_not_there_is_unreachable(self, free_port, counted) -> None:
        database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none")
        with pytest.raises(Unavailable) as refused:
            await database.ping()
        await database.close()
        assert refused.value.code == "database_unreachable"
        assert counted.degraded("database_unreachable") == 1

    @pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
    async def test_a_connection_cut_in_the_middle_is_unreachable_and_the_next_one_works(
        self, database: Database, counted
    ) -> None:
        with pytest.raises(Unavailable) as refused:
            async with database.write() as session:
                own = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
                async with database.read() as other:
                    await other.execute(text(f"SELECT pg_terminate_backend({own})"))
                session.add(record("lost"))
                await session.flush()
        assert refused.value.code == "database_unreachable"
        assert counted.degraded("database_unreachable") == 1
        assert await subjects(database) == []

    @pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
    async def test_a_deadlock_is_busy(self, database: Database, counted) -> None:
        async with database.write() as session:
            session.add_all([record("a"), record("b")])

        async def both(first: str, second: str) -> None:
            async with database.write() as session:
                for subject in (first, second):
                    chosen = select(AuditRecord).where(AuditRecord.subject == subject).with_for_update()
                    await session.execute(chosen)
                    await asyncio.sleep(0.3)

        ended = await asyncio.gather(both("a", "b"), both("b", "a"), return_exceptions=True)
        assert sorted(getattr(each, "code", "") for each in ended) == ["", "database_busy"]
        assert counted.degraded("database_busy") == 1


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_text_that_postgresql_cannot_hold_is_the_callers_mistake(database: Database) -> None:
    with pytest.raises(InvalidRequest, match="NUL"):
        async with database.write() as session:
            session.add(record("a\0b"))
    assert await subjects(database) == []


async def test_what_a_url_asks_of_sqlite_is_done(tmp_path: Path) -> None:
    """Read-only by the options of the URL: nothing can be written, not even the mode of the file."""
    (tmp_path / "kept.db").touch()
    database = Database(f"sqlite+aiosqlite:///file:{tmp_path / 'kept.db'}?mode=ro&uri=true")
    with pytest.raises(OperationalError, match="readonly"):
        await database.migrate()
    await database.close()
