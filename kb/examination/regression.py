"""What a candidate release would find differently, question by question, of the check questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from kb.checks import CheckQuestion
from kb.content import LANGUAGES
from kb.scoring import Scorer
from kb.search import Engine


@dataclass(frozen=True)
class Answered:
    """What an engine makes of a check question: the entry that it puts first, and whether that is right.

    A question that no entry answers is right as long as the customer gets no answer.
    """

    entry_id: str | None
    is_right: bool


@dataclass(frozen=True)
class ChangedQuestion:
    """A check question that was right and no longer is, or the other way round."""

    question: CheckQuestion
    change: Literal["lost", "won"]
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Regression:
    """The check questions asked of the live release and of the candidate.

    Args:
        asked: how many both can be asked.
        right_before: how many of them the live release finds.
        right_after: how many the candidate finds.
        changed: those that were right once, lost ones first.
    """

    asked: int
    right_before: int
    right_after: int
    changed: tuple[ChangedQuestion, ...]

    @property
    def is_drop(self) -> bool:
        """Whether the candidate finds less."""
        return self.right_after < self.right_before


def compare(live: Engine, candidate: Engine) -> Regression:
    """Ask both all check questions whose entry both have.

    Args:
        live: what customers are told.
        candidate: what they would be told, on the same lessons.
    """
    before, after = answered(live), answered(candidate)
    both = [question for question in before if question in after]
    changed = [
        ChangedQuestion(
            question,
            "lost" if before[question].is_right else "won",
            before[question].entry_id,
            after[question].entry_id,
        )
        for question in both
        if before[question].is_right != after[question].is_right
    ]
    return Regression(
        len(both),
        sum(before[question].is_right for question in both),
        sum(after[question].is_right for question in both),
        tuple(sorted(changed, key=lambda each: each.change)),
    )


def answered(engine: Engine) -> dict[CheckQuestion, Answered]:
    """What an engine makes of each check question that it was built with; each engine is asked once."""
    if engine.scorer not in _known:
        _known[engine.scorer] = _ask(engine)
    return _known[engine.scorer]


# A candidate that goes live is what the next candidate is compared with, on the same scorer.
_known: WeakKeyDictionary[Scorer, dict[CheckQuestion, Answered]] = WeakKeyDictionary()


def _ask(engine: Engine) -> dict[CheckQuestion, Answered]:
    rows, asked = engine.release.checks, engine.release.asked
    found: dict[CheckQuestion, Answered] = {}
    for language in LANGUAGES:
        chosen = np.flatnonzero(rows.english == (language == "en"))
        if not len(chosen):
            continue
        candidates = engine.search(rows.vectors[chosen], rows.texts[chosen], language)
        bar = engine.thresholds(language).answer
        for row, (best, *_) in zip(chosen.tolist(), candidates, strict=True):
            check = asked[row]
            is_right = best.confidence < bar if check.entry_id is None else best.entry.id == check.entry_id
            found[check] = Answered(best.entry.id, is_right)
    return found
