"""The contract, run: the worked example as a process of its own, beside a whole `web` without an encoder."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kit.settings import ROOT
from tests.chat.conftest import Customer, FakeRasa, Service, _service

SECRET, TOKEN = "a secret of the test", "a token of the test"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def bridged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    fake, port = FakeRasa(), free_port()
    fake.start()
    folder: Path = tmp_path_factory.mktemp("bridged")
    running = _service(
        folder,
        fake,
        None,
        encoder=str(folder / "no-such-model"),
        bridge_url=f"http://127.0.0.1:{port}/",
        bridge_secret=SECRET,
        bridge_token=TOKEN,
    )
    running.start()
    script = ROOT / "docs" / "examples" / "another_desk.py"
    arguments = ["--port", str(port), "--bilin", running.url, "--secret", SECRET, "--token", TOKEN]
    desk = subprocess.Popen([sys.executable, script, *arguments], stdout=subprocess.DEVNULL)
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert desk.poll() is None, "the example has ended"
        time.sleep(0.1)
    yield running
    desk.terminate()
    desk.wait(10)
    running.stop()
    fake.stop()


@pytest.fixture
async def bridged_http(bridged: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=bridged.url, timeout=40) as client:
        yield client


def said(messages: list[dict[str, Any]], sender: str) -> list[str]:
    return [message["text"] for message in messages if message["sender"] == sender]


async def test_a_customer_talks_to_the_other_desk_and_comes_back_to_the_bot(bridged_http) -> None:
    customer = await Customer.arrive(bridged_http, "en")
    await customer.send("Can I repay my mortgage early?")
    await customer.post("/handoff")
    await customer.until(lambda all_: said(all_, "agent") == ["Hello, this is Zhou from the other desk."], seconds=60)
    assert (await customer.conversation())["agent_name"] == "Zhou"

    await customer.send("Is there a fee?")
    await customer.until(lambda all_: "(Is there a fee?)" in said(all_, "agent"), seconds=60)
    await customer.send("Thank you")
    await customer.until(lambda all_: any(m["data"].get("event") == "returned" for m in all_), seconds=60)
    assert (await customer.conversation())["owner"] == "bot"


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
async def test_without_the_token_nothing_is_read_or_said(bridged_http, token) -> None:
    customer = await Customer.arrive(bridged_http, "en")
    await customer.post("/handoff")
    headers = {} if token is None else {"api_access_token": token.encode()}
    path = f"/api/bridge/conversations/{customer.id}"
    calls = [("GET", "", None), ("POST", "/messages", {"content": "x"}), ("POST", "/toggle_status", {"status": "open"})]
    for method, suffix, body in calls:
        refused = await bridged_http.request(method, path + suffix, json=body, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    await asyncio.sleep(0)


async def test_the_status_answers_in_chatwoots_shape(bridged_http) -> None:
    customer = await Customer.arrive(bridged_http, "en")
    await customer.post("/handoff")
    path = f"/api/bridge/conversations/{customer.id}/toggle_status"
    answer = await bridged_http.post(path, json={"status": "resolved"}, headers={"api_access_token": TOKEN})
    payload = {"success": True, "current_status": "resolved", "conversation_id": customer.id}
    assert answer.json() == {"meta": {}, "payload": payload}


async def test_without_a_bridge_the_calls_do_not_exist(service_without_encoder) -> None:
    async with httpx.AsyncClient(base_url=service_without_encoder.url) as client:
        refused = await client.get("/api/bridge/conversations/none", headers={"api_access_token": ""})
    assert refused.status_code == 404
