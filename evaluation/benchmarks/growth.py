"""How the time, recall and memory of a search go with the number of questions, which are made up."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import faiss
import numpy as np

from evaluation.benchmarks.bm25 import Bm25
from evaluation.benchmarks.memory import grown
from evaluation.benchmarks.questions import Questions, made_up_texts
from evaluation.benchmarks.recall import recall
from evaluation.benchmarks.timing import Ids, in_turns, nearest
from kb.scoring import NEIGHBOURS
from kb.vector_index import VectorIndex

DIMENSIONS = 384
QUERIES = 200


@dataclass(frozen=True)
class Size:
    """One number of questions: the median ms of a search on one thread, and the memory that a question takes.

    Args:
        questions: how many were searched.
        kind: of Bilin's index.
        index_ms: Bilin's index.
        flat_ms: every vector compared.
        bm25_ms: BM25 over as many texts; cutting the query into words is not counted.
        recall: share of the nearest by Flat that Bilin's index finds as well.
        index_bytes: Bilin's index, a question.
        flat_bytes: the vectors alone, a question.
        bm25_bytes: BM25's index without its vocabulary, a question.
    """

    questions: int
    kind: str
    index_ms: float
    flat_ms: float
    bm25_ms: float
    recall: float
    index_bytes: float
    flat_bytes: float
    bm25_bytes: float

    def report(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


def measure(questions: int, seed: int) -> Size:
    """Build all three over so many questions and ask them in turns, each for as many as Bilin's search asks for."""
    made_up = Questions(questions, DIMENSIONS, seed)
    vectors, vector_queries = made_up.fill(questions, stream=1), made_up.fill(QUERIES, stream=2)
    texts, text_queries = made_up_texts(questions, seed, stream=1), made_up_texts(QUERIES, seed, stream=2)
    flat = faiss.IndexFlatIP(DIMENSIONS)
    _, flat_bytes = grown(lambda: flat.add(vectors))
    index, index_bytes = grown(lambda: VectorIndex.build(vectors, np.arange(questions)))
    bm25, bm25_bytes = grown(lambda: Bm25(texts))

    def by_words(query: int) -> Ids:
        _, rows = bm25.search(text_queries[query], NEIGHBOURS)
        return rows

    neighbours = min(NEIGHBOURS, questions)
    by_vectors = [nearest(search, vector_queries, neighbours) for search in (index.search, flat.search)]
    (index_ms, found), (flat_ms, exact), (bm25_ms, _) = in_turns(QUERIES, [*by_vectors, by_words])
    return Size(
        questions=questions,
        kind=index.kind,
        index_ms=index_ms,
        flat_ms=flat_ms,
        bm25_ms=bm25_ms,
        recall=recall(found, exact),
        index_bytes=index_bytes / questions,
        flat_bytes=flat_bytes / questions,
        bm25_bytes=bm25_bytes / questions,
    )
