"""Signals are read from the primary view alone, whatever else stands in a vector."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest

from handoff import signals
from handoff.interfaces import Lang, Vector
from handoff.signals import SignalReader, fitted_reader
from kit.errors import Unavailable
from kit.language import to_simplified

WIDTH = 8


class Examples:
    """Vectors that are made from a digest of the text."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.kept = 0

    def encode(self, texts: Sequence[str]) -> Vector:
        self.asked.update(texts)
        return np.stack([primary_vector(text) for text in texts])

    def keep_used(self) -> None:
        assert self.asked, "forgets what it was not asked for yet"
        self.kept += 1


@pytest.fixture(autouse=True)
def few_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three examples a label: the fit of all of them takes a minute, and meaning is not what is tested here."""
    whole_sets = signals.training_sets

    def few(language: Lang) -> list[dict[str, list[str]]]:
        return [{label: texts[:3] for label, texts in labelled.items()} for labelled in whole_sets(language)]

    monkeypatch.setattr(signals, "training_sets", few)


def primary_vector(text: str) -> Vector:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    vector = np.random.default_rng(seed).normal(size=WIDTH)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def primary(vector: Vector) -> Vector:
    return vector[..., :WIDTH]


async def whole(text: str, language: Lang) -> Vector:
    return np.concatenate([primary_vector(text), np.full(5, 99, np.float32)])


async def alone(text: str, language: Lang) -> Vector:
    return primary_vector(text)


@pytest.mark.parametrize(("text", "language"), [("转人工", "zh"), ("I am furious", "en"), ("loan", "en")])
async def test_what_is_read_is_what_the_primary_view_says(text: str, language: Lang) -> None:
    examples = Examples()
    expected = SignalReader(alone)
    await expected.fit(lambda texts: examples.encode([to_simplified(text) for text in texts]))
    found = await fitted_reader(whole, primary, examples)
    assert await found.read(text, language) == await expected.read(text, language)


async def test_examples_are_encoded_in_the_form_that_is_searched_and_kept() -> None:
    examples = Examples()
    await fitted_reader(whole, primary, examples)
    assert examples.asked == {to_simplified(text) for text in examples.asked}
    assert examples.kept == 1


async def test_without_a_vector_nothing_is_read() -> None:
    async def broken(text: str, language: Lang) -> Vector:
        raise Unavailable("no encoder")

    reader = await fitted_reader(broken, primary, Examples())
    read = await reader.read("转人工", "zh")
    assert (read.emotion, read.asked_confidence) == ("neutral", 0)
