"""What a text is searched by, and that to work it out for a long text keeps nobody waiting."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kb.meaning import MOST_AT_ONCE, meanings, meant_by, mended
from kb.service import KnowledgeBase
from kb.wording import Wording

LONG = "请问信用咔丢了怎么办，我昨天坐地铁的时候，" * 10
WORDING = Wording.from_texts(["信用卡丢了怎么办", "信用卡年费"], ["How do I reset my password?"])


@pytest.fixture
def database_kind() -> str:
    """Searching does not touch the database."""
    return "sqlite"


def test_it_is_simplified_and_mended_without_pictures() -> None:
    assert meant_by("💳信用咔丟\u200b了😭", "zh", WORDING) == "信用卡丢了"
    assert meant_by("信用咔丟了", "zh", None) == "信用咔丢了"


def test_what_tells_a_mood_keeps_its_pictures() -> None:
    assert mended("信用咔丟\u200b了😭", "zh", WORDING) == "信用卡丢了😭"


async def test_texts_keep_their_order_and_languages_however_long_they_are() -> None:
    asked: list[Any] = [(LONG, "zh"), ("reset my passwrod", "en"), ("信用咔", "zh")]
    assert await meanings(asked, WORDING) == [meant_by(text, language, WORDING) for text, language in asked]
    assert await meanings([], WORDING) == []


async def test_a_short_text_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    repair = Wording.repair
    monkeypatch.setattr(Wording, "repair", lambda *asked: threads.append(threading.current_thread()) or repair(*asked))
    await meanings([("卡" * MOST_AT_ONCE, "zh")], WORDING)
    await meanings([("卡" * (MOST_AT_ONCE + 1), "zh")], WORDING)
    assert [thread is threading.main_thread() for thread in threads] == [True, False]


@pytest.mark.parametrize("ask", [KnowledgeBase.search, KnowledgeBase.encode])
async def test_the_loop_goes_on_while_a_long_message_is_mended(
    published: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, ask: Callable[..., Awaitable[object]]
) -> None:
    begun, ticked = threading.Event(), threading.Event()
    waited: list[bool] = []
    repair = Wording.repair

    def slow(*asked: Any) -> str:
        begun.set()
        waited.append(ticked.wait(10))
        return repair(*asked)

    monkeypatch.setattr(Wording, "repair", slow)
    asking = asyncio.ensure_future(ask(published, LONG, "zh"))
    while not begun.is_set():
        await asyncio.sleep(0.01)
    ticked.set()
    await asking
    assert waited, "it is mended"
    assert all(waited), "mended on the loop, it would have waited in vain"
