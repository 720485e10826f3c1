"""Who may see and do what at the desk, over the real conversations on both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chat.casework.service import Casework
from chat.desk import AlreadyTaken, NotOwner
from handoff.desk import Desk
from handoff.policy import Reason
from identity.service import Role, SignedIn
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Forbidden, InvalidRequest, NotFound
from kit.events import MemoryEvents


def person(number: int, *roles: Role) -> SignedIn:
    return SignedIn(number, f"p{number}", f"Person {number}", frozenset(roles), ("zh", "en"), "csrf")


LIN, CHEN = person(1, Role.AGENT), person(2, Role.AGENT)
SUPERVISOR, ADMIN = person(3, Role.SUPERVISOR), person(4, Role.ADMIN)
OUTSIDERS = [person(5, Role.EDITOR), person(6, Role.REVIEWER), person(7)]


@pytest.fixture
def conversations(database: Database) -> Casework:
    return Casework(database, MemoryEvents(), ManualClock())


@pytest.fixture
def desk(conversations: Casework) -> Desk:
    return Desk(conversations)


@pytest.fixture
async def waiting(conversations: Casework) -> str:
    conversation, _ = await conversations.create("zh", "web")
    await conversations.post(conversation.id, "1", "我要找人", "zh")
    await conversations.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="policy")
    return conversation.id


ACTS: dict[str, Callable[[Desk, SignedIn, str], Awaitable[Any]]] = {
    "lists": lambda desk, who, _: desk.lists(who),
    "take": lambda desk, who, case: desk.take(who, case),
    "case": lambda desk, who, case: desk.case(who, case),
    "lines": lambda desk, who, case: desk.lines(who, case),
    "reply": lambda desk, who, case: desk.reply(who, case, "c", "hello"),
    "give back": lambda desk, who, case: desk.give_back(who, case),
    "close": lambda desk, who, case: desk.close(who, case),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", OUTSIDERS, ids=lambda who: "+".join(who.roles) or "no role")
async def test_who_is_neither_agent_nor_supervisor_does_nothing(desk: Desk, waiting: str, who, act) -> None:
    with pytest.raises(Forbidden):
        await ACTS[act](desk, who, waiting)


@pytest.mark.parametrize(
    ("act", "who", "refusal"),
    [
        ("take", CHEN, AlreadyTaken),
        ("case", CHEN, NotFound),
        ("lines", CHEN, NotFound),
        ("reply", CHEN, NotOwner),
        ("give back", CHEN, NotFound),
        ("close", CHEN, NotFound),
        ("take", LIN, None),
        ("case", LIN, None),
        ("lines", LIN, None),
        ("reply", LIN, None),
        ("give back", LIN, None),
        ("close", LIN, None),
        ("case", SUPERVISOR, None),
        ("lines", SUPERVISOR, None),
        ("reply", SUPERVISOR, NotOwner),
        ("give back", SUPERVISOR, Forbidden),
        ("close", SUPERVISOR, Forbidden),
        ("lines", ADMIN, None),
        ("reply", ADMIN, NotOwner),
    ],
)
async def test_once_lin_has_it(desk: Desk, waiting: str, act, who, refusal) -> None:
    await desk.take(LIN, waiting)
    if refusal is None:
        await ACTS[act](desk, who, waiting)
    else:
        with pytest.raises(refusal):
            await ACTS[act](desk, who, waiting)


@pytest.mark.parametrize("act", [act for act in ACTS if act != "lists"])
async def test_a_conversation_that_does_not_exist(desk: Desk, act: str) -> None:
    with pytest.raises(NotFound):
        await ACTS[act](desk, LIN, "none")


async def test_the_lists_are_who_waits_and_ones_own(desk: Desk, waiting: str) -> None:
    assert [case.id for case in (await desk.lists(CHEN)).waiting] == [waiting]
    await desk.take(LIN, waiting)
    assert [case.id for case in (await desk.lists(LIN)).mine] == [waiting]
    chens = await desk.lists(CHEN)
    assert (chens.waiting, chens.mine) == ([], [])


async def test_the_case_says_what_the_customer_wants(desk: Desk, waiting: str) -> None:
    case = await desk.take(LIN, waiting)
    assert (case.reason, case.wants, case.owner) == ("asked_for_human", "我要找人", "agent")


async def test_back_with_the_bot_it_has_no_reason_and_no_agent(desk: Desk, waiting: str) -> None:
    await desk.take(LIN, waiting)
    case = await desk.give_back(LIN, waiting)
    assert (case.owner, case.reason, case.agent_id, case.waiting_since) == ("bot", None, None, None)


@pytest.mark.parametrize("text", ["", "  ", "\x00", "x" * 2001])
async def test_an_agent_says_something_or_nothing_is_sent(desk: Desk, waiting: str, text: str) -> None:
    await desk.take(LIN, waiting)
    with pytest.raises(InvalidRequest):
        await desk.reply(LIN, waiting, "c", text)


async def test_a_reply_sent_twice_is_stored_once(desk: Desk, waiting: str) -> None:
    await desk.take(LIN, waiting)
    first = await desk.reply(LIN, waiting, "same", "您好")
    assert await desk.reply(LIN, waiting, "same", "您好") == first
    assert [line.text for line in await desk.lines(LIN, waiting) if line.sender == "agent"] == ["您好"]
