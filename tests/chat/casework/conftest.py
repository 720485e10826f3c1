from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from chat.casework.afterwards import Afterwards
from chat.casework.service import Casework
from handoff.interfaces import Case, Person
from handoff.policy import Reason
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents

LIN, CHEN, ZHAO = Person(1, "林晓"), Person(2, "Chen Fan"), Person(5, "赵敏")

NewCase = Callable[..., Awaitable[Case]]


@pytest.fixture
def casework(database: Database, clock: ManualClock) -> Casework:
    """Conversations with everything that staff do in them, on both databases."""
    return Casework(database, MemoryEvents(), clock)


@pytest.fixture
def afterwards(database: Database, clock: ManualClock) -> Afterwards:
    return Afterwards(database, MemoryEvents(), clock)


@pytest.fixture
def waiting(casework: Casework) -> NewCase:
    """A customer who asked something and waits for a person."""

    async def make(language: str = "zh", customer_id: str | None = None) -> Case:
        conversation, _ = await casework.create(language, "web", customer_id=customer_id)
        await casework.post(conversation.id, "1", "房贷可以提前还吗", language)
        await casework.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="policy")
        return await casework.case(conversation.id)

    return make


@pytest.fixture
def taken(casework: Casework, waiting: NewCase) -> NewCase:
    """A customer whom Lin is talking to."""

    async def make(language: str = "zh", customer_id: str | None = None) -> Case:
        return await casework.take(await waiting(language, customer_id), LIN.id, LIN.name)

    return make
