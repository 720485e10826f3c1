"""What the knowledge base needs of conversations; `kb` does not import `chat`, which provides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, get_args

from kb.content import Lang

# Why a question counts as not answered well: nothing was near enough and a person was called, the bot declined, none of
# the offered choices was it, or the customer said that the answer did not help.
Why = Literal["handoff", "decline", "none_of_these", "not_helpful"]
WHYS: tuple[Why, ...] = get_args(Why)

# What happens to an entry: it was given as an answer, offered as a choice, chosen, found helpful or not, and it was the
# last answer before the conversation went to a person.
Use = Literal["answered", "offered", "chosen", "helpful", "unhelpful", "handed_off"]
USES: tuple[Use, ...] = get_args(Use)


@dataclass(frozen=True)
class AskedQuestion:
    """A question that was not answered well; personal data in ``text`` is masked."""

    conversation_id: str
    seq: int
    text: str
    language: Lang
    why: Why
    at: datetime


class AskedQuestions(Protocol):
    """Questions that customers asked in vain."""

    async def waiting(self, limit: int) -> list[AskedQuestion]:
        """Those that nobody has taken yet, the oldest first."""
        ...

    async def take(self, asked: Sequence[AskedQuestion]) -> None:
        """They are stored here now, and need not be given again."""
        ...


@dataclass(frozen=True)
class Period:
    """From a moment to just before another."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class UseCount:
    """How often something happened to an entry, and when last."""

    entry_id: str
    use: Use
    count: int
    last: datetime


class EntryUses(Protocol):
    """What happened to entries in conversations."""

    async def counts(self, period: Period, language: Lang | None) -> list[UseCount]:
        """Of each entry and use that there was; of customers who wrote in this language, or all."""
        ...
