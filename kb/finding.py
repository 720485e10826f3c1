"""What a message finds in a release: as it stands, as two questions, or with the turn before it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache

from kb.confidence import Scores, Thresholds
from kb.content import Lang
from kb.context import Earlier, in_context, joined
from kb.encoder import TurnEncoder
from kb.meaning import meanings
from kb.reranking import TurnReranker
from kb.scoring import Parts
from kb.search import Candidate, Engine
from kb.splitting import Cut, credible, cuts, second_question, two_questions
from kb.wording import Wording
from kit.characters import without_pictographs

MOST_REMEMBERED = 4096


@dataclass(frozen=True)
class Search:
    """What a message found.

    Args:
        release_id: the release that was searched.
        language: the customer's.
        candidates: as the whole message finds them, best first; the answers of two questions come before all others.
        thresholds: from where on to answer, and to offer choices.
        questions: the best candidate of each of two questions, where the message asks two; else empty.
        in_context: whether the message was understood with the turn before it.
        besides: what the message may ask besides, not surely enough to be answered; offered beneath the answer.
    """

    release_id: int
    language: Lang
    candidates: list[Candidate]
    thresholds: Thresholds
    questions: tuple[Candidate, ...] = ()
    in_context: bool = False
    besides: Candidate | None = None

    @property
    def answers(self) -> tuple[Candidate, ...]:
        """What would be given as the answer: one entry, or one for each of two questions."""
        return self.questions or tuple(self.candidates[:1])

    @property
    def stands_alone(self) -> bool:
        """Whether the message tells by itself what is meant, whatever was said before it."""
        return bool(self.questions) or self.candidates[0].confidence >= self.thresholds.answer

    @property
    def confidences(self) -> list[float]:
        """What to decide by: of the answer, the less sure one of two, and then of the other candidates."""
        weakest = min(candidate.confidence for candidate in self.answers)
        return [
            *(weakest for _ in self.answers),
            *(other.confidence for other in self.candidates[len(self.answers) :]),
        ]


@dataclass(frozen=True)
class Finder:
    """Finds in one release, from a message's first question to its last: a release that goes live meanwhile waits.

    Args:
        engine: of the release.
        wording: mends slips of the pen; None leaves them.
        encoder: as conversations use it.
        parts: which parts of the engine are in use.
        reranker: puts the first candidates in its order; None leaves them in the engine's.
    """

    engine: Engine
    wording: Wording | None
    encoder: TurnEncoder
    parts: Parts
    reranker: TurnReranker | None

    async def find(self, text: str, language: Lang, earlier: Earlier | None) -> Search:
        """Candidates for one message; arguments and errors as of `kb.service.KnowledgeBase.search`."""
        text = without_pictographs(text)
        alone = await self._scores([text], language)
        candidates = self.engine.candidates(alone, language)[0]
        bars = self.engine.thresholds(language)
        found = Search(self.engine.release.id, language, candidates, bars)
        ways = cuts(text, language) if self.parts.splitting else []
        halves = await self._halves(credible(ways, is_sure=found.stands_alone), language, alone)
        questions = two_questions(candidates, halves, bars)
        if questions:
            return replace(found, candidates=asked_first(questions, candidates), questions=questions)
        if ways and found.stands_alone:
            found = replace(found, besides=second_question(candidates, [each for _, *pair in halves for each in pair]))
        if not found.stands_alone and earlier is not None and self.parts.context:
            joint = await self._scores([joined(earlier, text, language)], language)
            scores = in_context(alone, joint, self.engine.release.entries, earlier.entry_id)
            return replace(found, candidates=self.engine.candidates(scores, language)[0], in_context=True)
        if self.reranker is None:
            return found
        [meant] = await meanings([(text, language)], self.wording)
        vector = await self.encoder.vector(meant)
        return replace(found, candidates=await self.reranker.ordered(candidates, meant, vector, language, self.engine))

    async def _halves(
        self, ways: Sequence[Cut], language: Lang, whole: Scores
    ) -> list[tuple[Cut, Candidate, Candidate]]:
        """Ways to cut a message in two, with what each half finds first.

        The second half may lean on the first, as a follow-up does on the turn before it ("and what does it cost?"):
        where it finds nothing sure by itself, it is understood like one.
        """
        if not ways:
            return []
        halves = await self._scores([half for cut in ways for half in (cut.left, cut.right)], language)
        best = [found[0] for found in self.engine.candidates(halves, language)]
        bar = self.engine.thresholds(language).answer
        result: list[tuple[Cut, Candidate, Candidate]] = []
        for at, (cut, left, right) in enumerate(zip(ways, best[::2], best[1::2], strict=True)):
            if right.confidence < bar and self.parts.context:
                second = halves.only(2 * at + 1)
                leaning = in_context(second, whole, self.engine.release.entries, left.entry.id)
                right = max(right, self.engine.candidates(leaning, language)[0][0], key=lambda each: each.confidence)
            result.append((cut, left, right))
        return result

    async def _scores(self, texts: Sequence[str], language: Lang) -> Scores:
        meant = await meanings([(text, language) for text in texts], self.wording)
        vectors = await self.encoder.vectors(meant)
        # Milliseconds to be found among ten thousand questions, in which other customers' turns go on.
        return await asyncio.to_thread(self.engine.scores, vectors, meant, language)


def asked_first(questions: Sequence[Candidate], whole: Sequence[Candidate]) -> list[Candidate]:
    """The answers of two questions, in the order in which the whole message finds them, before all else it finds."""
    rank = {candidate.entry.id: place for place, candidate in enumerate(whole)}
    asked = sorted(questions, key=lambda candidate: rank.get(candidate.entry.id, len(rank)))
    ids = {candidate.entry.id for candidate in asked}
    return [*asked, *(candidate for candidate in whole if candidate.entry.id not in ids)]


class Findings:
    """Finds for one turn after the other, and remembers what the latest messages found until something goes live.

    Customers ask alike, and a button says the same for everybody who presses it.

    Args:
        encoder, parts, reranker: as of `Finder`. With a reranker nothing is remembered: where it failed, the next
            customer should not get its failure.
    """

    def __init__(self, encoder: TurnEncoder, parts: Parts, reranker: TurnReranker | None) -> None:
        self._encoder, self._parts, self._reranker = encoder, parts, reranker
        self._latest: LRUCache[tuple[object, ...], Search] = LRUCache(MOST_REMEMBERED)
        self._of: tuple[Engine, Wording | None] | None = None

    async def find(
        self, engine: Engine, wording: Wording | None, text: str, language: Lang, earlier: Earlier | None
    ) -> Search:
        """Candidates for one message; the engine and the wording as of `Finder`, all else as of its ``find``."""
        if self._of is None or self._of[0] is not engine or self._of[1] is not wording:
            self._of, self._latest = (engine, wording), LRUCache(MOST_REMEMBERED)
        latest, alone, follows = self._latest, (text, language), (text, language, earlier)
        found = latest.get(alone) or latest.get(follows)
        if found is None:
            finder = Finder(engine, wording, self._encoder, self._parts, self._reranker)
            found = await finder.find(text, language, earlier)
            if self._reranker is None:
                latest[alone if found.stands_alone and not found.in_context else follows] = found
        return found
