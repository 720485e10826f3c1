"""Messages with two questions, and messages that only look like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.asking import Searchable, Told, told
from evaluation.datasets import DoubleQuestion
from evaluation.grouping import grouped


@dataclass(frozen=True)
class DoubleAsked:
    """A message and what the customer was told; ``found`` are the candidates of all of it with their confidence."""

    case: DoubleQuestion
    told: Told
    found: tuple[tuple[str, float], ...] = ()

    @property
    def are_both_answered(self) -> bool:
        """Whether both questions were answered, and nothing else."""
        return len(self.told.answered) == 2 and set(self.told.answered) == set(self.case.entry_ids)

    @property
    def are_both_offered(self) -> bool:
        """Whether the customer sees both entries, though not as the two answers."""
        return not self.are_both_answered and self._seen == 2

    @property
    def is_one_shown(self) -> bool:
        """Whether the customer sees one of the two entries only."""
        return self._seen == 1

    @property
    def _seen(self) -> int:
        return len(self.told.shown.intersection(self.case.entry_ids))


@dataclass(frozen=True)
class DoublesRun:
    """Every message with what the customer was told."""

    asked: list[DoubleAsked]

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON."""
        return {
            **summary(self.asked),
            "by_language": grouped(self.asked, lambda asked: asked.case.language, summary),
        }


def summary(asked: Sequence[DoubleAsked]) -> dict[str, Any]:
    """The figures of a set of messages."""
    doubles = [item for item in asked if item.case.slice == "double"]
    singles = [item for item in asked if item.case.slice == "single"]
    return {
        "n": len(asked),
        "doubles": len(doubles),
        "singles": len(singles),
        "both_answered": _share([item.are_both_answered for item in doubles]),
        "both_offered": _share([item.are_both_offered for item in doubles]),
        "one_only": _share([item.is_one_shown for item in doubles]),
        "split_wrongly": _share([len(item.told.answered) > 1 for item in singles]),
        "offered_besides": _share([bool(item.told.answered and item.told.offered) for item in singles]),
    }


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None


async def ask(knowledge: Searchable, case: DoubleQuestion) -> DoubleAsked:
    """Ask one message."""
    search = await knowledge.search(case.text, case.language)
    found = tuple((candidate.entry.id, candidate.confidence) for candidate in search.candidates)
    return DoubleAsked(case, told(search), found)
