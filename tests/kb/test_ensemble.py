"""Several encoders as one: side by side, each asked only for the texts it can read."""

from collections.abc import Sequence

import numpy as np
import pytest

from kb.ensemble import EnsembleEncoder, Part, is_english
from kb.space import Vectors, View, single

TEXTS = ["我的卡丢了", "lost card", "ATM 吞卡了", "loan"]


class Lengths:
    """Encodes a text into a unit vector that tells its length, and remembers what it was asked."""

    def __init__(self, name: str, width: int) -> None:
        self.name = name
        self.space = single(width)
        self.asked: list[str] = []

    @property
    def primary(self) -> "Lengths":
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        vectors = np.ones((len(texts), self.space.width), np.float32)
        vectors[:, 0] = [len(text) for text in texts]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def anything() -> Lengths:
    return Lengths("anything", 2)


@pytest.fixture
def english() -> Lengths:
    return Lengths("english", 3)


@pytest.fixture
def ensemble(anything: Lengths, english: Lengths) -> EnsembleEncoder:
    return EnsembleEncoder([Part(anything, 0.4), Part(english, 0.6, only_english=True)])


def test_vectors_stand_side_by_side_in_the_order_of_the_texts(
    ensemble: EnsembleEncoder, anything: Lengths, english: Lengths
) -> None:
    found = ensemble.encode(TEXTS)
    assert (found.shape, found.dtype) == ((4, 5), np.float32)
    np.testing.assert_array_equal(found[:, :2], anything.encode(TEXTS))
    np.testing.assert_array_equal(found[[1, 3], 2:], english.encode(["lost card", "loan"]))


def test_a_part_for_english_is_zeros_elsewhere_and_is_not_asked(ensemble: EnsembleEncoder, english: Lengths) -> None:
    found = ensemble.encode(TEXTS)
    assert not found[[0, 2], 2:].any()
    assert english.asked == ["lost card", "loan"]


def test_a_part_is_not_asked_for_nothing(ensemble: EnsembleEncoder, english: Lengths) -> None:
    assert not ensemble.encode(["银行卡"])[:, 2:].any()
    assert english.asked == []


def test_no_texts_are_no_vectors(ensemble: EnsembleEncoder) -> None:
    assert ensemble.encode([]).shape == (0, 5)


def test_the_space_has_every_part_with_its_weight(ensemble: EnsembleEncoder) -> None:
    assert ensemble.space.views == (View(2, 0.4), View(3, 0.6))


def test_the_primary_encoder_is_the_first(ensemble: EnsembleEncoder, anything: Lengths) -> None:
    assert ensemble.primary is anything
    assert EnsembleEncoder([Part(ensemble, 1.0)]).primary is anything


def test_no_two_ensembles_share_a_name(anything: Lengths, english: Lengths) -> None:
    ensembles = [
        [Part(anything, 0.4), Part(english, 0.6, only_english=True)],
        [Part(anything, 0.4), Part(english, 0.6)],
        [Part(anything, 0.5), Part(english, 0.6)],
        [Part(english, 0.6), Part(anything, 0.4)],
        [Part(anything, 0.4)],
        [Part(Lengths("another", 2), 0.4)],
    ]
    assert len({EnsembleEncoder(parts).name for parts in ensembles}) == len(ensembles)


@pytest.mark.parametrize("text", ["lost card", "ATM", "a", "Café 24h?", "24 h", "I paid ¥500。"])
def test_english_has_latin_letters(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text", ["", "   ", "95588", "？！", "😀", "銀行", "ATM 吞卡了", "My 卡 is lost", "㐂 a", "𠮷 a", "〇 a"]
)
def test_neither_chinese_nor_signs_alone_are_english(text: str) -> None:
    assert not is_english(text)
