"""The labelled examples that signals are learnt from, and what each of them says about every signal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from handoff.classifier import Targets
from handoff.facts import ACCESSIBILITY_NEED, DANGERS, NEEDS_PERSON
from handoff.interfaces import Lang
from kit.yaml_text import load_yaml

DATA = Path(__file__).parent / "data"
AT_BANK = "at_bank"
_REASONS = ("asked", "complaint", AT_BANK, "distress", *DANGERS, ACCESSIBILITY_NEED)
SIGNALS = ("anger", "sarcasm", *_REASONS, "anxiety", NEEDS_PERSON)
_FEELINGS = ("anger", "sarcasm", "anxiety", "distress")
_REQUESTS = ("asked", "complaint")

# What an example of a label does not tell: an angry text may complain, who asks for a person may be angry, ... Signals
# that the same examples do not tell about are fitted together.
_UNTOLD: dict[tuple[str, str], tuple[str, ...]] = {
    ("emotion", "anger"): (*_REQUESTS, AT_BANK),
    ("emotion", "anger_at_bank"): ("anger", *_REQUESTS),
    ("emotion", "anger_elsewhere"): ("sarcasm", "anxiety"),
    ("emotion", "sarcasm"): (*_REQUESTS, AT_BANK),
    ("emotion", "sarcasm_at_bank"): ("anger", *_REQUESTS),
    ("emotion", "anxiety"): (*DANGERS, ACCESSIBILITY_NEED, AT_BANK),
    ("emotion", "distress"): (*DANGERS, ACCESSIBILITY_NEED, AT_BANK),
    ("requests", "asked_for_human"): (*_FEELINGS, AT_BANK),
    ("requests", "complaint"): _FEELINGS,
    **{("dangers", danger): (AT_BANK,) for danger in DANGERS},
    **{("posts", label): tuple({*SIGNALS} - {"anger", AT_BANK}) for label in ("anger", "other")},
    ("dangers", ACCESSIBILITY_NEED): (*_FEELINGS, *_REQUESTS, AT_BANK),
}
_HAS: dict[str, tuple[str, ...]] = {
    "neutral": (),
    "none": (),
    "other": (),
    "anger": ("anger",),
    "anger_at_bank": (AT_BANK,),
    "anger_elsewhere": ("anger",),
    "sarcasm": ("anger", "sarcasm"),
    "sarcasm_at_bank": ("sarcasm", AT_BANK),
    "anxiety": ("anxiety",),
    "distress": ("distress",),
    "asked_for_human": ("asked",),
    "complaint": ("complaint", AT_BANK),
    **{danger: (danger, "distress") for danger in DANGERS},
    ACCESSIBILITY_NEED: (ACCESSIBILITY_NEED,),
}


_PLAIN = {**dict.fromkeys(SIGNALS, 0), **dict.fromkeys((*_FEELINGS, AT_BANK), -1)}
MOST_ORDINARY = 1500


ExampleFile = Literal["emotion", "requests", "dangers", "posts"]


@cache
def examples(name: ExampleFile) -> dict[Lang, dict[str, list[str]]]:
    """The labelled examples of a file, by language and label."""
    loaded: dict[Lang, dict[str, list[str]]] = load_yaml((DATA / f"{name}.yml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class TrainingSet:
    """Texts, and per signal 1 where the text has it, -1 where it has not, 0 where nobody knows."""

    texts: tuple[str, ...]
    targets: Targets


def training_set(language: Lang, ordinary: Sequence[str] = ()) -> TrainingSet:
    """All examples of a language, each text once. Of two labels, the one that says more counts.

    Args:
        ordinary: questions that the bank's customers ask every day, such as those of its knowledge base. They tell how
            plain questions sound, and nothing else: some of them are about complaints or fraud.
    """
    known: dict[str, dict[str, int]] = {}
    for text, told in (*_told(language), *((text, _PLAIN) for text in _spread(ordinary))):
        before = known.get(text, told)
        known[text] = {signal: max(told[signal], before[signal]) for signal in SIGNALS}
    targets = np.array([[told[signal] for signal in SIGNALS] for told in known.values()], np.int8)
    return TrainingSet(tuple(known), targets)


def _spread(texts: Sequence[str]) -> Sequence[str]:
    """At most ``MOST_ORDINARY`` of the texts, from all over them."""
    return texts[:: max(1, -(-len(texts) // MOST_ORDINARY))]


def _told(language: Lang) -> Iterator[tuple[str, dict[str, int]]]:
    for name in get_args(ExampleFile):
        for label, texts in examples(name).get(language, {}).items():
            told = dict.fromkeys(SIGNALS, -1)
            told.update(dict.fromkeys(_UNTOLD.get((name, label), ()), 0))
            told.update(dict.fromkeys(_HAS[label], 1))
            told[NEEDS_PERSON] = -1 if label == "anxiety" else _need(told)  # worry alone is the bot's to take away
            for text in texts:
                yield text, told


def _need(told: dict[str, int]) -> int:
    """Whether a text needs a person: for one reason that it has, or for none; unknown where a reason may be untold."""
    known = [told[reason] for reason in _REASONS]
    if 1 in known:
        return 1
    return 0 if 0 in known else -1
