"""bot.settings and bot.stores: what the environment can say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError
from bot.stores import lock_store, tracker_store

BOT = Path(__file__).resolve().parents[2] / "bot"


def test_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings.web_url == "http://127.0.0.1:8000"
    assert (settings.bot_port, settings.actions_port) == (5005, 5055)
    assert settings.actions_url == "http://127.0.0.1:5055/webhook"
    assert settings.redis_url == ""


def test_the_actions_url_follows_the_port() -> None:
    settings = Settings.from_environment({"BILIN_ACTIONS_PORT": "6000"})
    assert settings.actions_url == "http://127.0.0.1:6000/webhook"


@pytest.mark.parametrize("value", ["x", "-1", "0"])
def test_a_number_that_is_none(value: str) -> None:
    with pytest.raises(SettingsError, match="BILIN_BOT_PORT"):
        Settings.from_environment({"BILIN_BOT_PORT": value})


def test_every_setting_is_documented() -> None:
    text = (BOT / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(BILIN_\w+)"', text))
    documented = set(re.findall(r"`(BILIN_\w+)`", Settings.__doc__ or ""))
    assert read == documented


def test_memory_by_default() -> None:
    assert tracker_store("").type == "bot.stores.BoundedTrackerStore"
    assert lock_store("").type == "in_memory"


def test_redis_by_url() -> None:
    store = tracker_store("rediss://user:p%40ss@redis.example:6380/2")
    assert store.type == "bot.stores.RecentRedisTrackerStore"
    assert store.url == "redis.example"
    assert store.kwargs["password"] == "p@ss"
    assert (store.kwargs["port"], store.kwargs["db"], store.kwargs["use_ssl"]) == (6380, 2, True)
    assert lock_store("redis://localhost").kwargs["port"] == 6379


@pytest.mark.parametrize("url", ["localhost:6379", "http://x", "redis://"])
def test_a_url_that_is_not_redis(url: str) -> None:
    with pytest.raises(ValueError, match="BILIN_REDIS_URL"):
        tracker_store(url)


def test_the_readme_has_every_setting() -> None:
    readme = (BOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`(BILIN_\w+)`", Settings.__doc__ or ""):
        assert f"| `{name}` |" in readme
