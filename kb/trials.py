"""The test box: what a question would find, in what customers are told and in what editors are at work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kb.confidence import named_features
from kb.content import EntryContent, Lang
from kb.encoder import TurnEncoder
from kb.finding import Finder, Search
from kb.live import LiveEngine
from kb.meaning import meanings
from kb.reranking import TurnReranker
from kb.scoring import Parts
from kb.search import Engine
from kb.wording import Wording

# The other features of confidence are told of every candidate.
OF_THE_QUESTION = ("margin", "share", "agreement", "belonging", "beyond_everyday")
Outcome = Literal["answer", "clarify", "none"]


@dataclass(frozen=True)
class ScoredCandidate:
    """An entry that may answer.

    Args:
        entry: what it says.
        confidence: the probability that it is the right one.
        nearness: cosine to its nearest texts, -1 to 1.
        classifier: its probability by what was learnt, 0 to 1.
        words: overlap of words and characters, 0 to 1.
    """

    entry: EntryContent
    confidence: float
    nearness: float
    classifier: float
    words: float


@dataclass(frozen=True)
class Trial:
    """What a question finds.

    Args:
        release_id: the release that was searched; None for work in progress.
        outcome: what the customer would get.
        answer_from: the confidence from which it is answered.
        clarify_from: the confidence from which choices are offered.
        question: what else the confidence of the first candidate is made of: its margin before the best of the others,
            its share among all entries, how many of the three parts put it first, the log-odds that the question is a
            matter for the bank, and by how much an entry is nearer than any everyday sentence.
        candidates: best first.
    """

    release_id: int | None
    outcome: Outcome
    answer_from: float
    clarify_from: float
    question: dict[str, float]
    candidates: list[ScoredCandidate]


class TestBox:
    """Asks without a customer. Work in progress is searched by what was learnt from the live release."""

    __test__ = False  # no test case, whatever its name begins with

    def __init__(self, live: LiveEngine, encoder: TurnEncoder, parts: Parts, reranker: TurnReranker | None) -> None:
        self._live = live
        self._encoder = encoder
        self._parts = parts
        self._reranker = reranker
        self._draft: tuple[list[EntryContent], Engine, Wording | None] | None = None

    async def ask_live(self, text: str, language: Lang) -> Trial | None:
        """What customers would get; None where nothing is live."""
        engine = self._live.engine
        return await self._ask(text, language, engine, self._live.wording, engine.release.id) if engine else None

    async def ask_draft(self, text: str, language: Lang, entries: Sequence[EntryContent]) -> Trial | None:
        """What they would get if these entries were live; None where there is none, or nothing is live."""
        if not entries or self._live.engine is None:
            return None
        chosen = list(entries)
        if self._draft is None or self._draft[0] != chosen or self._draft[1].fitted is not self._live.engine.fitted:
            self._draft = (chosen, *await self._live.candidate(chosen))
        _, engine, wording = self._draft
        return await self._ask(text, language, engine, wording, None)

    async def _ask(
        self, text: str, language: Lang, engine: Engine, wording: Wording | None, release_id: int | None
    ) -> Trial:
        search = await Finder(engine, wording, self._encoder, self._parts, self._reranker).find(text, language, None)
        [meant] = await meanings([(text, language)], wording)
        scores = engine.scores((await self._encoder.vector(meant))[None], [meant], language)
        position = {entry.id: at for at, entry in enumerate(engine.release.entries)}
        return Trial(
            release_id,
            _outcome(search),
            search.thresholds.answer,
            search.thresholds.clarify,
            {name: value for name, value in named_features(scores).items() if name in OF_THE_QUESTION},
            [
                ScoredCandidate(
                    candidate.entry,
                    candidate.confidence,
                    float(scores.cosine[0, at]),
                    float(np.exp(scores.log_probability[0, at])),
                    float(scores.lexical[0, at]),
                )
                for candidate in search.candidates
                for at in (position[candidate.entry.id],)
            ],
        )


def _outcome(search: Search) -> Outcome:
    surest = search.confidences[0]
    return (
        "answer" if surest >= search.thresholds.answer else "clarify" if surest >= search.thresholds.clarify else "none"
    )
