"""What a question costs beyond its encoding: the search and the confidence of a whole knowledge base."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evaluation.datasets import Query
from kb.content import EntryContent
from kb.encoder import TurnEncoder, load_encoder
from kb.live import LiveEngine
from kb.meaning import meant_by
from kb.service import SearchOptions
from kit.settings import Settings

MOST = 1.25


@dataclass(frozen=True)
class Cost:
    """Medians over the questions, in ms; one thread.

    Args:
        kb_questions: questions of the knowledge base.
        entries: of the knowledge base.
        asked: how many questions were timed.
        encode_ms: one text through the configured encoder with its companions, nothing remembered.
        search_ms: from its vector to the candidates with their confidence.
        wording_ms: mending the text's wording before it is encoded.
        times_encoding: encoding and search together, over encoding alone.
        times_encoding_mended: mending, encoding and search together, over encoding alone.
    """

    kb_questions: int
    entries: int
    asked: int
    encode_ms: float
    search_ms: float
    wording_ms: float
    times_encoding: float
    times_encoding_mended: float

    def report(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


async def measure(
    entries: Sequence[EntryContent],
    queries: Sequence[Query],
    settings: Settings,
    sample: int,
    seed: int,
    progress: Callable[[int], None] = lambda count: None,
) -> Cost:
    """Build the engine of ``entries`` and time ``sample`` of the questions, or all where there are fewer.

    Args:
        entries: at least one.
        queries: at least one.
        settings: the product's.
        sample: at least one.
        seed: of which questions are drawn.
        progress: called with the number of questions that were asked since.
    """
    encoder, options = load_encoder(settings), SearchOptions.from_settings(settings)
    live = LiveEngine(TurnEncoder(encoder), None, options.parts, options.targets, options.checks)
    await live.show(1, entries)
    assert live.engine
    engine = live.engine
    times = []
    for query in random.Random(seed).sample(list(queries), min(sample, len(queries))):  # noqa: S311  # no secret
        begun = time.perf_counter()
        text = meant_by(query.text, query.language, live.wording)
        mended = time.perf_counter()
        vectors = encoder.encode([text])
        encoded = time.perf_counter()
        engine.candidates(engine.scores(vectors, [text], query.language), query.language)
        times.append((mended - begun, encoded - mended, time.perf_counter() - encoded))
        progress(1)
    await live.close()
    wording_ms, encode_ms, search_ms = (1000 * np.array(times)).T
    encoding = float(np.median(encode_ms))
    return Cost(
        kb_questions=sum(len(variant.questions) for entry in entries for variant in entry.variants.values()),
        entries=len(entries),
        asked=len(times),
        encode_ms=encoding,
        search_ms=float(np.median(search_ms)),
        wording_ms=float(np.median(wording_ms)),
        times_encoding=float(np.median(encode_ms + search_ms)) / encoding,
        times_encoding_mended=float(np.median(wording_ms + encode_ms + search_ms)) / encoding,
    )
