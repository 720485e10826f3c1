"""Two `web` processes on PostgreSQL and Redis: an agent on one, a customer on the other, and one of them is killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from identity.demo import demo_accounts
from kit.settings import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

START_SECONDS = 900
LINES = 12
TEAMS = """
teams:
  - id: general
    name: {zh: 客户服务, en: Customer service}
"""

Json = dict[str, Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Worker:
    """One `web` process. It has no encoder, which a conversation with a person does not need."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {**environment, "BILIN_PORT": str(self.port)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "server.py"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self._process is not None
            assert self._process.poll() is None, self._log.read_text()[-3000:]
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{self.url}/health", timeout=5)
                return
            assert time.monotonic() < deadline, self._log.read_text()[-3000:]
            time.sleep(0.2)

    def kill(self) -> None:
        """At once, as when the machine dies."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def redis_url() -> Iterator[str]:
    port = free_port()
    binary = shutil.which("redis-server")
    assert binary
    command = [binary, "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    for _ in range(100):
        with contextlib.suppress(redis.ConnectionError):
            client.ping()
            break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    client.close()
    process.terminate()
    process.wait()


@pytest.fixture
def database_kind() -> str:
    return "postgres"


@pytest.fixture
async def workers(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[tuple[Worker, Worker, str]]:
    (tmp_path / "teams.yml").write_text(TEAMS)
    (tmp_path / "content").mkdir()
    secret_key = secrets.token_urlsafe(32)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BILIN_")},
        "BILIN_DATA_DIR": str(tmp_path / "data"),
        "BILIN_CONTENT_DIR": str(tmp_path / "content"),
        "BILIN_DATABASE_URL": database_url,
        "BILIN_REDIS_URL": redis_url,
        "BILIN_ENCODER": str(tmp_path / "none"),
        "BILIN_DEMO": "true",
        "BILIN_TEAMS_FILE": str(tmp_path / "teams.yml"),
        "BILIN_BOT_PORT": str(free_port()),
        "BILIN_SECRET_KEY": secret_key,
        "BILIN_LOG_LEVEL": "warning",
    }
    first, second = (Worker(environment, tmp_path / f"worker-{number}.log") for number in (1, 2))
    for worker in (first, second):
        worker.start()
    try:
        for worker in (first, second):
            await asyncio.to_thread(worker.wait)
        yield first, second, secret_key
    finally:
        first.kill()
        second.kill()


class Line:
    """A client's socket that comes back on whichever worker it is told to, and asks for what it missed."""

    def __init__(self, path: str, hello: Callable[[int], Json], headers: dict[str, str] | None = None) -> None:
        self._path, self._hello, self._headers = path, hello, headers or {}
        self.frames: list[Json] = []
        self.messages: list[Json] = []
        self.socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self.welcomed: list[Json] = []

    @property
    def last(self) -> int:
        return max((message["seq"] for message in self.messages), default=0)

    async def open(self, worker: Worker) -> None:
        address = f"ws://127.0.0.1:{worker.port}{self._path}"
        self.socket = await connect(address, additional_headers=self._headers)
        await self.send(**self._hello(self.last))
        for frame in self.welcomed:
            await self.send(**{**frame, "after": self.last})
        self._reader = asyncio.create_task(self._read(self.socket))

    async def _read(self, opened: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in opened:
                frame = json.loads(text)
                self.frames.append(frame)
                if frame["type"] == "message":
                    self.messages.append(frame["message"])

    async def send(self, **frame: Any) -> bool:
        assert self.socket is not None
        try:
            await self.socket.send(json.dumps(frame))
        except ConnectionClosed:
            return False
        return True

    async def ended(self) -> None:
        """Until the line is down: everything that was on its way has been read by then."""
        assert self._reader is not None
        await asyncio.wait_for(self._reader, 10)

    async def until(self, found: Callable[[], Any], seconds: float = 20) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := found()):
            assert time.monotonic() < deadline, f"waited in vain; the latest frames are {self.frames[-3:]}"
            await asyncio.sleep(0.02)
        return value

    def acknowledged(self, client_id: str) -> bool:
        return any(frame["type"] == "ack" and frame["client_id"] == client_id for frame in self.frames)

    async def close(self) -> None:
        if self.socket is not None:
            await self.socket.close()


class Agent:
    def __init__(self, secret_key: str) -> None:
        self._password = next(one.password for one in demo_accounts(secret_key) if one.login == "lin")
        self._csrf = ""
        self._cookie = ""
        self.line: Line | None = None

    async def sign_in(self, worker: Worker) -> None:
        async with httpx.AsyncClient(base_url=worker.url) as http:
            response = await http.post("/api/staff/login", json={"login": "lin", "password": self._password})
        self._csrf, self._cookie = response.json()["csrf"], f"bilin_session={response.cookies['bilin_session']}"
        self.line = Line("/api/desk/socket", lambda _: {"type": "hello", "csrf": self._csrf}, {"Cookie": self._cookie})
        await self.line.open(worker)

    async def say(self, worker: Worker, conversation_id: str, client_id: str, text: str) -> None:
        headers = {"X-CSRF-Token": self._csrf, "Cookie": self._cookie}
        async with httpx.AsyncClient(base_url=worker.url, headers=headers, timeout=20) as http:
            body = {"client_id": client_id, "text": text}
            response = await http.post(f"/api/desk/conversations/{conversation_id}/messages", json=body)
        assert response.status_code == 201, response.text


async def test_an_agent_and_a_customer_go_on_when_workers_are_killed(workers: tuple[Worker, Worker, str]) -> None:
    first, second, secret_key = workers
    agent = Agent(secret_key)
    await agent.sign_in(first)
    desk = agent.line
    assert desk is not None

    async with httpx.AsyncClient(base_url=second.url, timeout=20) as http:
        started = (await http.post("/api/chat/conversations", json={"language": "zh"})).json()
        conversation_id, token = started["conversation"]["id"], started["token"]
        path = f"/api/chat/conversations/{conversation_id}"
        customer = Line(f"{path}/socket", lambda after: {"type": "hello", "token": token, "after": after})
        await customer.open(second)
        await http.post(f"{path}/handoff", headers={"Authorization": f"Bearer {token}"})

    def has_joined() -> bool:
        return any(message["data"].get("event") == "joined" for message in customer.messages)

    await customer.until(has_joined)  # nobody took it: it was given to the agent on the other worker
    await desk.until(lambda: any(frame["type"] == "queue" and frame["mine"] for frame in desk.frames))
    desk.welcomed.append({"type": "watch", "conversation_id": conversation_id})
    await desk.send(type="watch", conversation_id=conversation_id, after=0)

    agents_worker, customers_worker = first, second
    for number in range(LINES):
        asked, said = f"customer-{number}", f"agent-{number}"
        await customer.send(type="message", client_id=asked, text=f"问题 {number}")
        if number == 4:  # in the middle of a message: the customer's worker dies, and they go to the agent's
            second.kill()
            second.start()
            await customer.ended()
            customers_worker = first
            await customer.open(first)
        if number == 8:  # now the one that both are on, while the other has just come back
            await asyncio.to_thread(second.wait)
            first.kill()
            await asyncio.gather(customer.ended(), desk.ended())
            agents_worker = customers_worker = second
            await asyncio.gather(customer.open(second), desk.open(second))
        if not customer.acknowledged(asked):
            await customer.send(type="message", client_id=asked, text=f"问题 {number}")  # as the widget does
        await customer.until(lambda asked=asked: customer.acknowledged(asked))
        await agent.say(agents_worker, conversation_id, said, f"回答 {number}")
        await agent.say(agents_worker, conversation_id, said, f"回答 {number}")  # a repeat is the same message

    both = [text for number in range(LINES) for text in (f"问题 {number}", f"回答 {number}")]
    await customer.until(lambda: customer.messages and customer.messages[-1]["text"] == both[-1])
    await desk.until(lambda: desk.messages and desk.messages[-1]["text"] == both[-1])

    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=customers_worker.url, headers=headers, timeout=20) as http:
        stored = (await http.get(f"{path}/messages")).json()
    assert [message["seq"] for message in stored["messages"]] == list(range(1, stored["conversation"]["last_seq"] + 1))
    spoken = [message["text"] for message in stored["messages"] if message["sender"] in ("customer", "agent")]
    assert spoken == both, "nothing is lost, nothing doubled, the order is kept"
    assert stored["conversation"]["owner"] == "agent"

    seen = [message["seq"] for message in customer.messages]
    assert seen == sorted(set(seen)), "the customer saw each message once, in order"
    assert [each["text"] for each in customer.messages if each["sender"] in ("customer", "agent")] == both
    at_desk = [message["seq"] for message in desk.messages if message["sender"] == "agent"]
    assert at_desk == sorted(set(at_desk))
    assert {message["text"] for message in desk.messages} >= set(both)
    await asyncio.gather(customer.close(), desk.close())
