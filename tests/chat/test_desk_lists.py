"""What each open desk reads whenever the queue moves: right for each conversation, and cheap for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from chat.casework.service import Casework
from handoff.interfaces import Case, Person
from handoff.policy import Reason
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents

LIN, CHEN = Person(1, "林晓"), Person(2, "Chen Fan")


@pytest.fixture
def casework(database: Database, clock: ManualClock) -> Casework:
    return Casework(database, MemoryEvents(), clock)


@pytest.fixture
def statements(database: Database) -> Iterator[Callable[[], int]]:
    """How many times this database was asked so far; a service of other tests may ask its own meanwhile."""
    own = [engine.pool for engine in database.engines]
    asked: list[str] = []

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.engine.pool in own:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield lambda: len(asked)
    event.remove(Engine, "before_cursor_execute", note)


async def somebody_waits(casework: Casework, *said: str) -> Case:
    conversation, _ = await casework.create("zh", "web")
    for number, text in enumerate(said):
        await casework.post(conversation.id, str(number), text, "zh")
    await casework.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="policy")
    return await casework.case(conversation.id)


async def test_each_row_is_about_its_own_conversation(casework: Casework, clock: ManualClock) -> None:
    rows = [("年费多少",), ("挂失", "要多久"), (), tuple(f"第{number}句" for number in range(9))]
    alone = []
    for said in rows:
        alone.append(await somebody_waits(casework, *said))
        clock.advance(1)
    assert await casework.waiting() == alone
    assert [case.last_line.text if case.last_line else None for case in alone] == ["年费多少", "要多久", None, "第8句"]
    assert [case.wants for case in alone] == ["年费多少", "挂失 / 要多久", "", "第6句 / 第7句 / 第8句"]


async def test_who_is_asked_for_advice_is_asked_in_that_conversation_only(casework: Casework) -> None:
    cases = [await casework.take(await somebody_waits(casework, "年费"), LIN.id, LIN.name) for _ in range(2)]
    await casework.consult(cases[1], LIN, CHEN, "")
    held = {case.id: case.consulted for case in await casework.held_by(LIN.id)}
    assert held == {cases[0].id: {}, cases[1].id: {CHEN.id: CHEN.name}}


async def test_a_long_queue_asks_the_database_no_more_often_than_a_short_one(
    casework: Casework, statements: Callable[[], int]
) -> None:
    asked = []
    for _ in range(2):
        for _ in range(3):
            await somebody_waits(casework, "年费多少", "挂失")
        before = statements()
        await casework.waiting()
        asked.append(statements() - before)
    assert asked[0] == asked[1] > 0
