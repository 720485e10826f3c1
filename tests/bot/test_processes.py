"""serve.py, serve_actions.py and train.py as commands: one clear line when they cannot start."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.process import drop_customer_text

BOT = Path(__file__).resolve().parents[2] / "bot"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def fails(script: Path, environment: dict[str, str]) -> str:
    """Runs a script that must fail, and returns the one line it says."""
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).strip().splitlines()
    return line


def test_actions_on_a_taken_port(taken_port: int, environment: Callable[..., Any]) -> None:
    settings = environment(BILIN_INTERNAL_TOKEN="x", BILIN_ACTIONS_PORT=taken_port)
    line = fails(BOT / "serve_actions.py", settings)
    assert str(taken_port) in line
    assert "BILIN_ACTIONS_PORT" in line


def test_actions_without_a_token(environment: Callable[..., Any]) -> None:
    assert "BILIN_INTERNAL_TOKEN" in fails(BOT / "serve_actions.py", environment())


def test_the_bot_without_a_token(environment: Callable[..., Any]) -> None:
    assert "BILIN_BOT_TOKEN" in fails(BOT / "serve.py", environment())


def test_the_bot_with_a_wrong_setting(environment: Callable[..., Any]) -> None:
    assert "BILIN_BOT_PORT" in fails(BOT / "serve.py", environment(BILIN_BOT_PORT="x"))


def test_the_bot_on_a_taken_port(taken_port: int, model: Path, environment: Callable[..., Any]) -> None:
    settings = environment(BILIN_BOT_TOKEN="x", BILIN_BOT_PORT=taken_port)
    line = fails(BOT / "serve.py", settings)
    assert str(taken_port) in line
    assert "BILIN_BOT_PORT" in line


def test_the_bot_without_a_model(tmp_path: Path, environment: Callable[..., Any]) -> None:
    copy = tmp_path / "bot"
    copy.mkdir()
    for name in ("__init__.py", "model.py", "ports.py", "process.py", "serve.py", "settings.py"):
        (copy / name).write_bytes((BOT / name).read_bytes())
    assert "train.py" in fails(copy / "serve.py", environment(BILIN_BOT_TOKEN="x"))


def test_training_again_finds_the_model(model: Path, environment: Callable[..., Any]) -> None:
    command = [sys.executable, str(BOT / "train.py")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["The model is up to date.", str(model)]


@pytest.mark.parametrize("path", ["/webhooks/rest/webhook", "/model/parse", "/status", "/nothing"])
@pytest.mark.parametrize("query", ["", "?token=wrong", "?token="])
def test_nothing_is_served_without_the_token(assistant: Any, path: str, query: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(assistant.url + path + query, data=b"{}", timeout=10)
    assert refused.value.code == 401
    refused.value.close()


def test_logs_leave_out_what_customers_typed() -> None:
    event = drop_customer_text(None, "error", {"event": "rest.failure", "text": "6222021234567890"})
    assert event == {"event": "rest.failure", "text": "(left out)"}
