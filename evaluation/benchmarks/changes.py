"""A change of the knowledge base, made by one worker and met by the customers of every worker."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from kb.content import EntryContent, Lang
from kb.service import KnowledgeBase
from kit.errors import Unavailable

AUTHOR, REVIEWER = "evaluation", "evaluation-reviewer"
ASK_EVERY_SECONDS = 0.1
LONGEST_SECONDS = 300.0


@dataclass(frozen=True)
class Change:
    """An entry that is edited or withdrawn, and a question that finds it.

    Args:
        entry_id: the entry.
        entry: what it says from then on; None withdraws it.
        question: finds the entry as long as it is live.
        language: the question's.
        is_rehearsed: the reviewer asks the check questions first, as the console does while the comment is written.
    """

    entry_id: str
    entry: EntryContent | None
    question: str
    language: Lang
    is_rehearsed: bool = False

    async def is_met(self, knowledge: KnowledgeBase) -> bool:
        """Ask once: whether the entry is found as it is now, or if it is withdrawn, not found."""
        search = await knowledge.search(self.question, self.language)
        found = [candidate.entry for candidate in search.candidates if candidate.entry.id == self.entry_id]
        return found == ([] if self.entry is None else [self.entry])


@dataclass(frozen=True)
class Met:
    """The moments of a change at one worker.

    Args:
        begun: just before it is called for, or where another worker makes it, before the first question.
        met: the first question that meets the change is answered.
    """

    begun: float
    met: float


async def make(knowledge: KnowledgeBase, change: Change) -> Met:
    """Publish or withdraw, while customers ask all the time; errors as of `meet`."""
    if change.entry is not None:
        draft = await knowledge.editing.save(change.entry, AUTHOR)
        await knowledge.editing.submit(change.entry_id, draft.number, AUTHOR)
        if change.is_rehearsed:
            await knowledge.gate.regression((await knowledge.editing.propose(REVIEWER)).released)
    begun = time.perf_counter()
    _, there = await asyncio.gather(_go_live(knowledge, change), meet(knowledge, change))
    return Met(begun, there.met)


async def _go_live(knowledge: KnowledgeBase, change: Change) -> None:
    if change.entry is None:
        await knowledge.editing.withdraw(change.entry_id, REVIEWER, "withdrawn")
    else:
        await knowledge.gate.publish(REVIEWER, "edited", reasons={"*": "measured"})


async def meet(knowledge: KnowledgeBase, change: Change, longest_seconds: float = LONGEST_SECONDS) -> Met:
    """Ask the question every 0.1 s until it meets the change.

    Raises:
        Unavailable: it is not met in ``longest_seconds``.
    """
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(longest_seconds):
            is_met = await change.is_met(knowledge)
            while not is_met:
                await asyncio.sleep(ASK_EVERY_SECONDS)
                is_met = await change.is_met(knowledge)
    except TimeoutError as error:
        kind = "withdrawal" if change.entry is None else "edit"
        raise Unavailable(
            f"After {longest_seconds:g} s the {kind} of {change.entry_id!r} is not met by {change.question!r}."
        ) from error
    return Met(begun, time.perf_counter())
