"""Questions beside each other and beside the entries, as the search compares them; nothing is answered by it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.content import LANGUAGES, EntryContent, Lang
from kb.encoder import EncoderUnavailable, TurnEncoder, Vectors
from kb.live import LiveEngine
from kb.meaning import meanings
from kb.search import Candidate, Engine
from kit.language import to_simplified

Question = tuple[str, Lang]


@dataclass(frozen=True)
class Nearer:
    """A question's nearest question in another entry than the one it is put beside.

    Args:
        entry_id: the other entry.
        text: its question, as it is searched.
        cosine: to that.
        own: to the nearest question of the entry it is put beside.
    """

    entry_id: str
    text: str
    cosine: float
    own: float


class Comparing:
    """Compares by the live release.

    Args:
        live: what is searched; None where nothing can be.
        encoder: as conversations use it; None where there is none.
    """

    def __init__(self, live: LiveEngine | None, encoder: TurnEncoder | None) -> None:
        self._live, self._encoder = live, encoder

    @property
    def is_possible(self) -> bool:
        """Whether there is a release to compare by."""
        return self._encoder is not None and self._live is not None and self._live.engine is not None

    @property
    def encoder_name(self) -> str:
        """What makes the vectors; one made by another cannot be compared."""
        return self._encoder.encoder.name if self._encoder else ""

    async def raw(self, questions: Sequence[Question]) -> Vectors:
        """Raw vectors of questions as they are searched, shape ``(questions, dimensions)``.

        Raises:
            EncoderUnavailable: there is no encoder, or it failed.
        """
        encoder, _ = self._needed()
        return await encoder.vectors(await self._meant(questions))

    def centred(self, raw: Vectors, languages: Sequence[Lang]) -> Vectors:
        """Unit vectors whose dot products are the cosines that the search sees; shape as given.

        Raises:
            EncoderUnavailable: nothing is live.
        """
        _, engine = self._needed()
        return _centred(raw, languages, engine)

    async def found(self, questions: Sequence[Question]) -> list[tuple[Candidate, float]]:
        """The first candidate of each question, and the confidence from which it is answered; errors as of `raw`."""
        encoder, engine = self._needed()
        meant = await self._meant(questions)
        raw = await encoder.vectors(meant) if meant else None
        best: list[tuple[Candidate, float] | None] = [None] * len(meant)
        for language in LANGUAGES:
            chosen = [at for at, (_, asked_in) in enumerate(questions) if asked_in == language]
            if raw is None or not chosen:
                continue
            texts = [meant[at] for at in chosen]
            found = await asyncio.to_thread(engine.search, raw[chosen], texts, language)
            bar = engine.thresholds(language).answer
            for at, candidates in zip(chosen, found, strict=True):
                best[at] = candidates[0], bar
        return [each for each in best if each is not None]

    async def nearer(self, question: Question, entry: EntryContent) -> Nearer | None:
        """The question of another live entry that is nearer than any of this entry's own; None where none is.

        Raises:
            EncoderUnavailable: there is no encoder, it failed, or nothing is live.
        """
        encoder, engine = self._needed()
        own = [(text, language) for language, variant in entry.variants.items() for text in variant.questions]
        raw = await encoder.vectors([*await self._meant([question]), *(to_simplified(text) for text, _ in own)])
        languages = [question[1], *(language for _, language in own)]
        return await asyncio.to_thread(_nearer, _centred(raw, languages, engine), entry.id, engine)

    async def _meant(self, questions: Sequence[Question]) -> list[str]:
        return await meanings(questions, self._live.wording if self._live else None)

    def _needed(self) -> tuple[TurnEncoder, Engine]:
        if self._encoder is None or self._live is None or self._live.engine is None:
            raise EncoderUnavailable("Questions cannot be compared: there is no encoder, or nothing is published.")
        return self._encoder, self._live.engine


def _centred(raw: Vectors, languages: Sequence[Lang], engine: Engine) -> Vectors:
    vectors = np.empty_like(raw)
    for language in LANGUAGES:
        chosen = np.array([each == language for each in languages], dtype=np.bool_)
        if chosen.any():
            vectors[chosen] = engine.release.space.centred(raw[chosen], engine.fitted.means[language])
    return vectors


def _nearer(vectors: Vectors, entry_id: str, engine: Engine) -> Nearer | None:
    """``vectors``: the question's, then those of the entry's own questions."""
    rows, entries = engine.scorer.rows, engine.release.entries
    held = engine.entries.get(entry_id)
    position = entries.index(held) if held else -1
    others = np.flatnonzero(~rows.passages & (rows.entries != position))
    if not len(others):
        return None
    own = float((vectors[1:] @ vectors[0]).max())
    cosines = rows.vectors[others] @ vectors[0]
    best = int(cosines.argmax())
    if cosines[best] <= own:
        return None
    row = others[best]
    return Nearer(entries[rows.entries[row]].id, str(rows.texts[row]), float(cosines[best]), own)
