"""What a customer's words say before the bot sees them: emotion, and whether a person is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

import structlog
import yaml

from handoff.classifier import TextClassifier
from handoff.interfaces import EncodeText, ExampleVectors, Lang, Vector
from handoff.policy import Emotion, TurnSignals
from kit.errors import Unavailable
from kit.language import to_simplified

log = structlog.get_logger(__name__)

Examples = dict[Lang, dict[str, list[str]]]
EncodeMany = Callable[[Sequence[str]], Vector]

DATA = Path(__file__).parent / "data"


@cache
def examples(name: Literal["emotion", "requests"]) -> Examples:
    """The labelled examples, by language and label."""
    loaded: Examples = yaml.safe_load((DATA / f"{name}.yml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class _Readers:
    emotion: TextClassifier
    request: TextClassifier


def training_sets(language: Lang) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Examples of emotions and of requests; what is ordinary for the one is ordinary for the other."""
    emotions, requests = examples("emotion")[language], examples("requests")[language]
    asked = {text for label in ("asked_for_human", "complaint") for text in requests[label]}
    ordinary = list(dict.fromkeys([*emotions["neutral"], *requests["none"]]))
    return (
        {**emotions, "neutral": ordinary},
        {**requests, "none": [text for text in ordinary if text not in asked]},
    )


class SignalReader:
    """Reads the signals of a turn. Without an encoder every turn looks neutral and asks for nothing but by intent."""

    def __init__(self, encode: EncodeText) -> None:
        self._encode = encode
        self._readers: dict[Lang, _Readers] = {}

    async def fit(self, encode_many: EncodeMany) -> None:
        """Fit the classifiers of both languages; seconds, off the event loop."""
        self._readers = await asyncio.to_thread(_fit, encode_many)

    async def read(self, text: str, language: Lang) -> TurnSignals:
        """The signals of one message."""
        readers = self._readers.get(language)
        if readers is None:
            return TurnSignals()
        try:
            vector = await self._encode(text, language)
        except Unavailable as error:
            log.warning("signals_unread", code=error.code)
            return TurnSignals()
        emotions = readers.emotion.probabilities(text, vector)
        requests = readers.request.probabilities(text, vector)
        emotion = max(emotions, key=emotions.__getitem__)
        return TurnSignals(
            emotion=cast(Emotion, emotion),
            emotion_confidence=emotions[emotion],
            asked_confidence=requests["asked_for_human"],
            complaint_confidence=requests["complaint"],
        )


async def fitted_reader(
    encode: EncodeText, primary: Callable[[Vector], Vector], examples: ExampleVectors
) -> SignalReader:
    """A reader that knows the labelled examples.

    Args:
        encode: the whole vector of a customer's text.
        primary: the part of it that ``examples`` has; the only one that signals are read from.
        examples: vectors of the primary encoder.
    """

    async def primary_vector(text: str, language: Lang) -> Vector:
        return primary(await encode(text, language))

    reader = SignalReader(primary_vector)
    await reader.fit(lambda texts: examples.encode([to_simplified(text) for text in texts]))
    await asyncio.to_thread(examples.keep_used)
    return reader


def _fit(encode_many: EncodeMany) -> dict[Lang, _Readers]:
    readers: dict[Lang, _Readers] = {}
    languages: tuple[Lang, Lang] = ("zh", "en")
    for language in languages:
        emotion, request = (_fit_one(labelled, encode_many) for labelled in training_sets(language))
        readers[language] = _Readers(emotion, request)
    return readers


def _fit_one(labelled: dict[str, list[str]], encode_many: EncodeMany) -> TextClassifier:
    pairs = [(text, label) for label, texts in labelled.items() for text in texts]
    texts = [text for text, _ in pairs]
    return TextClassifier.fit(texts, encode_many(texts), [label for _, label in pairs])
