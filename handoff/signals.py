"""What a customer's words say before the bot sees them: feelings, requests for a person, complaints, dangers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from handoff.classifier import TextClassifier, View
from handoff.examples import SIGNALS, training_set
from handoff.facts import TurnSignals
from handoff.interfaces import EncodeText, ExampleVectors, Lang, Vector
from kit.errors import Unavailable
from kit.language import to_simplified

log = structlog.get_logger(__name__)

EncodeMany = Callable[[Sequence[str]], Vector]
Ordinary = Mapping[Lang, Sequence[str]]

LANGUAGES: tuple[Lang, Lang] = ("zh", "en")
# Of the encoders' views in their order; chosen on the scores that the examples get from each other.
VIEW_WEIGHTS = (0.4, 0.4, 0.6)


class SignalReader:
    """Reads the signals of a turn. Without an encoder every turn looks neutral and asks for nothing."""

    def __init__(self, encode: EncodeText) -> None:
        self._encode = encode
        self._classifiers: dict[Lang, TextClassifier] = {}

    async def fit(self, encode_many: EncodeMany, parts: Sequence[slice], ordinary: Ordinary) -> None:
        """Fit the classifiers of both languages; seconds, off the event loop."""
        self._classifiers = await asyncio.to_thread(fitted, encode_many, parts, ordinary)

    async def read(self, text: str, language: Lang) -> TurnSignals:
        """The signals of one message."""
        classifier = self._classifiers.get(language)
        if classifier is None:
            return TurnSignals()
        try:
            vector = await self._encode(text, language)
        except Unavailable as error:
            log.warning("signals_unread", code=error.code)
            return TurnSignals()
        return TurnSignals(**classifier.probabilities(to_simplified(text), vector))


async def fitted_reader(encode: EncodeText, examples: ExampleVectors, ordinary: Ordinary) -> SignalReader:
    """A reader that knows the labelled examples.

    Args:
        encode: the vector of a customer's text.
        examples: vectors of the same encoders for the examples.
        ordinary: questions of every day in each language.
    """
    reader = SignalReader(encode)
    await reader.fit(examples.encode, examples.space.slices(), ordinary)
    await asyncio.to_thread(examples.keep_used)
    return reader


def fitted(encode_many: EncodeMany, parts: Sequence[slice], ordinary: Ordinary) -> dict[Lang, TextClassifier]:
    """The classifiers of both languages.

    Args:
        encode_many: vectors of texts in their Simplified form, one row each.
        parts: where each encoder's view stands in a vector.
        ordinary: questions of every day in each language.
    """
    views = [
        View(part, VIEW_WEIGHTS[at] if at < len(VIEW_WEIGHTS) else VIEW_WEIGHTS[-1]) for at, part in enumerate(parts)
    ]
    classifiers: dict[Lang, TextClassifier] = {}
    for language in LANGUAGES:
        known = training_set(language, ordinary.get(language, ()))
        texts = [to_simplified(text) for text in known.texts]
        classifiers[language] = TextClassifier.fit(texts, encode_many(texts), known.targets, SIGNALS, views)
    return classifiers
