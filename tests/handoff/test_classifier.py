"""The linear classifier on a toy of its own."""

from __future__ import annotations

import numpy as np
import pytest

from handoff.classifier import TextClassifier

WORDS = {"red": ["red apple", "red rose", "deep red", "red car"], "blue": ["blue sky", "blue sea", "deep blue"]}


def vectors(texts: list[str]) -> np.ndarray:
    return np.array([[1, 0] if "red" in text else [0, 1] for text in texts], dtype=np.float32)


@pytest.fixture(scope="module")
def classifier() -> TextClassifier:
    texts = [text for group in WORDS.values() for text in group]
    labels = [label for label, group in WORDS.items() for _ in group]
    return TextClassifier.fit(texts, vectors(texts), labels)


@pytest.mark.parametrize(("text", "label"), [("red bus", "red"), ("blue bus", "blue")])
def test_it_tells_them_apart(classifier: TextClassifier, text: str, label: str) -> None:
    found = classifier.probabilities(text, vectors([text])[0])
    assert max(found, key=found.__getitem__) == label


@pytest.mark.parametrize("text", ["red", "", "something else altogether", "字"])
def test_probabilities_add_up(classifier: TextClassifier, text: str) -> None:
    found = classifier.probabilities(text, np.zeros(2, dtype=np.float32))
    assert found.keys() == {"red", "blue"}
    assert sum(found.values()) == pytest.approx(1)
