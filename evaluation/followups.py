"""Follow-ups: the last turn of a short dialogue, understood with the turns before it and without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.asking import Searchable, followed, told
from evaluation.datasets import Dialogue
from evaluation.grouping import grouped
from evaluation.metrics.answering import Answered, answered_precision, coverage
from evaluation.metrics.retrieval import top_k
from evaluation.publishing import published
from kb.content import EntryContent
from kb.context import Earlier
from kit.settings import Settings

FRESH = "fresh"


@dataclass(frozen=True)
class Followed:
    """A dialogue and what came of its last turn.

    Args:
        dialogue: what was asked.
        ranked: candidates of the last turn, best first.
        alone: the same without the turns before it.
        result: whether the last turn was answered, and rightly.
    """

    dialogue: Dialogue
    ranked: list[str]
    alone: list[str]
    result: Answered

    @property
    def is_bent(self) -> bool:
        """Whether the turns before led a question astray that is understood alone."""
        right = self.dialogue.entry_ids[-1]
        return self.alone[:1] == [right] != self.ranked[:1]


@dataclass(frozen=True)
class FollowupsRun:
    """Every dialogue with its result."""

    asked: list[Followed]

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON."""
        return {
            **summary(self.asked),
            "by_slice": grouped(self.asked, lambda asked: asked.dialogue.slice, summary),
            "by_language": grouped(self.asked, lambda asked: asked.dialogue.language, summary),
        }


def summary(asked: Sequence[Followed]) -> dict[str, Any]:
    """The figures of a set of dialogues."""
    right = [item.dialogue.entry_ids[-1] for item in asked]
    results = [item.result for item in asked]
    fresh = [item for item in asked if item.dialogue.slice == FRESH]
    return {
        "n": len(asked),
        "top1": top_k([item.ranked for item in asked], right, 1),
        "top1_alone": top_k([item.alone for item in asked], right, 1),
        "coverage": coverage(results),
        "answered_precision": answered_precision(results),
        "bent": sum(item.is_bent for item in fresh) / len(fresh) if fresh else None,
    }


async def follow(knowledge: Searchable, dialogue: Dialogue) -> Followed:
    """Ask every turn of a dialogue, each with the one before it, and the last one alone as well."""
    earlier: Earlier | None = None
    for text in dialogue.turns[:-1]:
        search = await knowledge.search(text, dialogue.language, earlier)
        earlier = followed(text, dialogue.language, earlier, search)
    last, right = dialogue.turns[-1], dialogue.entry_ids[-1]
    search = await knowledge.search(last, dialogue.language, earlier)
    alone = await knowledge.search(last, dialogue.language)
    given = told(search)
    return Followed(
        dialogue,
        [candidate.entry.id for candidate in search.candidates],
        [candidate.entry.id for candidate in alone.candidates],
        Answered(given.confidence, bool(given.answered), given.answered == (right,), in_scope=True),
    )


async def run(
    entries: Sequence[EntryContent],
    dialogues: Sequence[Dialogue],
    settings: Settings,
    progress: Callable[[], None] = lambda: None,
) -> FollowupsRun:
    """Publish ``entries``, ask ``dialogues``. ``progress`` is called after each dialogue."""
    asked: list[Followed] = []
    async with published(entries, settings) as ready:
        for dialogue in dialogues:
            asked.append(await follow(ready.knowledge, dialogue))
            progress()
    return FollowupsRun(asked)
