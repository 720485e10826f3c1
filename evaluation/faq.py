"""Answer accuracy: a temporary knowledge base through the product's own publish path, asked through its own search."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets import Query
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
from handoff.policy import Answer, Standing, Thresholds, after_search
from kb.content import EntryContent
from kb.encoder import TurnEncoder, load_encoder
from kb.service import KnowledgeBase, SearchOptions
from kit.clock import SystemClock
from kit.database import Database
from kit.events import MemoryEvents
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
    """Every question with its result, and the times."""

    asked: list[Asked]
    fit_seconds: float
    encode_ms: float
    search_ms: float

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON."""
        return {
            **summary(self.asked),
            "by_slice": _grouped(self.asked, lambda asked: asked.query.slice),
            "by_language": _grouped(self.asked, lambda asked: asked.query.language),
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


def _grouped(asked: Sequence[Asked], key: Callable[[Asked], str]) -> dict[str, Any]:
    groups: dict[str, list[Asked]] = defaultdict(list)
    for item in asked:
        groups[key(item)].append(item)
    return {name: summary(members) for name, members in sorted(groups.items())}


async def run(
    entries: Sequence[EntryContent],
    queries: Sequence[Query],
    settings: Settings,
    progress: Callable[[], None] = lambda: None,
) -> FaqRun:
    """Publish ``entries``, ask ``queries``. ``progress`` is called after each question."""
    with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'kb.db'}")
        await database.migrate()
        encoder = TurnEncoder(load_encoder(settings))
        cache = settings.data_dir / "cache" / "evaluation"
        (cache / "fit.npz").unlink(missing_ok=True)  # the fit is part of what is measured
        knowledge = KnowledgeBase(
            database,
            MemoryEvents(),
            SystemClock(),
            encoder,
            cache=cache,
            options=SearchOptions.from_settings(settings),
        )
        started = time.perf_counter()
        await knowledge.load(entries, author="evaluation")
        fit_seconds = time.perf_counter() - started
        asked: list[Asked] = []
        encode_seconds = search_seconds = 0.0
        for query in queries:
            begun = time.perf_counter()
            await knowledge.encode(query.text, query.language)
            encoded = time.perf_counter()
            search = await knowledge.search(query.text, query.language)
            search_seconds += time.perf_counter() - encoded
            encode_seconds += encoded - begun
            confidences = [candidate.confidence for candidate in search.candidates]
            ranked = [candidate.entry.id for candidate in search.candidates]
            outcome = after_search(
                confidences,
                off_topic=False,
                standing=Standing(),
                thresholds=Thresholds(answer=search.thresholds.answer, clarify=search.thresholds.clarify),
            )
            asked.append(
                Asked(
                    query,
                    ranked,
                    Answered(
                        confidence=confidences[0] if confidences else 0.0,
                        answered=isinstance(outcome, Answer),
                        right=bool(ranked) and ranked[0] == query.entry_id,
                        in_scope=query.entry_id is not None,
                    ),
                )
            )
            progress()
        await database.close()
    per_question = 1000.0 / max(len(asked), 1)
    return FaqRun(asked, fit_seconds, encode_seconds * per_question, search_seconds * per_question)
