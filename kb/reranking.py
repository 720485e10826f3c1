"""A cross-encoder, where the bank has one: it reads a question beside the first candidates and orders them anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import structlog

from kb.content import EntryContent, Lang
from kb.search import Candidate, Engine
from kb.space import Vectors
from kit.counters import count_degraded
from kit.errors import Unavailable
from kit.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

log = structlog.get_logger(__name__)


class RerankerUnavailable(Unavailable):
    """The configured reranker cannot be loaded."""


class Reranker(Protocol):
    """Scores texts against a question: the higher the better, on whatever scale."""

    @property
    def name(self) -> str:
        """For the log."""
        ...

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """The score of each text, shape ``(len(texts),)``, blocking."""
        ...


class CrossEncoderReranker:
    """A sentence-transformers ``CrossEncoder`` that lies on this machine; nothing is downloaded.

    Args:
        name: a path, or a name in this machine's Hugging Face cache.

    Raises:
        RerankerUnavailable: it cannot be loaded, or gives no single score for two texts.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(name, device="cpu", local_files_only=True)
        except Exception as error:  # transformers, tokenizers and safetensors share no base
            raise _unavailable(name, str(error)) from error
        if self._model.num_labels != 1 or _has_random_head(self._model):
            raise _unavailable(name, "it is no cross-encoder with one score")
        self._name = name

    @property
    def name(self) -> str:
        """As it was configured."""
        return self._name

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """The score of each text, blocking; what is longer than the model reads is cut."""
        found: Any = self._model.predict([(query, text) for text in texts], show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)


def _has_random_head(model: CrossEncoder) -> bool:
    """Whether it was made of a plain encoder: that loads without complaint, with a classifier of random weights."""
    made_of = (model.config.architectures if model.config else None) or [""]
    return len(model) == 1 and not made_of[0].endswith("ForSequenceClassification")


def _unavailable(name: str, reason: str) -> RerankerUnavailable:
    return RerankerUnavailable(
        f"The reranker {name!r} cannot be loaded: {reason}. Set BILIN_RERANKER to the path of a cross-encoder, "
        "or to the name of one in this machine's Hugging Face cache; leave it empty to go without."
    )


class TurnReranker:
    """The reranker as searches use it: off the event loop, one question at a time.

    It decides which entry stands in which of the first places, and nothing else. The confidences stay with the places:
    they are fitted to the engine's own order, and a reranker's scores are on no common scale. So the first place keeps
    the probability that the engine's first candidate is right, and whether to answer is decided as without a reranker.
    That probability is a lower bound, and the thresholds keep their promise, as long as the reranker is right at least
    as often as the engine where the two differ; only an evaluation with it and without it can tell.

    Args:
        reranker: what scores.
        places: how many of the first candidates it sees.
    """

    def __init__(self, reranker: Reranker, places: int) -> None:
        self._reranker = reranker
        self._places = places
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reranker")

    async def ordered(
        self, candidates: list[Candidate], query: str, vector: Vectors, language: Lang, engine: Engine
    ) -> list[Candidate]:
        """The candidates with the first of them in the reranker's order; as they are where it fails, which is counted.

        Args:
            candidates: best first, as the engine ranks them.
            query: the question as it was searched.
            vector: its raw vector.
            language: the customer's.
            engine: what found the candidates.
        """
        first = [candidate.entry for candidate in candidates[: self._places]]
        if len(first) < 2:
            return candidates
        loop = asyncio.get_running_loop()
        try:
            order = await loop.run_in_executor(self._pool, self._order, first, query, vector, language, engine)
        except Exception as error:  # the runtime's errors share no base; whatever it is, we go on without
            count_degraded("reranker_failed")
            log.error(
                "reranker_failed", reranker=self._reranker.name, effect="the engine's order stays", exc_info=error
            )
            return candidates
        return [replace(candidates[place], entry=first[at]) for place, at in enumerate(order)] + candidates[
            len(first) :
        ]

    def _order(
        self, entries: list[EntryContent], query: str, vector: Vectors, language: Lang, engine: Engine
    ) -> list[int]:
        scores = self._reranker.scores(query, nearest_questions(entries, vector, language, engine))
        if scores.shape != (len(entries),) or not np.isfinite(scores).all():
            raise ValueError(f"{len(entries)} finite scores are needed, these came: {scores}")
        order: list[int] = np.argsort(-scores, kind="stable").tolist()
        return order


def nearest_questions(entries: Sequence[EntryContent], vector: Vectors, language: Lang, engine: Engine) -> list[str]:
    """Of each entry the question that is nearest to a raw vector, in the customer's language where the entry has it.

    In the space before the adapter, which has drawn the questions of one entry together.
    """
    rows = engine.scorer.rows
    centred = engine.release.space.centred(vector, engine.fitted.means[language])
    positions = {entry.id: at for at, entry in enumerate(engine.release.entries)}
    nearest = []
    for entry in entries:
        is_english = entry.variant_for(language)[0] == "en"
        asked = (rows.entries == positions[entry.id]) & ~rows.passages & (rows.english == is_english)
        own = rows.only(asked)
        nearest.append(str(own.texts[(own.vectors @ centred).argmax()]))
    return nearest


def load_reranker(settings: Settings) -> TurnReranker | None:
    """The configured reranker; None where none is configured.

    Raises:
        RerankerUnavailable: one is configured and cannot be loaded.
    """
    if not settings.reranker:
        return None
    return TurnReranker(CrossEncoderReranker(settings.reranker), settings.reranker_candidates)


def available_reranker(settings: Settings) -> TurnReranker | None:
    """The configured reranker, or None where it cannot be loaded: that is counted, and the search goes on without."""
    try:
        return load_reranker(settings)
    except RerankerUnavailable as error:
        count_degraded("reranker_missing")
        log.error("reranker_missing", effect="candidates stay in the engine's order", reason=error.message)
        return None
