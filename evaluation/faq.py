"""Answer accuracy: a published knowledge base, asked through the product's own search."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from evaluation.asking import told
from evaluation.datasets import Query
from evaluation.grouping import grouped
from evaluation.metrics.answering import (
    Answered,
    answered_precision,
    auroc,
    coverage,
    expected_calibration_error,
    false_answer_rate,
    precision_at_coverage,
)
from evaluation.metrics.retrieval import top_k
from evaluation.publishing import Published, cache_folder, published
from kb.content import EntryContent
from kit.settings import Settings

COVERAGES = (0.5, 0.7, 0.8)


@dataclass(frozen=True)
class Asked:
    """A question and what came of it."""

    query: Query
    ranked: list[str]
    result: Answered


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
            "by_slice": grouped(self.asked, lambda asked: asked.query.slice, summary),
            "by_language": grouped(self.asked, lambda asked: asked.query.language, summary),
            "fit_seconds": self.fit_seconds,
            "encode_ms": self.encode_ms,
            "search_ms": self.search_ms,
        }


def summary(asked: Sequence[Asked]) -> dict[str, Any]:
    """The figures of a set of questions."""
    within = [(item.ranked, item.query.entry_id) for item in asked if item.query.entry_id is not None]
    ranked, right = [pair[0] for pair in within], [pair[1] for pair in within]
    results = [item.result for item in asked]
    return {
        "n": len(asked),
        "in_scope": len(within),
        "top1": top_k(ranked, right, 1),
        "top3": top_k(ranked, right, 3),
        "coverage": coverage(results),
        "answered_precision": answered_precision(results),
        "false_answer_rate": false_answer_rate(results),
        "auroc": auroc(results),
        "precision_at_coverage": {str(share): precision_at_coverage(results, share) for share in COVERAGES},
        "calibration_error": expected_calibration_error(results),
    }


async def run(
    entries: Sequence[EntryContent],
    queries: Sequence[Query],
    settings: Settings,
    progress: Callable[[], None] = lambda: None,
) -> FaqRun:
    """Publish ``entries``, ask ``queries``. ``progress`` is called after each question."""
    (cache_folder(settings) / "fit.npz").unlink(missing_ok=True)  # the fit is part of what is measured
    async with published(entries, settings) as ready:
        return await ask(ready, queries, progress)


async def ask(ready: Published, queries: Sequence[Query], progress: Callable[[], None] = lambda: None) -> FaqRun:
    """Ask ``queries``. ``progress`` is called after each question."""
    asked: list[Asked] = []
    encode_ms: list[float] = []
    search_ms: list[float] = []
    for query in queries:
        begun = time.perf_counter()
        await ready.knowledge.encode(query.text, query.language)
        encoded = time.perf_counter()
        search = await ready.knowledge.search(query.text, query.language)
        search_ms.append(1000 * (time.perf_counter() - encoded))
        encode_ms.append(1000 * (encoded - begun))
        given = told(search)
        best = given.answered or (search.candidates[0].entry.id,)
        result = Answered(
            confidence=given.confidence,
            answered=bool(given.answered),
            right=best == (query.entry_id,),
            in_scope=query.entry_id is not None,
        )
        asked.append(Asked(query, [candidate.entry.id for candidate in search.candidates], result))
        progress()
    return FaqRun(asked, ready.seconds, median(encode_ms or [0.0]), median(search_ms or [0.0]))
