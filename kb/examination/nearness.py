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

__all__ = ["Asked", "Neighbours", "asked_by", "normal_form"]

# Cosines that are in memory together: 128 MB of float32.
COMPARED_AT_ONCE = 32 * 1024 * 1024


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


Group = tuple[Sequence[Asked], NDArray[np.float32]]


class Neighbours:
    """All questions that the search knows, beside which those of many entries are looked at.

    A question that is the same as one of another entry, by its letters or its vector, is a ``near_duplicate``. One
    that is nearer to another entry than to the rest of its own ``pulls_together`` the two. Each question is named
    once, with the nearest question of another entry.

    Args:
        questions: of all entries.
        vectors: shape ``(len(questions), d)``, each of length 1; without their language's mean.

    Raises:
        ValueError: there are not as many vectors as questions.
    """

    def __init__(self, questions: Sequence[Asked], vectors: NDArray[np.float32]) -> None:
        _check_shapes(questions, vectors)
        self._questions, self._vectors = questions, vectors
        numbers: dict[str, int] = {}
        self._entries = np.array([numbers.setdefault(each.entry_id, len(numbers)) for each in questions], np.int64)
        self._numbers = numbers
        self._by_words: dict[str, dict[str, Asked]] = {}  # the first question of each entry that has these words
        for each in questions:
            if each.normal:
                self._by_words.setdefault(each.normal, {}).setdefault(each.entry_id, each)

    def check(self, groups: Sequence[Group]) -> list[list[Finding]]:
        """What is found in each group: the questions of one entry in all languages, and their vectors.

        Questions of the entry itself are passed over. The groups are compared many at a time, so that all questions
        are read from memory once for many entries.

        Raises:
            ValueError: there are not as many vectors as questions.
        """
        for own, vectors in groups:
            _check_shapes(own, vectors)
        found: list[list[Finding]] = []
        for lot in _lots(groups, max(1, COMPARED_AT_ONCE // max(1, len(self._questions)))):
            found += self._check_lot(lot)
        return found

    def _check_lot(self, groups: Sequence[Group]) -> list[list[Finding]]:
        if not any(len(own) for own, _ in groups) or not len(self._questions):
            return [[] for _ in groups]
        cosines = np.concatenate([vectors for own, vectors in groups if own]) @ self._vectors.T
        found: list[list[Finding]] = []
        start = 0
        for own, vectors in groups:
            of_group = cosines[start : start + len(own)]
            start += len(own)
            for entry_id in {question.entry_id for question in own} & self._numbers.keys():
                of_group[:, self._entries == self._numbers[entry_id]] = -np.inf
            found.append(self._compared(own, vectors, of_group))
        return found

    def _compared(
        self, own: Sequence[Asked], vectors: NDArray[np.float32], cosines: NDArray[np.float32]
    ) -> list[Finding]:
        ids = {question.entry_id for question in own}
        siblings = vectors @ vectors.T
        np.fill_diagonal(siblings, -1.0)
        rules = bundled_rules()
        found: list[Finding | None] = []
        for row, question in enumerate(own):
            best = int(cosines[row].argmax())
            if cosines[row, best] == -np.inf:  # there is no question of another entry
                continue
            of_others = (each for key, each in self._by_words.get(question.normal, {}).items() if key not in ids)
            nearest = next(of_others, self._questions[best])
            found.append(_finding(question, nearest, float(cosines[row, best]), float(siblings[row].max()), rules))
        return [finding for finding in found if finding is not None]


def _check_shapes(questions: Sequence[Asked], vectors: NDArray[np.float32]) -> None:
    if len(questions) != len(vectors):
        raise ValueError(f"{len(questions)} questions, but {len(vectors)} vectors")


def _lots(groups: Sequence[Group], most: int) -> Iterator[Sequence[Group]]:
    """The groups in their order, in lots of at most so many questions; a larger group is a lot of its own."""
    lot: list[Group] = []
    count = 0
    for group in groups:
        if lot and count + len(group[0]) > most:
            yield lot
            lot, count = [], 0
        lot.append(group)
        count += len(group[0])
    if lot:
        yield lot


def _finding(question: Asked, nearest: Asked, cosine: float, sibling: float, rules: Rules) -> Finding | None:
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
