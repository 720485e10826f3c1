"""A worker in a process of its own, for `evaluation.benchmarks.publishing`: for every line of JSON it gives one back.

The first line says what to open, and is answered by the moments of the start. Every other line is a change, which the
worker makes or only meets, and is answered by when it did. Moments are seconds of one clock for all processes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import structlog
from prometheus_client import REGISTRY
from pydantic import TypeAdapter

from evaluation.benchmarks.changes import Change, Met, make, meet
from kb.encoder import TurnEncoder, load_encoder
from kb.reranking import load_reranker
from kb.service import KnowledgeBase, SearchOptions
from kit.clock import SystemClock
from kit.database import Database
from kit.events import MemoryEvents
from kit.language import detect
from kit.settings import Settings
from kit.threads import one_thread_for_matrices


@dataclass(frozen=True)
class Opening:
    """What a worker opens: a database that is migrated, and the folder of its cache; ``question`` is its first one."""

    database_url: str
    cache: Path
    question: str


@dataclass(frozen=True)
class Started:
    """The moments of a start, in their order, and how often a damaged fit was met.

    Args:
        imported: everything is imported.
        encoder: the encoder is loaded.
        database: the database is open, and its schema is looked at.
        knowledge: the knowledge base is made and started.
        answered: the first question is answered.
        fit_cache_corrupt: the counter of that name.
    """

    imported: float
    encoder: float
    database: float
    knowledge: float
    answered: float
    fit_cache_corrupt: int


@dataclass(frozen=True)
class Task:
    """A change that the worker makes, or that it only meets."""

    change: Change
    is_made_here: bool


OPENING, STARTED, TASK, MET = TypeAdapter(Opening), TypeAdapter(Started), TypeAdapter(Task), TypeAdapter(Met)


@asynccontextmanager
async def worker(
    database: Database, cache: Path, encoder: TurnEncoder, settings: Settings
) -> AsyncIterator[KnowledgeBase]:
    """A started knowledge base that hears of changes elsewhere only by looking, four times a second."""
    knowledge = KnowledgeBase(
        database,
        MemoryEvents(),
        SystemClock(),
        encoder,
        cache=cache,
        options=SearchOptions.from_settings(settings),
        reranker=load_reranker(settings),
    )
    try:
        await knowledge.start()
        yield knowledge
    finally:
        await knowledge.close()


async def serve(lines: TextIO, replies: TextIO, imported: float) -> None:
    """Start by the first line, then answer each of the others."""
    opening = OPENING.validate_json(lines.readline())
    settings = Settings()
    encoder = TurnEncoder(load_encoder(settings))
    loaded = time.perf_counter()
    database = Database(opening.database_url, busy_seconds=settings.database_busy_seconds)
    await database.migrate()
    opened = time.perf_counter()
    async with worker(database, opening.cache, encoder, settings) as knowledge:
        live = time.perf_counter()
        await knowledge.search(opening.question, detect(opening.question).answer_language)
        started = Started(imported, loaded, opened, live, time.perf_counter(), _damaged_fits())
        await knowledge.settled()
        print(STARTED.dump_json(started).decode(), file=replies, flush=True)
        while line := await asyncio.to_thread(lines.readline):
            task = TASK.validate_json(line)
            met = await (make if task.is_made_here else meet)(knowledge, task.change)
            print(MET.dump_json(met).decode(), file=replies, flush=True)


def _damaged_fits() -> int:
    return int(REGISTRY.get_sample_value("bilin_degraded_total", {"path": "fit_cache_corrupt"}) or 0)


def main() -> None:
    """Serve standard input; what is logged goes to standard error, for standard output is ours."""
    imported = time.perf_counter()
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as replies:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        one_thread_for_matrices()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        asyncio.run(serve(sys.stdin, replies, imported))


if __name__ == "__main__":
    main()
