"""What the bot's tests share: a stand-in for the services, and the real assistant as processes.

Run from the project's root in the bot's environment:

    bot/.venv/bin/python -m pytest tests/bot
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "internal-token"
BOT_TOKEN = "bot-token"
START_SECONDS = 120

# The services' environment has no Rasa; collecting these tests there would only fail.
if importlib.util.find_spec("rasa") is None:
    collect_ignore_glob = ["*"]


class StubWeb:
    """Speaks the internal calls of the protocol, in the ways a test asks for.

    Attributes:
        requests: What came in: `(path, body)`.
        outcome: Outcome of the next answers.
        accepted: Whether handoffs are accepted.
        fault: `None`, or one of `status_500`, `slow`, `not_json`, `no_messages`, `not_an_object`.
    """

    def __init__(self) -> None:
        self.reset()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.respond(self, body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        """Forgets requests and faults."""
        self.requests: list[Any] = []
        self.outcome = "answer"
        self.accepted = True
        self.fault: str | None = None

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def respond(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        """Answers one request as the services would, or with the fault that is set."""
        self.requests.append((handler.path, body))
        if handler.headers.get("X-Internal-Token") != TOKEN:
            return self._send(handler, 401, {"error": {"code": "wrong_token"}})
        if self.fault == "slow":
            time.sleep(2)
        if self.fault == "status_500":
            return self._send(handler, 500, {"error": {"code": "internal", "message": "broken"}})
        if self.fault == "not_json":
            return self._send_bytes(handler, 200, b"<html>", "text/html")
        if self.fault == "not_an_object":
            return self._send(handler, 200, [])
        if self.fault == "no_messages":
            return self._send(handler, 200, {"outcome": "answer", "accepted": False, "messages": []})
        if self.fault == "handed_off":
            return self._send(handler, 200, {"outcome": "handoff", "accepted": True, "messages": []})
        if handler.path == "/internal/answer":
            message = {"kind": "answer", "text": f"answer to {body['text']}", "data": {}}
            return self._send(handler, 200, {"outcome": self.outcome, "messages": [message]})
        message = {"kind": "notice", "text": "please wait", "data": {"event": "waiting"}}
        self._send(handler, 200, {"accepted": self.accepted, "messages": [message]})

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: Any) -> None:
        self._send_bytes(handler, status, json.dumps(body).encode(), "application/json")

    def _send_bytes(self, handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str) -> None:
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", kind)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except BrokenPipeError:
            pass  # The client gave up waiting, which is what `slow` is for.


class Assistant:
    """The real Rasa server, spoken to as `web` does."""

    def __init__(self, url: str, web: StubWeb) -> None:
        self.url = url
        self.web = web

    def post(self, path: str, body: Any) -> Any:
        """One call with the token."""
        request = urllib.request.Request(
            f"{self.url}{path}?token={BOT_TOKEN}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def say(self, sender: str, text: str, language: str) -> list[dict[str, Any]]:
        """Sends one message; returns the BotMessages."""
        body = {"sender": sender, "message": text, "metadata": {"language": language}}
        return [reply["custom"] for reply in self.post("/webhooks/rest/webhook", body)]

    def intent(self, text: str) -> str:
        """The intent's name."""
        return str(self.post("/model/parse", {"text": text})["intent"]["name"])


@pytest.fixture(scope="session")
def _stub() -> Iterator[StubWeb]:
    stub = StubWeb()
    yield stub
    stub.close()


@pytest.fixture
def web(_stub: StubWeb) -> StubWeb:
    """A stub of the services without memory of earlier tests."""
    _stub.reset()
    return _stub


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def environment() -> Callable[..., dict[str, str]]:
    """Makes a process environment: this one's, without the bot's settings, with the given ones."""

    def make(**settings: Any) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BILIN_")}
        return {**kept, **{name: str(value) for name, value in settings.items()}}

    return make


@pytest.fixture(scope="session")
def model(environment: Callable[..., dict[str, str]]) -> Path:
    """The model of the files as they are, trained if it is not there."""
    command = [sys.executable, str(ROOT / "bot" / "train.py")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="session")
def _servers(
    model: Path,
    _stub: StubWeb,
    environment: Callable[..., dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Assistant]:
    port, actions_port = free_port(), free_port()
    settings = environment(
        BILIN_WEB_URL=_stub.url,
        BILIN_INTERNAL_TOKEN=TOKEN,
        BILIN_WEB_TIMEOUT_SECONDS=1,
        BILIN_BOT_PORT=port,
        BILIN_BOT_TOKEN=BOT_TOKEN,
        BILIN_ACTIONS_PORT=actions_port,
    )
    logs = tmp_path_factory.mktemp("logs")
    processes = []
    for script in ("serve.py", "serve_actions.py"):
        command = [sys.executable, str(ROOT / "bot" / script)]
        with open(logs / script, "wb") as log:
            processes.append(subprocess.Popen(command, env=settings, stdout=log, stderr=log))
    try:
        for url in (f"http://127.0.0.1:{actions_port}/health", f"http://127.0.0.1:{port}/"):
            _wait_for(url, processes, logs)
        yield Assistant(f"http://127.0.0.1:{port}", _stub)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


@pytest.fixture
def assistant(_servers: Assistant, web: StubWeb) -> Assistant:
    """The trained assistant with its action server and a fresh stub of the services."""
    return _servers


def _wait_for(url: str, processes: list[subprocess.Popen[bytes]], logs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    written = "\n".join(path.read_text(errors="replace") for path in logs.iterdir())
    raise AssertionError(f"{url} did not come up:\n{written}")
