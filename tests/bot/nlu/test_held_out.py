"""Accuracy of the intents on sentences that were never trained on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

HELD_OUT = Path(__file__).parent.parent / "nlu_held_out.yml"
LEAST_ACCURACY = 0.9
LEAST_SENTENCES = 15


@pytest.fixture(scope="module")
def held_out() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = YAML(typ="safe").load(HELD_OUT.read_text("utf-8"))
    return loaded


def test_there_are_enough_sentences(held_out: dict[str, dict[str, list[str]]]) -> None:
    assert set(held_out) == {"zh", "en"}
    for intents in held_out.values():
        assert len(intents) == 12
        assert all(len(set(sentences)) >= LEAST_SENTENCES for sentences in intents.values())


def test_accuracy(
    assistant: Any, held_out: dict[str, dict[str, list[str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for language, intents in held_out.items():
        for intent, sentences in intents.items():
            for sentence in sentences:
                total[language] += 1
                right[language] += assistant.intent(str(sentence)) == intent
    accuracy = sum(right.values()) / sum(total.values())
    with capsys.disabled():
        shares = ", ".join(f"{name} {right[name] / total[name]:.3f}" for name in total)
        print(f"\nintent accuracy, held out: {accuracy:.3f} of {sum(total.values())} ({shares})")
    assert accuracy >= LEAST_ACCURACY
