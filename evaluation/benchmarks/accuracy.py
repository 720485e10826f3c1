"""How often, how surely and how fast each peer finds the right entry: the same entries, the same questions, one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evaluation.benchmarks.peers import Bilin, NearestQuestion, Peer, Reply, by_vectors, by_words
from evaluation.benchmarks.rasa_peer import RasaUnavailable, rasa_selector
from evaluation.benchmarks.timing import QUERIES_A_TURN
from evaluation.datasets import Query
from evaluation.metrics.answering import Answered
from evaluation.metrics.hit_at_k import hit_at_k
from evaluation.metrics.precision_at_coverage import precision_at_coverage
from evaluation.publishing import published
from kb.content import EntryContent
from kb.encoder import TurnEncoder, load_encoder
from kit.settings import Settings

BILIN = "Bilin"
BM25 = "BM25"
PLAIN = "encoder alone"
RASA = "Rasa"
COVERAGE = 0.7


@dataclass(frozen=True)
class Figures:
    """One peer's. Shares are None where no question has what they are about.

    Args:
        top1: in-scope questions whose entry is first, over in-scope questions.
        top3: the same among the first three.
        precision: right answers among the most confident 70 % of all questions.
        ready_seconds: from the entries' texts to where it can be asked.
        p50_ms: the median of a question's time.
        p95_ms: what 95 % of the questions stay below.
        times_bilin: ``p50_ms`` over Bilin's.
    """

    top1: float | None
    top3: float | None
    precision: float | None
    ready_seconds: float
    p50_ms: float
    p95_ms: float
    times_bilin: float


@dataclass(frozen=True)
class Compared:
    """The figures of each peer, and why others have none; ``epochs`` are of Rasa's training."""

    n: int
    in_scope: int
    entries: int
    epochs: int
    peers: dict[str, Figures]
    missing: dict[str, str]

    def report(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


async def compare(
    entries: Sequence[EntryContent],
    queries: Sequence[Query],
    settings: Settings,
    epochs: int,
    seed: int,
    progress: Callable[[int], None] = lambda count: None,
) -> Compared:
    """Make every peer ready for ``entries`` and ask all of them ``queries``, block by block in turns.

    Args:
        entries: at least one.
        queries: each is asked once, so that nobody remembers it.
        settings: the product's.
        epochs: of Rasa's training.
        seed: of Rasa's training.
        progress: called with the number of questions that were asked since.
    """
    encoder = load_encoder(settings)
    async with AsyncExitStack() as stack:
        ready = await stack.enter_async_context(published(entries, settings, TurnEncoder(encoder)))
        peers: dict[str, Peer] = {
            BILIN: Bilin(ready),
            BM25: NearestQuestion(entries, by_words),
            PLAIN: NearestQuestion(entries, by_vectors(encoder.primary)),
        }
        missing = {}
        try:
            peers[RASA] = await stack.enter_async_context(rasa_selector(entries, epochs, seed))
        except RasaUnavailable as error:
            missing[RASA] = error.message
        replies: dict[str, list[Reply]] = {name: [] for name in peers}
        for start in range(0, len(queries), QUERIES_A_TURN):
            turn = queries[start : start + QUERIES_A_TURN]
            for name, peer in peers.items():
                replies[name] += await peer.ask(turn)
            progress(len(turn))
    bilin_ms = _percentile(replies[BILIN], 50)
    figures = {name: figures_of(queries, replies[name], peer.ready_seconds, bilin_ms) for name, peer in peers.items()}
    in_scope = sum(query.entry_id is not None for query in queries)
    return Compared(len(queries), in_scope, len(entries), epochs, figures, missing)


def figures_of(queries: Sequence[Query], replies: Sequence[Reply], ready_seconds: float, bilin_ms: float) -> Figures:
    """What the replies to the queries come to; ``bilin_ms`` is the median of Bilin's times."""
    asked = list(zip(queries, replies, strict=True))
    within = [(reply.ranked, query.entry_id) for query, reply in asked if query.entry_id is not None]
    ranked, right = [pair[0] for pair in within], [pair[1] for pair in within]
    results = [
        Answered(reply.confidence, True, reply.given == (query.entry_id,), query.entry_id is not None)
        for query, reply in asked
    ]
    return Figures(
        top1=hit_at_k(ranked, right, 1).value,
        top3=hit_at_k(ranked, right, 3).value,
        precision=precision_at_coverage(results, COVERAGE).value,
        ready_seconds=ready_seconds,
        p50_ms=_percentile(replies, 50),
        p95_ms=_percentile(replies, 95),
        times_bilin=_percentile(replies, 50) / bilin_ms,
    )


def _percentile(replies: Sequence[Reply], share: float) -> float:
    return float(np.percentile([reply.ms for reply in replies], share))
