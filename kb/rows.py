"""The texts of a release as the engine compares them: one row a question or answer passage, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb.checks import CheckQuestion
from kb.content import LANGUAGES, EntryContent, Lang, Variant
from kb.space import Space, Vectors
from kit.language import to_simplified

SHORTEST_PASSAGE = 7
# With fewer texts than this in a language, its mean is mostly guessed from the other language's.
SURE_OF_MEAN = 50

Encode = Callable[[Sequence[str]], Vectors]

# A publication collects every text of the knowledge base again.
_searched = lru_cache(maxsize=200_000)(to_simplified)

_MARKUP = re.compile(r"[*_`\[\]()#>]|https?://\S+|^\s*(?:\d+\.|-)\s+")


@dataclass(frozen=True)
class Rows:
    """Texts and where they come from; every array has one row a text.

    Args:
        texts: as they are searched.
        vectors: raw or centred, shape ``(rows, dimensions)``.
        entries: position of the entry; -1 for everyday sentences, which no entry answers.
        passages: whether it is a passage of an answer rather than a question.
        english: whether it is in English rather than Chinese.
    """

    texts: NDArray[np.object_]
    vectors: Vectors
    entries: NDArray[np.int64]
    passages: NDArray[np.bool_]
    english: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.entries)

    def only(self, rows: NDArray[np.bool_] | NDArray[np.int64], relabel: NDArray[np.int64] | None = None) -> Rows:
        """Some of the rows; ``relabel`` gives each entry its new position."""
        entries = self.entries[rows] if relabel is None else relabel[self.entries[rows]]
        return Rows(self.texts[rows], self.vectors[rows], entries, self.passages[rows], self.english[rows])

    def centred(self, space: Space, means: dict[Lang, Vectors], before: Rows | None = None) -> Rows:
        """The same rows, each language with its mean taken away.

        Args:
            space: of the vectors.
            means: of each language.
            before: rows centred by the same means. What is among them is copied, which is much faster.
        """
        vectors = np.empty_like(self.vectors)
        missing = np.ones(len(self), dtype=np.bool_)
        if before is not None:
            held = before.positions(self)
            missing = held < 0
            vectors[~missing] = before.vectors[held[~missing]]
        for language in LANGUAGES:
            chosen = missing & (self.english == (language == "en"))
            vectors[chosen] = space.centred(self.vectors[chosen], means[language])
        return Rows(self.texts, vectors, self.entries, self.passages, self.english)

    def positions(self, others: Rows) -> NDArray[np.int64]:
        """Where a row of the same text and language is among these, shape ``(others,)``; -1 where none is."""
        known = {key: at for at, key in enumerate(zip(self.texts, self.english.tolist(), strict=True))}
        keys = zip(others.texts, others.english.tolist(), strict=True)
        return np.fromiter((known.get(key, -1) for key in keys), np.int64, len(others))


def collect(entries: Sequence[EntryContent], encode: Encode) -> Rows:
    """Every question and every answer passage of the entries, raw."""
    found = [
        (_searched(text), position, is_passage, language == "en")
        for position, entry in enumerate(entries)
        for language, variant in entry.variants.items()
        for is_passage, texts in ((False, variant.questions), (True, passages_of(variant)))
        for text in texts
    ]
    return _rows(found, encode)


def collect_everyday(sentences: dict[Lang, list[str]], encode: Encode) -> Rows:
    """Sentences that no bank answers, raw."""
    return _rows(
        [(to_simplified(text), -1, False, language == "en") for language in LANGUAGES for text in sentences[language]],
        encode,
    )


def collect_checks(
    checks: Sequence[CheckQuestion], entries: Sequence[EntryContent], encode: Encode, meant: Callable[[str, Lang], str]
) -> Rows:
    """Check questions as they are searched, raw: those on entries of the release, and those that no entry answers.

    Args:
        checks: all there are.
        entries: of the release.
        encode: texts to raw vectors.
        meant: mends the wording, as is done for customers.
    """
    positions: dict[str | None, int] = {entry.id: at for at, entry in enumerate(entries)}
    known = [check for check in checks if check.entry_id in positions]
    if 2 * len(known) < sum(check.entry_id is not None for check in checks):
        known = []  # they are another bank's
    outside = [check for check in checks if check.entry_id is None] if known else []
    return _rows(
        [
            (
                meant(to_simplified(check.text), check.language),
                positions.get(check.entry_id, -1),
                False,
                check.language == "en",
            )
            for check in (*known, *outside)
        ],
        encode,
    )


def _rows(found: Sequence[tuple[str, int, bool, bool]], encode: Encode) -> Rows:
    texts, positions, passages, english = zip(*found, strict=True) if found else ((), (), (), ())
    return Rows(
        np.array(texts, dtype=np.object_),
        encode(texts),
        np.array(positions, dtype=np.int64),
        np.array(passages, dtype=np.bool_),
        np.array(english, dtype=np.bool_),
    )


def passages_of(variant: Variant) -> Sequence[str]:
    """The lines of an answer, without their markup."""
    lines = (_MARKUP.sub("", line).strip() for line in variant.answer.splitlines())
    return tuple(line for line in lines if len(line) >= SHORTEST_PASSAGE)


def language_means(rows: Rows, everyday: Rows, space: Space) -> dict[Lang, Vectors]:
    """The mean of the raw questions in each language, shape ``(dimensions,)``.

    A language in which the bank has written little or nothing is put where the other one suggests: as far from it as
    everyday sentences in one language are from those in the other. Its own few texts, or none, would not tell; and
    everyday sentences alone are about other things than banking.
    """
    strange = {
        language: space.means(everyday.vectors[everyday.english == (language == "en")]) for language in LANGUAGES
    }
    written = {language: rows.vectors[(rows.english == (language == "en")) & ~rows.passages] for language in LANGUAGES}
    counts = {language: len(written[language]) for language in LANGUAGES}
    own = {language: space.means(written[language]) for language in LANGUAGES}
    means: dict[Lang, Vectors] = {}
    for language in LANGUAGES:
        other: Lang = "en" if language == "zh" else "zh"
        trust = counts[other] / (counts[other] + SURE_OF_MEAN)
        guessed = strange[language] + trust * (own[other] - strange[other]) * _shared(own[other], strange[language])
        share = counts[language] / (counts[language] + SURE_OF_MEAN)
        means[language] = np.asarray(share * own[language] + (1 - share) * guessed, dtype=np.float32)
    return means


def _shared(one: Vectors, other: Vectors) -> Vectors:
    """1 in the dimensions of views that both languages have, else 0."""
    return np.asarray((one != 0) & (other != 0), dtype=np.float32)
