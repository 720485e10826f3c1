"""The training data: enough of it, every intent with a rule, nothing held out in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

BOT = Path(__file__).resolve().parents[2] / "bot"
LEAST = {"ask_question": 120, "out_of_scope": 60}
LEAST_EXAMPLES = 30


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def examples(language: str) -> dict[str, list[str]]:
    loaded = load(BOT / "data" / f"nlu.{language}.yml")["nlu"]
    return {part["intent"]: [line[2:] for line in part["examples"].splitlines()] for part in loaded}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_intent_has_enough_examples(language: str) -> None:
    found = examples(language)
    assert set(found) == set(load(BOT / "domain.yml")["intents"])
    for intent, sentences in found.items():
        assert len(set(sentences)) >= LEAST.get(intent, LEAST_EXAMPLES), intent


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sentence_has_two_intents(language: str) -> None:
    sentences = [sentence for found in examples(language).values() for sentence in found]
    assert len(sentences) == len(set(sentences))


def test_every_intent_has_a_rule() -> None:
    rules = load(BOT / "data" / "rules.yml")["rules"]
    ruled = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    assert ruled == set(load(BOT / "domain.yml")["intents"])


def test_nothing_held_out_is_trained_on() -> None:
    held_out: set[str] = set()
    for intents in load(Path(__file__).parent / "nlu_held_out.yml").values():
        held_out.update(plain(str(text)) for texts in intents.values() for text in texts)
    for language in ("zh", "en"):
        for sentences in examples(language).values():
            assert not held_out & {plain(sentence) for sentence in sentences}


def plain(sentence: str) -> str:
    return re.sub(r"\W", "", sentence).lower()
