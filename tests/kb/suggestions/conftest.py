"""Suggestions on the small bank, and customers who ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from identity.service import Identity
from kb.content import EntryContent, Lang
from kb.interfaces import AskedQuestion, Why
from kb.service import KnowledgeBase
from kb.suggestions.repository import SuggestionFilter
from kb.suggestions.service import Suggestions
from kit.clock import ManualClock
from kit.database import Database


class Customers:
    """What customers asked in vain, as conversations tell it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.all: list[AskedQuestion] = []
        self.taken: set[tuple[str, int]] = set()

    def ask(self, *texts: str, language: Lang = "zh", why: Why = "handoff") -> None:
        """Each in a conversation of its own."""
        for text in texts:
            self.all.append(AskedQuestion(f"c{len(self.all)}", 1, text, language, why, self._clock.now()))

    async def waiting(self, limit: int) -> list[AskedQuestion]:
        return [each for each in self.all if (each.conversation_id, each.seq) not in self.taken][:limit]

    async def take(self, asked: Sequence[AskedQuestion]) -> None:
        self.taken.update((each.conversation_id, each.seq) for each in asked)


@pytest.fixture
def customers(clock: ManualClock) -> Customers:
    return Customers(clock)


@pytest.fixture
def identity(database: Database, clock: ManualClock) -> Identity:
    return Identity(database, clock, secret_key="a secret key of this test", session_hours=1)


@pytest.fixture
async def live(knowledge: KnowledgeBase, bank: list[EntryContent]) -> KnowledgeBase:
    """The small bank, published."""
    await knowledge.load(bank)
    return knowledge


MakeSuggestions = Callable[..., Suggestions]


@pytest.fixture
def worker_of(
    database: Database, clock: ManualClock, live: KnowledgeBase, customers: Customers, identity: Identity
) -> MakeSuggestions:
    """One worker's suggestions; all share database and customers."""
    return lambda: Suggestions(database, clock, live, customers, identity)


@pytest.fixture
def suggestions(worker_of: MakeSuggestions) -> Suggestions:
    return worker_of()


@pytest.fixture
def asked(suggestions: Suggestions, customers: Customers) -> Callable[..., Awaitable[list[Any]]]:
    """Ask, collect, and list what is open."""

    async def ask(*texts: str, **how: Any) -> list[Any]:
        customers.ask(*texts, **how)
        while await suggestions.collector.collect():
            pass
        return (await suggestions.page(SuggestionFilter("open"), 0, 50)).suggestions

    return ask
