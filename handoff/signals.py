"""What a customer's words say before the bot sees them: feelings, requests for a person, complaints, dangers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog
from cachetools import LRUCache

from handoff.classifier import View
from handoff.clauses import sentences_of, with_sentences
from handoff.examples import training_set
from handoff.facts import TurnSignals
from handoff.interfaces import EncodeText, ExampleVectors, Lang, Vector
from handoff.kept import KeptClassifiers, fit_key
from handoff.need import SignalClassifier
from kit.errors import Unavailable
from kit.language import to_simplified

log = structlog.get_logger(__name__)

Ordinary = Mapping[Lang, Sequence[str]]

LANGUAGES: tuple[Lang, Lang] = ("zh", "en")
# Of the encoders' views in their order; chosen on the scores that the examples get from each other.
VIEW_WEIGHTS = (0.4, 0.4, 0.6)
# Anger is heard in far more ways than the examples have: their single words and turns count less for it.
PENALTIES: Mapping[str, float] = {"anger": 3.0}
MOST_REMEMBERED = 2048
NOTHING_KEPT = KeptClassifiers(None)


class SignalReader:
    """Reads the signals of a turn. Without an encoder every turn looks neutral and asks for nothing."""

    def __init__(self, encode: EncodeText) -> None:
        self._encode = encode
        self._classifiers: dict[Lang, SignalClassifier] = {}
        self._latest: LRUCache[tuple[Lang, str, bytes], TurnSignals] = LRUCache(MOST_REMEMBERED)

    async def fit(self, examples: ExampleVectors, ordinary: Ordinary, kept: KeptClassifiers = NOTHING_KEPT) -> None:
        """Fit the classifiers of both languages, or take those that are kept; seconds, off the event loop."""
        self._classifiers = await asyncio.to_thread(fitted, examples, ordinary, kept)
        self._latest.clear()

    async def read(self, text: str, language: Lang) -> TurnSignals:
        """The signals of one message."""
        if language not in self._classifiers:
            return TurnSignals()
        texts = [text, *sentences_of(text)]
        try:
            vectors = await asyncio.gather(*(self._encode(each, language) for each in texts))
        except Unavailable as error:
            log.warning("signals_unread", code=error.code)
            return TurnSignals()
        whole, *sentences = (
            self._of(language, to_simplified(each), vector) for each, vector in zip(texts, vectors, strict=True)
        )
        return with_sentences(whole, sentences)

    def _of(self, language: Lang, text: str, vector: Vector) -> TurnSignals:
        """The signals of one text; customers ask alike, and what was read of the latest texts is remembered."""
        key = language, text, vector.tobytes()  # the same text has another vector when editors say that words mean more
        read = self._latest.get(key)
        if read is None:
            read = self._latest[key] = TurnSignals(**self._classifiers[language].probabilities(text, vector))
        return read


async def fitted_reader(
    encode: EncodeText, examples: ExampleVectors, ordinary: Ordinary, kept: Path | None = None
) -> SignalReader:
    """A reader that knows the labelled examples.

    Args:
        encode: the vector of a customer's text.
        examples: vectors of the same encoders for the examples.
        ordinary: questions of every day in each language.
        kept: file of what was learnt before.
    """
    reader = SignalReader(encode)
    await reader.fit(examples, ordinary, KeptClassifiers(kept))
    await asyncio.to_thread(examples.keep_used)
    return reader


def fitted(
    examples: ExampleVectors, ordinary: Ordinary, kept: KeptClassifiers = NOTHING_KEPT
) -> dict[Lang, SignalClassifier]:
    """The classifiers of both languages.

    Args:
        examples: vectors of texts in their Simplified form.
        ordinary: questions of every day in each language.
        kept: what was learnt before.
    """
    parts = examples.space.slices()
    views = [
        View(part, VIEW_WEIGHTS[at] if at < len(VIEW_WEIGHTS) else VIEW_WEIGHTS[-1]) for at, part in enumerate(parts)
    ]
    sets = {language: training_set(language, ordinary.get(language, ())) for language in LANGUAGES}
    key = fit_key(examples.name, views, PENALTIES, sets)
    known = kept.read(key, LANGUAGES, views)
    if known is not None:
        return known
    classifiers: dict[Lang, SignalClassifier] = {}
    for language, taught in sets.items():
        texts = [to_simplified(text) for text in taught.texts]
        vectors = examples.encode(texts)
        classifiers[language] = SignalClassifier.fit(texts, vectors, taught.targets, views, PENALTIES)
    kept.put(key, classifiers)
    return classifiers
