"""What a candidate release would find differently, question by question, of the check questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kb.checks import CheckQuestion
from kb.content import LANGUAGES
from kb.rows import Places, Rows
from kb.scoring import NEIGHBOURS, Scorer
from kb.search import Candidate, Engine
from kb.space import Vectors

# A runner-up that is less likely than this share of the first, or a confidence that is as far from the bar, stays so
# when other entries change.
CLEARLY_SECOND = 0.75
CLEAR_OF_BAR = 0.05


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
    """What an engine makes of each check question that it was built with; each engine is asked once.

    A release mostly says what the one before it said. A question is asked again only where one of the texts nearest to
    it is gone, where a new one is as near, or where it was nearly undecided: the rest of a release moves scores by less
    than that.
    """
    known = _known.get(engine.scorer)
    if known is None:
        latest = _latest.get(engine.fitted.key)
        known = _known[engine.scorer] = _ask(engine, latest)
        _latest.clear()
        _latest[engine.fitted.key] = known
    return dict(zip(known.asked, known.answers, strict=True))


@dataclass(frozen=True)
class _Asked:
    """What an engine made of its check questions, and what that rests on; arrays have one row a question.

    Args:
        asked: the questions.
        texts: as they were searched.
        answers: what was made of them.
        near: the rows nearest to each, shape ``(questions, neighbours)``.
        farthest: the cosine of the last of those.
        is_firm: whether the answer was clear.
        rows: of the engine, without their vectors.
        entry_ids: whose each row is.
    """

    asked: Sequence[CheckQuestion]
    texts: NDArray[np.object_]
    answers: list[Answered]
    near: Places
    farthest: Vectors
    is_firm: NDArray[np.bool_]
    rows: Rows
    entry_ids: NDArray[np.str_]


# A candidate that goes live is what the next candidate is compared with, on the same scorer.
_known: WeakKeyDictionary[Scorer, _Asked] = WeakKeyDictionary()
# The questions that were asked last, by what had been learnt.
_latest: dict[str, _Asked] = {}


def _ask(engine: Engine, before: _Asked | None) -> _Asked:
    checks, asked, own = engine.release.checks, engine.release.asked, engine.scorer.rows
    queries = checks.centred(engine.release.space, engine.fitted.means).vectors
    answers: list[Answered] = [Answered(None, False)] * len(asked)
    near = np.zeros((len(asked), min(NEIGHBOURS, len(own))), np.int64)
    farthest, is_firm = np.zeros(len(asked), np.float32), np.zeros(len(asked), np.bool_)
    is_kept = np.zeros(len(asked), np.bool_)
    if before is not None and before.near.shape[1] == near.shape[1]:
        places = _same(before, engine)
        held = _unmoved(engine, before, places, queries)
        is_kept[list(held)] = True
        now = np.full(len(before.rows), -1)
        now[places[places >= 0]] = np.flatnonzero(places >= 0)
        for at, then in held.items():
            answers[at], near[at] = before.answers[then], now[before.near[then]]
            farthest[at], is_firm[at] = before.farthest[then], True
    for language in LANGUAGES:
        chosen = np.flatnonzero((checks.english == (language == "en")) & ~is_kept)
        if not len(chosen):
            continue
        nearest = engine.scorer.nearest(queries[chosen])
        near[chosen], farthest[chosen] = nearest.rows, nearest.cosines[:, -1]
        scores = engine.scorer.scores(queries[chosen], checks.texts[chosen], nearest)
        bar = engine.thresholds(language).answer
        for at, found in zip(chosen.tolist(), engine.candidates(scores, language), strict=True):
            answers[at], is_firm[at] = _judged(asked[at], found, bar)
    rows = replace(own, vectors=np.empty((len(own), 0), np.float32))
    return _Asked(asked, checks.texts, answers, near, farthest, is_firm, rows, _entry_ids(engine))


def _judged(check: CheckQuestion, found: Sequence[Candidate], bar: float) -> tuple[Answered, bool]:
    """What a question's candidates amount to, and whether that is clear."""
    best = found[0]
    if check.entry_id is None:
        return Answered(best.entry.id, best.confidence < bar), abs(best.confidence - bar) > CLEAR_OF_BAR
    is_clear = len(found) == 1 or found[1].confidence < CLEARLY_SECOND * best.confidence
    return Answered(best.entry.id, best.entry.id == check.entry_id), is_clear


def _entry_ids(engine: Engine) -> NDArray[np.str_]:
    return np.array([entry.id for entry in engine.release.entries])[engine.scorer.rows.entries]


def _same(before: _Asked, engine: Engine) -> Places:
    """Where each row of an engine was then, with the same text for the same entry; -1 for new ones."""
    rows = engine.scorer.rows
    places = before.rows.places(rows)
    is_other = (before.entry_ids[places] != _entry_ids(engine)) | (before.rows.passages[places] != rows.passages)
    return np.where(is_other, -1, places)


def _unmoved(engine: Engine, before: _Asked, places: Places, queries: Vectors) -> dict[int, int]:
    """The questions whose answer stands, and where they were among those asked before.

    Args:
        engine: what is asked now.
        before: what was asked before, after the same lessons.
        places: of the engine's rows among those of then; -1 for new ones.
        queries: the engine's check questions, centred.
    """
    head, rows = engine.fitted.head, engine.scorer.rows
    fresh = head.adapt(rows.vectors[places < 0])
    nearest_fresh = (head.adapt(queries) @ fresh.T).max(axis=1, initial=-1.0)
    is_gone = np.ones(len(before.rows), np.bool_)
    is_gone[places[places >= 0]] = False
    stands = before.is_firm & ~is_gone[before.near].any(axis=1)
    then = {question: at for at, question in enumerate(before.asked)}
    texts = engine.release.checks.texts
    return {
        at: was
        for at, question in enumerate(engine.release.asked)
        if (was := then.get(question, -1)) >= 0
        and stands[was]
        and before.texts[was] == texts[at]
        and nearest_fresh[at] < before.farthest[was]
    }
