"""Canned replies: shipped, changed, withdrawn; on both databases."""

from __future__ import annotations

import asyncio
import re

import pytest

from handoff.canned.service import CannedReplies, ReplyChanged, shipped
from identity.service import Role, SignedIn
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Forbidden, NotFound


def person(*roles: Role) -> SignedIn:
    return SignedIn(1, "p", "赵敏", frozenset(roles), ("zh", "en"), "csrf")


AGENT, SUPERVISOR, EDITOR = person(Role.AGENT), person(Role.SUPERVISOR), person(Role.EDITOR)
TITLE, TEXT = {"zh": "节日", "en": "Holiday"}, {"zh": "节日快乐", "en": "Happy holidays"}


@pytest.fixture
def canned(database: Database) -> CannedReplies:
    return CannedReplies(database, ManualClock())


async def ids(canned: CannedReplies) -> list[str]:
    return [reply.id for reply in await canned.all(AGENT)]


def test_every_shipped_reply_speaks_both_languages_within_a_message() -> None:
    assert len({reply.id for reply in shipped()}) == len(shipped()) >= 8
    for reply in shipped():
        for language in ("zh", "en"):
            assert 0 < len(reply.title[language]) <= 20, reply.id
            assert 0 < len(reply.text[language]) <= 500, reply.id
        assert re.search(r"[\u4e00-\u9fff]", reply.text["zh"])
        assert not re.search(r"[\u4e00-\u9fff]", reply.text["en"])


async def test_what_a_supervisor_writes_stands_before_what_was_shipped(canned) -> None:
    first = shipped()[0]
    saved = await canned.save(SUPERVISOR, first.id, TITLE, TEXT, 0)
    assert (saved.version, saved.updated_by) == (1, "赵敏")
    listed = await canned.all(AGENT)
    assert [reply.id for reply in listed] == [reply.id for reply in shipped()]
    assert listed[0].text == TEXT


async def test_new_ones_come_after_the_shipped_ones(canned) -> None:
    await canned.save(SUPERVISOR, "zz", TITLE, TEXT, 0)
    await canned.save(SUPERVISOR, "aa", TITLE, TEXT, 0)
    assert await ids(canned) == [*(reply.id for reply in shipped()), "aa", "zz"]


async def test_one_that_was_withdrawn_is_gone_and_may_be_written_again(canned) -> None:
    gone = shipped()[0].id
    await canned.withdraw(SUPERVISOR, gone)
    assert gone not in await ids(canned)
    with pytest.raises(NotFound):
        await canned.withdraw(SUPERVISOR, gone)
    again = await canned.save(SUPERVISOR, gone, TITLE, TEXT, 0)
    assert again.version == 2
    assert gone in await ids(canned)


async def test_of_two_supervisors_at_once_one_is_told(canned) -> None:
    saves = (canned.save(SUPERVISOR, "holiday", TITLE, TEXT, 0) for _ in range(2))
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert len([each for each in results if isinstance(each, ReplyChanged)]) == 1
    with pytest.raises(ReplyChanged):
        await canned.save(SUPERVISOR, "holiday", TITLE, TEXT, 0)
    assert (await canned.save(SUPERVISOR, "holiday", TITLE, TEXT, 1)).version == 2


async def test_agents_read_supervisors_write_others_neither(canned) -> None:
    for act in (canned.save(AGENT, "x", TITLE, TEXT, 0), canned.withdraw(AGENT, "hello"), canned.all(EDITOR)):
        with pytest.raises(Forbidden):
            await act
