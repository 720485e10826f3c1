"""Connections to the action server and to the services are kept between turns, and opened anew where they were lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from aiohttp import ClientError, web

from bot.actions.services import Services, ServicesUnavailable
from bot.endpoint import KeptEndpoint
from bot.settings import Settings

Call = Callable[[], Coroutine[Any, Any, Any]]


class Server:
    """Answers every call, and counts the connections."""

    def __init__(self) -> None:
        self.connections: set[Any] = set()
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        assert site._server is not None
        self._port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername"))
        return web.json_response({"outcome": "answer", "messages": [{"text": "hello"}]})


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def server(loop: asyncio.AbstractEventLoop) -> Iterator[Server]:
    server = Server()
    loop.run_until_complete(server.start())
    yield server
    loop.run_until_complete(server.stop())


@pytest.fixture(params=["action server", "services"])
def call(request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, server: Server) -> Iterator[Call]:
    if request.param == "services":
        services = Services(Settings.from_environment({"BILIN_WEB_URL": server.url, "BILIN_INTERNAL_TOKEN": "secret"}))
        yield lambda: services.answer("c", "hello", {"name": "ask", "confidence": 1.0}, {})
        loop.run_until_complete(services.close())
    else:
        endpoint = KeptEndpoint(server.url)
        yield lambda: endpoint.request(json={"next_action": "action_answer"})
        loop.run_until_complete(endpoint.close())


def test_calls_one_after_another_share_a_connection(
    loop: asyncio.AbstractEventLoop, server: Server, call: Call
) -> None:
    for _ in range(3):
        assert loop.run_until_complete(call())
    assert len(server.connections) == 1


def test_a_server_that_was_away_is_spoken_to_again(loop: asyncio.AbstractEventLoop, server: Server, call: Call) -> None:
    loop.run_until_complete(call())
    loop.run_until_complete(server.stop())
    with pytest.raises((ServicesUnavailable, ClientError)):
        loop.run_until_complete(call())
    loop.run_until_complete(server.start())
    assert loop.run_until_complete(call())
