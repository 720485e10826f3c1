"""Leaks: a test question that the product has learnt from, as it is or nearly, measures memory and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from rapidfuzz import fuzz, process

from evaluation.datasets import DatasetError
from kb.content import EntryContent

NEAR = 93.0
"""From this similarity on, in percent, two texts are nearly the same."""
SHORTEST = 8
"""Of fewer letters, one other letter makes another question (开卡, 关卡): such texts leak only when they are equal."""
BATCH = 500


class Leaked(DatasetError):
    """Questions of a test stand in the knowledge base, or among the examples."""

    code = "leaked_questions"


@dataclass(frozen=True)
class Leak:
    """A question, the text that it equals or nearly does, that text's entry or file, and how much, in percent."""

    id: str
    text: str
    found: str
    where: str
    similarity: float


def normalised(text: str) -> str:
    """Letters and digits only, in one case and width.

    >>> normalised("How do I  open an ＡＣＣＯＵＮＴ?")
    'howdoiopenanaccount'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def find_leaks(
    questions: Sequence[tuple[str, str]], entries: Sequence[EntryContent], examples: Sequence[tuple[str, str]] = ()
) -> list[Leak]:
    """The questions, as id and text, that stand in the knowledge base, or among examples, as text and file.

    Similarity is that of the normalised texts by insertions and deletions: twice the length of the longest common
    subsequence over both lengths, in percent (rapidfuzz's ``ratio``).
    """
    known: dict[str, tuple[str, str]] = {}
    for text, where in chain(_texts(entries), examples):
        known.setdefault(normalised(text), (text, where))
    bare = [(identifier, text, normalised(text)) for identifier, text in questions]
    leaks = [Leak(i, text, *known[short], 100.0) for i, text, short in bare if short and short in known]
    leaked = {leak.id for leak in leaks}
    long = [item for item in bare if item[0] not in leaked and len(item[2]) >= SHORTEST]
    choices = [text for text in known if len(text) >= SHORTEST]
    for start in range(0, len(long), BATCH):
        batch = long[start : start + BATCH]
        if choices:
            leaks += _near(batch, choices, known)
    order = {identifier: place for place, (identifier, _) in enumerate(questions)}
    return sorted(leaks, key=lambda leak: order[leak.id])


def refuse_leaks(
    questions: Sequence[tuple[str, str]], entries: Sequence[EntryContent], examples: Sequence[tuple[str, str]] = ()
) -> None:
    """End the run where a question, as id and text, stands in the knowledge base, or among examples.

    Raises:
        Leaked: which, and where.
    """
    leaks = find_leaks(questions, entries, examples)
    if leaks:
        named = "; ".join(f"{leak.id} {leak.text!r} ~ {leak.where} {leak.found!r}" for leak in leaks[:5])
        places = "in the knowledge base or among the examples" if examples else "in the knowledge base"
        more = f" and {len(leaks) - 5} more" if len(leaks) > 5 else ""
        raise Leaked(
            f"{len(leaks)} of {len(questions)} questions stand {places}: {named}{more}. "
            "Remove them from the test; with --leaks report a run measures all the same."
        )


def _near(batch: Sequence[tuple[str, str, str]], choices: list[str], known: dict[str, tuple[str, str]]) -> list[Leak]:
    scores = process.cdist([short for _, _, short in batch], choices, scorer=fuzz.ratio, score_cutoff=NEAR, workers=1)
    best = np.argmax(scores, axis=1)
    return [
        Leak(identifier, text, *known[choices[place]], float(scores[number, place]))
        for number, ((identifier, text, _), place) in enumerate(zip(batch, best, strict=True))
        if scores[number, place] >= NEAR
    ]


def _texts(entries: Sequence[EntryContent]) -> Iterable[tuple[str, str]]:
    for entry in entries:
        for variant in entry.variants.values():
            for text in variant.questions:
                yield text, entry.id
