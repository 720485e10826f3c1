"""Answer accuracy: a published knowledge base, asked through the product's own search."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from evaluation.asking import Told, told
from evaluation.datasets import Query
from evaluation.grouping import grouped
from evaluation.metrics.answered_precision import answered_precision
from evaluation.metrics.answering import Answered
from evaluation.metrics.auroc import auroc
from evaluation.metrics.calibration_error import calibration_error
from evaluation.metrics.coverage import coverage
from evaluation.metrics.false_answer_rate import false_answer_rate
from evaluation.metrics.hit_at_k import hit_at_k
from evaluation.metrics.precision_at_coverage import precision_at_coverage
from evaluation.publishing import Published, cache_folder
from kb.content import Lang
from kb.search import Candidate
from kb.service import KnowledgeBase
from kit.language import detect
from kit.settings import Settings

COVERAGES = (0.5, 0.7, 0.8)


@dataclass(frozen=True)
class Asked:
    """A question and what came of it."""

    query: Query
    ranked: list[str]
    result: Answered


@dataclass(frozen=True)
class Timed:
    """A question, what the customer was told, and how long it took.

    Args:
        asked: the question with its result.
        given: the entries that were answered with, or offered.
        told: the text of the answer; empty where there was none.
        candidates: best first.
        searched_in: the language in which it was searched: the detected one.
        encode_ms: time of encoding, in milliseconds.
        search_ms: time of the rest.
    """

    asked: Asked
    given: Told
    told: str
    candidates: tuple[Candidate, ...]
    searched_in: Lang
    encode_ms: float
    search_ms: float


@dataclass(frozen=True)
class FaqRun:
    """Every question with its result, and the times: encoding and the rest of a search, medians of a question in ms."""

    asked: list[Asked]
    fit_seconds: float
    encode_ms: float
    search_ms: float

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON."""
        return {
            **summary(self.asked),
            "by_slice": grouped(self.asked, lambda asked: asked.query.slice, self._slice),
            "by_language": grouped(self.asked, lambda asked: asked.query.language, summary),
            "fit_seconds": self.fit_seconds,
            "encode_ms": self.encode_ms,
            "search_ms": self.search_ms,
        }

    def _slice(self, asked: Sequence[Asked]) -> dict[str, Any]:
        """The figures of a slice; one of out-of-scope questions alone is told from all in-scope ones."""
        figures = summary(asked)
        if figures["in_scope"]:
            return figures
        others = [item.result for item in self.asked if item.result.in_scope]
        return {**figures, "auroc": auroc([*others, *(item.result for item in asked)]).value}


def summary(asked: Sequence[Asked]) -> dict[str, Any]:
    """The figures of a set of questions."""
    ranked, right = [item.ranked for item in asked], [item.query.entry_id for item in asked]
    results = [item.result for item in asked]
    return {
        "n": len(asked),
        "in_scope": sum(result.in_scope for result in results),
        "top1": hit_at_k(ranked, right, 1).value,
        "top3": hit_at_k(ranked, right, 3).value,
        "coverage": coverage(results).value,
        "answered_precision": answered_precision(results).value,
        "false_answer_rate": false_answer_rate(results).value,
        "auroc": auroc(results).value,
        "precision_at_coverage": {str(part): precision_at_coverage(results, part).value for part in COVERAGES},
        "calibration_error": calibration_error(results).value,
    }


async def ask(ready: Published, queries: Sequence[Query], progress: Callable[[], None] = lambda: None) -> FaqRun:
    """Ask ``queries``. ``progress`` is called after each question."""
    timed: list[Timed] = []
    for query in queries:
        timed.append(await ask_one(ready.knowledge, query))
        progress()
    return FaqRun(
        [each.asked for each in timed],
        ready.seconds,
        median([each.encode_ms for each in timed] or [0.0]),
        median([each.search_ms for each in timed] or [0.0]),
    )


async def ask_one(knowledge: KnowledgeBase, query: Query) -> Timed:
    """Ask one question in the language that the product detects, on a page in the question's own."""
    language = detect(query.text, query.language).answer_language
    begun = time.perf_counter()
    await knowledge.encode(query.text, language)
    encoded = time.perf_counter()
    search = await knowledge.search(query.text, language)
    found = time.perf_counter()
    given = told(search)
    best = given.answered or (search.candidates[0].entry.id,)
    text = "\n\n".join(answer.entry.variant_for(language)[1].answer for answer in search.answers)
    result = Answered(
        confidence=given.confidence,
        answered=bool(given.answered),
        right=best == (query.entry_id,) and all(part in text for part in query.answer_has),
        in_scope=query.entry_id is not None,
    )
    return Timed(
        Asked(query, [candidate.entry.id for candidate in search.candidates], result),
        given,
        text if given.answered else "",
        tuple(search.candidates),
        language,
        1000 * (encoded - begun),
        1000 * (found - encoded),
    )


def forget_fit(settings: Settings) -> None:
    """Remove what was learnt before: the fit is part of what is measured."""
    (cache_folder(settings) / "fit.npz").unlink(missing_ok=True)
