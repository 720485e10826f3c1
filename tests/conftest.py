"""What every test may lean on: the real encoder, a real database, and the rule about missing services."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import hypothesis
import pytest
from prometheus_client import REGISTRY

from kb.encoder import TurnEncoder, load_encoder, prepared_folder
from kit.database import Database
from kit.settings import Settings

POSTGRES_URL = os.environ.get("BILIN_TEST_POSTGRES_URL", "postgresql+asyncpg://root@127.0.0.1:5432/test")

hypothesis.settings.register_profile("bilin", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("bilin")


# ── a missing service: skipped here, red in CI ────────────────────────────────────────────────────────────────────


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _postgres_address() -> tuple[str, int]:
    host, _, port = POSTGRES_URL.rpartition("@")[2].partition("/")[0].partition(":")
    return host, int(port or 5432)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgres") and not _listens(*_postgres_address()):
        pytest.skip(f"needs PostgreSQL at {POSTGRES_URL} (set BILIN_TEST_POSTGRES_URL)")
    if item.get_closest_marker("redis") and shutil.which("redis-server") is None:
        pytest.skip("needs the redis-server binary (apt install redis-server)")


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"CI has every service, so nothing may be skipped there. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _fail_in_ci(report)
    return report


# ── real parts ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def encoder() -> TurnEncoder:
    """The bundled encoder with its companions, loaded once; `make setup` puts them there."""
    settings = Settings(_env_file=None)
    if not (prepared_folder(settings) / "onnx" / "model.onnx").is_file():
        pytest.skip(f"needs the encoder in {prepared_folder(settings)}")
    return TurnEncoder(load_encoder(settings))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


def _in_thread(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run to its end, whether a loop is running here or not."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


async def _migrate(url: str) -> None:
    opened = Database(url)
    await opened.migrate()
    await opened.close()


async def _on_server(statement: str) -> None:
    server = await asyncpg.connect(POSTGRES_URL.replace("+asyncpg", ""))
    try:
        await server.execute(statement)
    finally:
        await server.close()


def _postgres_database(name: str) -> str:
    return f"{POSTGRES_URL.rpartition('/')[0]}/{name}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file; a copy of it is much faster made than migrated."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    _in_thread(lambda: _migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a migrated database, for the same reason."""
    name = f"bilin_template_{secrets.token_hex(6)}"
    _in_thread(lambda: _on_server(f"CREATE DATABASE {name}"))
    _in_thread(lambda: _migrate(_postgres_database(name)))
    yield name
    _in_thread(lambda: _on_server(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> AsyncIterator[str]:
    """A database of this test's own, gone afterwards: empty, or migrated where the test asks for `database`."""
    is_migrated = "database" in request.fixturenames
    if database_kind == "sqlite":
        if is_migrated:
            shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    name = f"bilin_test_{secrets.token_hex(6)}"
    template = f" TEMPLATE {request.getfixturevalue('postgres_template')}" if is_migrated else ""
    await _on_server(f"CREATE DATABASE {name}{template}")
    yield _postgres_database(name)
    await _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
def free_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


class Counted:
    """How far Prometheus counters have moved since the test began."""

    def __init__(self) -> None:
        self._before = self._values()

    @staticmethod
    def _values() -> dict[tuple[str, str], float]:
        return {
            (sample.name, next(iter(sample.labels.values()), "")): sample.value
            for metric in REGISTRY.collect()
            for sample in metric.samples
            if sample.name.startswith("bilin_") and sample.name.endswith("_total")
        }

    def since(self, name: str, label: str) -> float:
        return self._values().get((name, label), 0) - self._before.get((name, label), 0)

    def degraded(self, path: str) -> float:
        return self.since("bilin_degraded_total", path)

    def handoffs(self, reason: str) -> float:
        return self.since("bilin_handoffs_total", reason)


@pytest.fixture
def counted() -> Counted:
    return Counted()
