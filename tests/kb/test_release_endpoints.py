"""Releases over REST: page by page, those that were live on a day at the bank, and what was told that day."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from identity.service import Role
from kb.content import EntryContent
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents

BANK_TIME = ZoneInfo("Asia/Shanghai")


def go_to(clock: ManualClock, *moment: int) -> None:
    clock.advance((datetime(*moment, tzinfo=BANK_TIME) - clock.now()).total_seconds())


@pytest.fixture
def knowledge(database: Database, clock: ManualClock) -> KnowledgeBase:
    """Without an encoder: nothing here is searched."""
    return KnowledgeBase(database, MemoryEvents(), clock, None, cache=None)


@pytest.fixture
def first_day(clock: ManualClock) -> date:
    return clock.now().astimezone(BANK_TIME).date() + timedelta(days=10)


@pytest.fixture
async def log(
    knowledge: KnowledgeBase, bank: list[EntryContent], clock: ManualClock, first_day: date, sign_in: Any
) -> Any:
    """An agent's browser, after release 1 on the first day, 2 and 3 on the third, 4 as the fourth begins."""
    day = first_day
    for release, (days, hour, minute) in enumerate(((0, 9, 0), (2, 0, 30), (2, 23, 59), (3, 0, 0)), start=1):
        moment = day + timedelta(days=days)
        go_to(clock, moment.year, moment.month, moment.day, hour, minute)
        assert await knowledge.load(bank[:release]) == release
    return await sign_in(Role.AGENT)


async def releases(browser: Any, **wanted: Any) -> list[int]:
    answer = await browser.get("/api/kb/releases", params=wanted)
    assert answer.status_code == 200, answer.text
    return [release["id"] for release in answer.json()["releases"]]


async def test_every_release_is_reached_page_by_page(log: Any) -> None:
    assert await releases(log) == [4, 3, 2, 1]
    first = (await log.get("/api/kb/releases", params={"limit": 2})).json()
    assert ([each["id"] for each in first["releases"]], first["more"]) == ([4, 3], True)
    last = (await log.get("/api/kb/releases", params={"limit": 2, "before": 3})).json()
    assert ([each["id"] for each in last["releases"]], last["more"]) == ([2, 1], False)


@pytest.mark.parametrize(("days", "live"), [(-1, []), (0, [1]), (1, [1]), (2, [3, 2, 1]), (3, [4]), (4, [4])])
async def test_those_that_were_live_on_a_day_at_the_bank(log: Any, first_day: date, days: int, live: list[int]) -> None:
    assert await releases(log, on=first_day + timedelta(days=days)) == live


async def test_a_busy_day_is_paged_too(log: Any, first_day: date) -> None:
    day = first_day + timedelta(days=2)
    assert await releases(log, on=day, limit=1) == [3]
    assert await releases(log, on=day, before=3) == [2, 1]


async def test_what_was_told_on_a_day_was_valid_on_it(
    log: Any, knowledge: KnowledgeBase, bank: list[EntryContent], first_day: date
) -> None:
    last = first_day + timedelta(days=5)
    release = await knowledge.load([bank[0].model_copy(update={"valid_from": first_day, "valid_to": last})])
    address = f"/api/kb/releases/{release}/entries/lost-card"
    for day in (None, first_day, last):
        told = await log.get(address, params={"on": day} if day else {})
        assert told.json()["entry"]["revision"] == 2
    for day in (first_day - timedelta(days=1), last + timedelta(days=1)):
        refused = await log.get(address, params={"on": day})
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "entry_not_valid")
    assert (await log.get(address, params={"on": "yesterday"})).status_code == 422
