"""Questions of one entry that lie too near to those of another, by their words or by their vectors."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from kb.content import EntryContent, Lang
from kb.examination.rules import Finding, Place, Rules, bundled_rules

__all__ = ["Asked", "asked_by", "check_nearness", "normal_form"]


@dataclass(frozen=True)
class Asked:
    """One question of an entry, and where in it it stands."""

    entry_id: str
    language: Lang
    field: Place
    text: str

    @cached_property
    def normal(self) -> str:
        """Its letters and digits, by which questions are the same; empty when it has none."""
        return normal_form(self.text)


@lru_cache(maxsize=200_000)  # every question of a large knowledge base is looked at again at each publication
def normal_form(text: str) -> str:
    """Return the letters and digits of a text, half-width and in lower case."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(filter(str.isalnum, folded))


def asked_by(entry: EntryContent) -> Iterator[Asked]:
    """Every question of an entry as it is written, those that are written twice twice; blank ones are left out."""
    for language, variant in entry.variants.items():
        yield Asked(entry.id, language, "question", variant.question)
        yield from (Asked(entry.id, language, "similar", text.strip()) for text in variant.similar if text.strip())


def check_nearness(
    own: Sequence[Asked],
    own_vectors: NDArray[np.float32],
    others: Sequence[Asked],
    other_vectors: NDArray[np.float32],
) -> list[Finding]:
    """Questions of an entry that the search will take for another entry's.

    A question that is the same as one of another entry, by its letters or its vector, is a ``near_duplicate``. One
    that is nearer to another entry than to the rest of its own ``pulls_together`` the two. Each question is named
    once, with the nearest question of another entry.

    Args:
        own: the questions of one entry, in all languages.
        own_vectors: shape ``(len(own), d)``, each of length 1; as the search sees them, without their language's mean.
        others: questions of all entries; those of this one are passed over.
        other_vectors: shape ``(len(others), d)``, each of length 1.

    Raises:
        ValueError: there are not as many vectors as questions.
    """
    if len(own) != len(own_vectors) or len(others) != len(other_vectors):
        raise ValueError(
            f"{len(own)} and {len(others)} questions, but {len(own_vectors)} and {len(other_vectors)} vectors"
        )
    ids = {question.entry_id for question in own}
    is_own = np.array([question.entry_id in ids for question in others], dtype=bool)
    if not own or is_own.all():
        return []
    cosines = own_vectors @ other_vectors.T
    cosines[:, is_own] = -1.0
    siblings = own_vectors @ own_vectors.T
    np.fill_diagonal(siblings, -1.0)
    same_words = _with_the_same_words(own, others)
    rules = bundled_rules()
    found = [
        _compared(
            question,
            same_words.get(question.normal, others[int(cosines[row].argmax())]),
            float(cosines[row].max()),
            float(siblings[row].max()),
            rules,
        )
        for row, question in enumerate(own)
    ]
    return [finding for finding in found if finding is not None]


def _with_the_same_words(own: Sequence[Asked], others: Sequence[Asked]) -> dict[str, Asked]:
    """By its normal form, the first question of another entry that has the words of one of ours."""
    ids = {question.entry_id for question in own}
    words = {question.normal for question in own if question.normal}
    found: dict[str, Asked] = {}
    for other in others:
        if other.normal in words and other.entry_id not in ids:
            found.setdefault(other.normal, other)
    return found


def _compared(question: Asked, nearest: Asked, cosine: float, sibling: float, rules: Rules) -> Finding | None:
    """What is wrong with a question whose nearest of another entry, and nearest of its own, are so near."""
    limits = rules.limits
    if (question.normal and question.normal == nearest.normal) or cosine >= limits.near_duplicate:
        rule = rules["near_duplicate"]
    elif cosine >= limits.pull_cosine and cosine >= sibling + limits.pull_margin:
        rule = rules["pulls_together"]
    else:
        return None
    return rule.found(
        question.field, question.language, question.text, other_entry=nearest.entry_id, nearest=nearest.text
    )
