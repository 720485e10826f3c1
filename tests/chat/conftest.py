"""The whole `web` process on a real port, with a stand-in for the one process it talks to: Rasa."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from chat.desk import DeskConversations
from identity.demo import demo_accounts
from kb.encoder import TurnEncoder
from kit.clock import ManualClock, SystemClock
from kit.database import Database
from kit.events import MemoryEvents
from kit.settings import ROOT, Settings
from server import create_app

CONTENT = Path(__file__).parent / "content"
BOT_TIMEOUT_SECONDS = 3.0

Json = dict[str, Any]
Behaviour = Callable[["FakeRasa", str, str], Any]


# ── Rasa's REST channel, told what to do ──────────────────────────────────────────────────────────────────────────


class FakeRasa:
    """Speaks the HTTP that Rasa speaks. Behaves as `action_answer` does, unless told otherwise for a conversation."""

    def __init__(self) -> None:
        self.web_url = ""
        self.internal_token = ""
        self.bot_token = ""
        self.status: tuple[int, bytes] = (200, b'{"model_file": "model.tar.gz"}')
        self.heard: list[tuple[str, str, Json]] = []
        self.forgotten: list[str] = []
        self._behaviours: dict[str, Behaviour] = {}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), partial(_RasaHandler, self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Connections are refused for as long as the block runs."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def behave(self, conversation_id: str, behaviour: Behaviour) -> None:
        self._behaviours[conversation_id] = behaviour

    def texts(self, conversation_id: str) -> list[str]:
        return [text for sender, text, _ in self.heard if sender == conversation_id]

    def reply(self, sender: str, text: str, metadata: Json) -> Any:
        self.heard.append((sender, text, metadata))
        return self._behaviours.get(sender, FakeRasa.answer)(self, sender, text)

    def internal(self, path: str, **body: Any) -> Json:
        headers = {"X-Internal-Token": self.internal_token}
        response = httpx.post(self.web_url + path, json=body, headers=headers, timeout=20)
        response.raise_for_status()
        return response.json()

    # what actions do

    def answer(self, sender: str, text: str, intent: str = "ask") -> Any:
        intent_of = {"name": intent, "confidence": 0.9}
        reply = self.internal("/internal/answer", conversation_id=sender, text=text, intent=intent_of, slots={})
        return [{"recipient_id": sender, "custom": message} for message in reply["messages"]]

    def hand_off(self, sender: str, text: str, reason: str = "asked_for_human", slots: Json | None = None) -> Any:
        reply = self.internal("/internal/handoffs", conversation_id=sender, reason=reason, slots=slots or {})
        return [{"recipient_id": sender, "custom": message} for message in reply["messages"]]


class HttpStatus(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _RasaHandler(BaseHTTPRequestHandler):
    def __init__(self, rasa: FakeRasa, *args: Any) -> None:
        self.rasa = rasa
        super().__init__(*args)

    def do_GET(self) -> None:
        if self.path.startswith("/status"):
            self._respond(*self.rasa.status)
        else:
            self._respond(404, b"{}")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path, _, query = self.path.partition("?")
        if query != f"token={self.rasa.bot_token}":
            self._respond(401, b"{}")
        elif path == "/webhooks/rest/webhook":
            try:
                reply = self.rasa.reply(body["sender"], body["message"], body["metadata"])
                self._respond(200, reply if isinstance(reply, bytes) else json.dumps(reply).encode())
            except HttpStatus as refused:
                self._respond(refused.status, b"{}")
        elif path == "/model/parse":
            self._respond(
                200, json.dumps({"text": body["text"], "intent": {"name": "ask", "confidence": 0.9}}).encode()
            )
        elif path.endswith("/tracker/events"):
            self.rasa.forgotten.append(path.split("/")[2])
            self._respond(200, b"{}")
        else:
            self._respond(404, b"{}")

    def _respond(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except BrokenPipeError:
            pass  # web has given up waiting, which is what some tests want

    def log_message(self, *_: Any) -> None:
        pass


# ── web ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Service:
    """A running `web` process, in a thread of this one."""

    def __init__(self, settings: Settings, app: FastAPI) -> None:
        self.settings, self.app = settings, app
        self.url = f"http://127.0.0.1:{settings.port}"
        self.host = f"127.0.0.1:{settings.port}"
        self.loop: asyncio.AbstractEventLoop | None = None
        config = uvicorn.Config(app, port=settings.port, log_config=None, access_log=False, ws="websockets-sansio")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        with asyncio.Runner() as runner:
            self.loop = runner.get_loop()
            runner.run(self._server.serve())

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "web did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)

    def password(self, login: str) -> str:
        accounts = demo_accounts(self.settings.secret("secret_key"))
        return next(account.password for account in accounts if account.login == login)

    async def inside(self, work: Any) -> Any:
        """Await something on the server's own event loop."""
        assert self.loop is not None
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))


def _service(folder: Path, rasa: FakeRasa, turn_encoder: TurnEncoder | None, **settings: Any) -> Service:
    kept = ROOT / "var" / "cache" / "signals.db"
    if kept.is_file():  # a cache of vectors: without it the same ones are computed again, in a minute
        (folder / "cache").mkdir(parents=True)
        shutil.copy(kept, folder / "cache" / "signals.db")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configured = Settings(
        _env_file=None,
        data_dir=folder,
        content_dir=CONTENT,
        port=port,
        bot_port=rasa.port,
        bot_timeout_seconds=BOT_TIMEOUT_SECONDS,
        demo=True,
        **{"teams_file": str(ROOT / "tests" / "teams.yml"), "agent_capacity": 50, **settings},
    )
    rasa.web_url = f"http://127.0.0.1:{port}"
    rasa.internal_token, rasa.bot_token = configured.secret("internal_token"), configured.secret("bot_token")
    return Service(configured, create_app(configured, turn_encoder))


@pytest.fixture(scope="session")
def rasa() -> Iterator[FakeRasa]:
    fake = FakeRasa()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, encoder: TurnEncoder, rasa: FakeRasa) -> Iterator[Service]:
    """One `web` for all tests; each test has conversations of its own."""
    running = _service(tmp_path_factory.mktemp("web"), rasa, encoder)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def service_without_encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    fake = FakeRasa()
    fake.start()
    folder = tmp_path_factory.mktemp("web-without-encoder")
    running = _service(folder, fake, None, encoder=str(folder / "no-such-model"))
    running.start()
    yield running
    running.stop()
    fake.stop()


# ── the people ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Customer:
    """A customer's client: one conversation and its token."""

    http: httpx.AsyncClient
    id: str
    token: str
    language: str

    @property
    def path(self) -> str:
        return f"/api/chat/conversations/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @classmethod
    async def arrive(cls, http: httpx.AsyncClient, language: str = "zh") -> Customer:
        started = (await http.post("/api/chat/conversations", json={"language": language})).json()
        return cls(http, started["conversation"]["id"], started["token"], language)

    async def send(self, text: str, *, client_id: str | None = None, choice: str | None = None) -> httpx.Response:
        body = {"client_id": client_id or uuid4().hex, "text": text, "choice": choice}
        return await self.http.post(f"{self.path}/messages", json=body, headers=self.headers)

    async def post(self, suffix: str, body: Json | None = None) -> httpx.Response:
        return await self.http.post(self.path + suffix, json=body, headers=self.headers)

    async def backlog(self, after: int = 0, wait: float = 0) -> Json:
        query = {"after": after, "wait": wait}
        response = await self.http.get(f"{self.path}/messages", params=query, headers=self.headers)
        assert response.status_code == 200, response.text
        return response.json()

    async def said(self, after: int = 0) -> list[Json]:
        return (await self.backlog(after))["messages"]

    async def conversation(self) -> Json:
        return (await self.http.get(self.path, headers=self.headers)).json()["conversation"]

    async def until(self, found: Callable[[list[Json]], Any], seconds: float = 20) -> list[Json]:
        """The messages, once `found` likes them."""
        deadline = time.monotonic() + seconds
        while True:
            messages = await self.said()
            if found(messages):
                return messages
            assert time.monotonic() < deadline, f"waited in vain; the messages are {messages}"
            await self.backlog(len(messages), wait=0.5)

    async def reply_to(self, text: str, *, choice: str | None = None) -> Json:
        """The next message that is not the customer's own."""
        stored = (await self.send(text, choice=choice)).json()["message"]["seq"]
        messages = await self.until(lambda all_: any(m["seq"] > stored and m["sender"] != "customer" for m in all_))
        return next(m for m in messages if m["seq"] > stored and m["sender"] != "customer")


@dataclass
class Agent:
    """A member of staff's browser."""

    http: httpx.AsyncClient
    login: str
    csrf: str = ""
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    _opened: ClassVar[list[httpx.AsyncClient]] = []

    @property
    def headers(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.csrf}

    async def desk(self, method: str, suffix: str = "", body: Json | None = None) -> httpx.Response:
        return await self.http.request(method, f"/api/desk/conversations{suffix}", json=body, headers=self.headers)

    async def take(self, conversation_id: str) -> httpx.Response:
        return await self.desk("POST", f"/{conversation_id}/take")

    async def say(self, conversation_id: str, text: str, client_id: str | None = None) -> httpx.Response:
        body = {"client_id": client_id or uuid4().hex, "text": text}
        return await self.desk("POST", f"/{conversation_id}/messages", body)

    async def history(self, conversation_id: str) -> Json:
        response = await self.desk("GET", f"/{conversation_id}")
        assert response.status_code == 200, response.text
        return response.json()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=service.url, timeout=40) as client:
        yield client


@pytest.fixture
async def customer(http: httpx.AsyncClient) -> Customer:
    return await Customer.arrive(http)


@pytest.fixture
async def arrive(http: httpx.AsyncClient) -> Callable[..., Any]:
    return partial(Customer.arrive, http)


@pytest.fixture
async def sign_in(service: Service) -> AsyncIterator[Callable[[str], Any]]:
    """Signs staff in; what agents still have at the end of a test is closed, or the next tests would find them full."""
    agents: list[Agent] = []

    async def sign_in_as(login: str) -> Agent:
        client = httpx.AsyncClient(base_url=service.url, timeout=40)
        body = {"login": login, "password": service.password(login)}
        response = await client.post("/api/staff/login", json=body)
        assert response.status_code == 200, response.text
        agents.append(Agent(client, login, response.json()["csrf"]))
        return agents[-1]

    yield sign_in_as
    for agent in agents:
        lists = await agent.desk("GET")
        for case in lists.json()["mine"] if lists.is_success else ():
            await agent.desk("POST", f"/{case['id']}/close")
        await agent.http.aclose()


class Frames:
    """A WebSocket whose frames can be waited for by type."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: list[Json] = []

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def next(self, seconds: float = 20) -> Json:
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), seconds))
        self.seen.append(frame)
        return frame

    async def until(self, kind: str, **expected: Any) -> Json:
        async with asyncio.timeout(20):  # a server that only says that it is there says something for ever
            while True:
                frame = await self.next()
                if frame["type"] == kind and all(frame.get(key) == value for key, value in expected.items()):
                    return frame

    def of(self, kind: str) -> list[Json]:
        return [frame for frame in self.seen if frame["type"] == kind]


@pytest.fixture
async def open_socket(service: Service) -> AsyncIterator[Callable[..., Any]]:
    opened: list[ClientConnection] = []

    async def open_(path: str, **headers: str) -> Frames:
        connection = await connect(f"ws://{service.host}{path}", additional_headers=headers)
        opened.append(connection)
        return Frames(connection)

    yield open_
    for each in opened:
        await each.close()


# ── conversations without HTTP ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def conversations(database: Database, clock: ManualClock) -> DeskConversations:
    """Chat's and the desk's side of conversations, on both databases."""
    return DeskConversations(database, MemoryEvents(), clock)


@pytest.fixture
async def store(service: Service) -> AsyncIterator[DeskConversations]:
    """The running service's conversations, as another worker on the same database sees them."""
    database = Database(service.settings.resolved_database_url)
    yield DeskConversations(database, MemoryEvents(), SystemClock())
    await database.close()


@pytest.fixture
def fail_with() -> Callable[[int], Behaviour]:
    def behaviour(status: int) -> Behaviour:
        def refuse(_: FakeRasa, __: str, ___: str) -> Any:
            raise HttpStatus(status)

        return refuse

    return behaviour
