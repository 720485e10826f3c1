"""Follow-ups: the last turn of a short dialogue, understood with the turns before it and without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.asking import Searchable, followed, told
from evaluation.datasets import Dialogue
from evaluation.grouping import grouped
from evaluation.metrics.answered_precision import answered_precision
from evaluation.metrics.answering import Answered
from evaluation.metrics.coverage import coverage
from evaluation.metrics.hit_at_k import hit_at_k
from kb.context import Earlier

FRESH = "fresh"


@dataclass(frozen=True)
class Followed:
    """A dialogue and what came of its last turn.

    Args:
        dialogue: what was asked.
        ranked: candidates of the last turn, best first.
        alone: the same without the turns before it.
        result: whether the last turn was answered, and rightly.
        confidences: of the candidates.
    """

    dialogue: Dialogue
    ranked: list[str]
    alone: list[str]
    result: Answered
    confidences: tuple[float, ...] = ()

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
        "top1": hit_at_k([item.ranked for item in asked], right, 1).value,
        "top1_alone": hit_at_k([item.alone for item in asked], right, 1).value,
        "coverage": coverage(results).value,
        "answered_precision": answered_precision(results).value,
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
        tuple(candidate.confidence for candidate in search.candidates),
    )
