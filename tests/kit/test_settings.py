"""Settings are read once, never change, and make their own secrets."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from kit.settings import MOST_THREADS, ROOT, Settings, stored_secret

RACE = "import sys, pathlib, kit.settings as s; print(s.stored_secret(pathlib.Path(sys.argv[1])))"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("BILIN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_they_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


def test_the_environment_speaks_with_our_prefix_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1111")
    assert Settings().port == 8000
    monkeypatch.setenv("BILIN_PORT", "2222")
    assert Settings().port == 2222


def test_a_dotenv_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("BILIN_PORT=3333\nBILIN_DEMO=true\nUNKNOWN=1\nBILIN_NEWER_VERSION=1\n")
    assert (Settings().port, Settings().demo) == (3333, True)
    monkeypatch.setenv("BILIN_PORT", "4444")
    assert Settings().port == 4444


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILIN_PORT", "")
    assert Settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "x"),
        ("ANSWERED_PRECISION", "1.5"),
        ("BOT_TIMEOUT_SECONDS", "0"),
        ("LOG_LEVEL", "loud"),
        ("SESSION_HOURS", "-1"),
        ("LINK_HOSTS", "https://www.bank.example/"),
    ],
)
def test_what_makes_no_sense_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"BILIN_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_relative_folders_lie_in_the_project_wherever_it_is_started_from() -> None:
    assert Settings(data_dir=Path("here")).data_dir == ROOT / "here"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (3, 3), (64, MOST_THREADS)])
def test_the_encoder_has_the_processors_that_the_process_may_use(
    monkeypatch: pytest.MonkeyPatch, processors: int, threads: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(processors)), raising=False)
    assert Settings().encoder_threads == threads
    assert Settings(encoder_threads=7).encoder_threads == 7


def test_where_the_system_does_not_say_which_processors_it_has_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert Settings().encoder_threads == 3


def test_addresses_are_derived_where_none_is_given(tmp_path: Path) -> None:
    plain = Settings(data_dir=tmp_path, bot_port=7)
    assert plain.resolved_database_url == f"sqlite+aiosqlite:///{tmp_path}/bilin.db"
    assert plain.resolved_bot_url == "http://127.0.0.1:7"
    given = Settings(database_url="postgresql+asyncpg://x/y", bot_url="http://bot/")
    assert (given.resolved_database_url, given.resolved_bot_url) == ("postgresql+asyncpg://x/y", "http://bot")


class TestSecrets:
    def test_one_is_made_once_and_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path)
        made = settings.secret("secret_key")
        assert len(made) >= 43
        assert settings.secret("secret_key") == made
        assert settings.secret("internal_token") != made
        file = tmp_path / "secrets" / "secret_key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    def test_a_configured_one_is_used_and_never_written(self, tmp_path: Path) -> None:
        assert Settings(data_dir=tmp_path, bot_token="given").secret("bot_token") == "given"
        assert not (tmp_path / "secrets").exists()

    def test_they_are_not_printed(self) -> None:
        assert "hush-hush" not in repr(Settings(secret_key="hush-hush"))

    def test_processes_that_race_get_the_same_one(self, tmp_path: Path) -> None:
        path = tmp_path / "secrets" / "key"
        racers = [
            subprocess.Popen([sys.executable, "-c", RACE, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for _ in range(6)
        ]
        got = {racer.communicate()[0].strip() for racer in racers}
        assert got == {stored_secret(path)}
        assert [file.name for file in path.parent.iterdir()] == ["key"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
