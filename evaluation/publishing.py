"""A temporary knowledge base through the product's own publish path."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content import EntryContent
from kb.encoder import TurnEncoder, load_encoder
from kb.reranking import load_reranker
from kb.service import KnowledgeBase, SearchOptions
from kit.clock import SystemClock
from kit.database import Database
from kit.events import MemoryEvents
from kit.settings import Settings


@dataclass(frozen=True)
class Published:
    """A knowledge base that can be asked, and how long it took to publish and learn it."""

    knowledge: KnowledgeBase
    seconds: float


def cache_folder(settings: Settings) -> Path:
    """Where vectors and the newest fit are kept between evaluations."""
    return settings.data_dir / "cache" / "evaluation"


@contextlib.asynccontextmanager
async def published(
    entries: Sequence[EntryContent],
    settings: Settings,
    encoder: TurnEncoder | None = None,
    cache: Path | None = None,
) -> AsyncIterator[Published]:
    """Publish ``entries`` into a database of their own, which is gone at the end.

    Args:
        entries: at least one.
        settings: the product's.
        encoder: one that remembers by itself; by default the configured one.
        cache: where vectors and lessons are kept: `cache_folder` without an encoder, else nowhere by default.
    """
    with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'kb.db'}")
        knowledge = KnowledgeBase(
            database,
            MemoryEvents(),
            SystemClock(),
            encoder or TurnEncoder(load_encoder(settings)),
            cache=cache if encoder else cache_folder(settings),
            options=SearchOptions.from_settings(settings),
            reranker=load_reranker(settings),
        )
        try:
            await database.migrate()
            started = time.perf_counter()
            await knowledge.load(entries, author="evaluation")
            await knowledge.settled()
            yield Published(knowledge, time.perf_counter() - started)
        finally:
            await knowledge.close()
            await database.close()
