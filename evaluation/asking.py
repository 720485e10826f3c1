"""What the product makes of a search: what the customer is told, and what the next turn may follow up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from chat.current_turn import LONGEST_TOPIC
from handoff.policy import Answer, Bars, Clarify, Policy, Standing, after_search, read_policy
from kb.content import Lang
from kb.context import Earlier, joined
from kb.finding import Search


class Searchable(Protocol):
    """What questions are put to: a knowledge base."""

    async def search(self, text: str, language: Lang, earlier: Earlier | None = None) -> Search:
        """Candidates for one message."""
        ...


@dataclass(frozen=True)
class Told:
    """What the customer is told at once.

    Args:
        answered: the entries given as answers: one, or two where the message asked two questions; else none.
        offered: the entries offered as choices, or beneath the answer as what was perhaps asked besides.
        confidence: what the decision was made by, 0 to 1.
    """

    answered: tuple[str, ...]
    offered: tuple[str, ...]
    confidence: float

    @property
    def shown(self) -> frozenset[str]:
        """Every entry that the customer sees."""
        return frozenset(self.answered + self.offered)


@cache
def shipped_policy() -> Policy:
    """The shipped table: what is measured is the product as it comes."""
    return read_policy()


def told(search: Search) -> Told:
    """What the policy makes of a search, as of the first turn of a conversation."""
    outcome = after_search(
        search.confidences,
        off_topic=False,
        standing=Standing(),
        policy=shipped_policy(),
        bars=Bars(search.thresholds.answer, search.thresholds.clarify),
    )
    choices = outcome.choices if isinstance(outcome, Clarify) else 0
    offered = search.candidates[:choices]
    if isinstance(outcome, Answer) and search.besides is not None:
        offered = [search.besides]
    return Told(
        tuple(answer.entry.id for answer in search.answers) if isinstance(outcome, Answer) else (),
        tuple(candidate.entry.id for candidate in offered),
        search.confidences[0],
    )


def followed(text: str, language: Lang, earlier: Earlier | None, search: Search) -> Earlier:
    """A turn as the next one sees it: its words, with those before where it was understood by them, and its answer."""
    searched = joined(earlier, text, language)[-LONGEST_TOPIC:] if search.in_context and earlier else text
    return Earlier(searched, next(iter(told(search).answered), None))
