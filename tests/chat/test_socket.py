"""The customers' WebSocket: what this worker has just stored is not read again, and a busy queue is looked at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chat.models import Conversation, Message
from chat.repository import ChatRepository
from chat.service import ChatService, Committed
from chat.socket import MOVED_SECONDS


@pytest.fixture
async def connect(open_socket):
    async def opened(customer: Any) -> Any:
        frames = await open_socket(f"{customer.path}/socket")
        await frames.send(type="hello", token=customer.token, after=0)
        assert (await frames.next())["type"] == "welcome"
        return frames

    return opened


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which of the readings were made."""
    made: list[str] = []

    def count(owner: type, name: str) -> None:
        real = getattr(owner, name)

        async def counted(self: Any, *arguments: Any) -> Any:
            made.append(name)
            return await real(self, *arguments)

        monkeypatch.setattr(owner, name, counted)

    count(ChatService, "seen")
    count(ChatRepository, "places")
    return made


async def test_what_was_just_stored_here_reaches_the_customer_without_being_read(customer, connect, calls) -> None:
    frames = await connect(customer)
    async with asyncio.timeout(10):
        while "seen" not in calls:
            await asyncio.sleep(0.01)
    before = len(calls)
    await frames.send(type="message", client_id="a", text="银行卡丢了怎么挂失？")
    own = await frames.until("message")
    reply = await frames.until("message")
    assert (own["message"]["seq"], own["message"]["client_id"]) == (1, "a")
    assert (reply["message"]["seq"], reply["message"]["kind"]) == (2, "answer")
    assert await customer.said() == [own["message"], reply["message"]], "it is what is stored"
    assert calls[before:].count("seen") == 0


async def test_what_others_stored_is_read(customer, connect, service) -> None:
    """A gap in what is told is filled from the database."""
    frames = await connect(customer)
    told = service.app.state.events.publish

    async def lost(_: Any) -> None:
        return None

    service.app.state.events.publish = lost
    try:
        await customer.send("你好")
        await service.inside(service.app.state.turns.idle())
    finally:
        service.app.state.events.publish = told
    await customer.send("银行卡丢了怎么挂失？")
    numbers = [(await frames.until("message"))["message"]["seq"] for _ in range(4)]
    assert numbers == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("known", "first", "last_seq", "continues"),
    [(4, 5, 5, True), (3, 5, 5, False), (5, 5, 5, False), (4, 5, 6, False)],
)
def test_news_continue_what_somebody_has(known: int, first: int, last_seq: int, continues: bool) -> None:
    news = Committed(Conversation(last_seq=last_seq), [Message(seq=first)])
    assert news.continues(known) is continues


async def test_all_who_wait_hear_of_a_new_place_by_one_reading_of_the_queue(arrive, connect, calls) -> None:
    first, *behind = [await arrive("zh") for _ in range(5)]
    await first.post("/handoff")
    sockets = []
    for customer in behind:
        await customer.post("/handoff")
        sockets.append(await connect(customer))
    places = [(await customer.conversation())["queue_position"] for customer in behind]
    await asyncio.sleep(3 * MOVED_SECONDS)
    before = len(calls)
    await first.post("/handoff/cancel")
    for frames, place in zip(sockets, places, strict=True):
        moved = await frames.until("conversation")
        while moved["conversation"]["queue_position"] != place - 1:
            moved = await frames.until("conversation")
    assert calls[before:] == ["places"]
    for customer in behind:
        await customer.post("/handoff/cancel")


async def test_the_line_says_what_is_counted_for_one(arrive, service) -> None:
    waiting = [await arrive(language) for language in ("zh", "en", "zh")]
    for customer in waiting:
        await customer.post("/handoff")

    async def places() -> dict[str, int]:
        async with service.app.state.database.read() as session:
            return await ChatRepository(session).places()

    line = await service.inside(places())
    for customer in waiting:
        assert line[customer.id] + 1 == (await customer.conversation())["queue_position"]
    for customer in waiting:
        await customer.post("/handoff/cancel")
