"""What is compared: ways of finding the entry that answers a question, behind one protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import faiss

from evaluation.asking import told
from evaluation.benchmarks.bm25 import Bm25, words
from evaluation.benchmarks.timing import Ids
from evaluation.datasets import Query
from evaluation.publishing import Published
from kb.content import EntryContent
from kb.encoder import Encoder, Vectors
from kb.scoring import NEIGHBOURS

Find = Callable[[str], tuple[Vectors, Ids]]


@dataclass(frozen=True)
class Reply:
    """What one question found.

    Args:
        ranked: entries, best first.
        given: what the answer would be: one entry, or two where the question is taken for two; none if none is found.
        confidence: of that, in the peer's own measure: only the order counts.
        ms: from the text to this.
    """

    ranked: tuple[str, ...]
    given: tuple[str, ...]
    confidence: float
    ms: float


class Peer(Protocol):
    """Something that was made ready for a set of entries and can be asked."""

    @property
    def ready_seconds(self) -> float:
        """How long it took to get from the entries' texts to where it can be asked."""
        ...

    async def ask(self, questions: Sequence[Query]) -> list[Reply]:
        """Ask one question after another."""
        ...


class Bilin:
    """The product's own search."""

    def __init__(self, published: Published) -> None:
        self._knowledge = published.knowledge
        self.ready_seconds = published.seconds

    async def ask(self, questions: Sequence[Query]) -> list[Reply]:
        """Ask one question after another, encoding included."""
        replies = []
        for question in questions:
            begun = time.perf_counter()
            search = await self._knowledge.search(question.text, question.language)
            ms = 1000 * (time.perf_counter() - begun)
            given, ranked = told(search), tuple(candidate.entry.id for candidate in search.candidates)
            replies.append(Reply(ranked, given.answered or ranked[:1], given.confidence, ms))
        return replies


class NearestQuestion:
    """The entry whose best question is nearest, without any learning.

    Args:
        entries: at least one.
        prepare: makes the search from the texts of all questions; it gives scores and positions of texts, best first.
    """

    def __init__(self, entries: Sequence[EntryContent], prepare: Callable[[list[str]], Find]) -> None:
        asked = [(entry.id, text) for entry in entries for v in entry.variants.values() for text in v.questions]
        self._entry_ids = [entry_id for entry_id, _ in asked]
        begun = time.perf_counter()
        self._find = prepare([text for _, text in asked])
        self.ready_seconds = time.perf_counter() - begun
        self._turn = asyncio.Lock()

    async def ask(self, questions: Sequence[Query]) -> list[Reply]:
        """Ask one question after another; who asks meanwhile waits for the answer to the one before."""
        replies = []
        for question in questions:
            async with self._turn:
                replies.append(await asyncio.to_thread(self._reply, question.text))
        return replies

    def _reply(self, text: str) -> Reply:
        begun = time.perf_counter()
        scores, rows = self._find(text)
        ranked = tuple(dict.fromkeys(self._entry_ids[row] for row in rows))
        return Reply(ranked, ranked[:1], float(scores[0]), 1000 * (time.perf_counter() - begun))


def by_words(texts: list[str]) -> Find:
    """BM25."""
    index = Bm25([words(text) for text in texts])
    return lambda text: index.search(words(text), NEIGHBOURS)


def by_vectors(encoder: Encoder) -> Callable[[list[str]], Find]:
    """Raw cosine of an encoder's vectors, every one of them compared."""

    def prepare(texts: list[str]) -> Find:
        index = faiss.IndexFlatIP(encoder.space.width)
        index.add(encoder.encode(texts))

        def find(text: str) -> tuple[Vectors, Ids]:
            scores, rows = index.search(encoder.encode([text]), min(NEIGHBOURS, len(texts)))
            return scores[0], rows[0]

        return find

    return prepare
