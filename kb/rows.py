"""The texts of a release as the engine compares them: one row a question or answer passage, in both languages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.checks import CheckQuestion
from kb.content import LANGUAGES, EntryContent, Lang, Variant
from kb.space import Space, Vectors
from kit.language import to_simplified

SHORTEST_PASSAGE = 7
# A short answer names its matter. The lines of a long one are steps that many entries share, such as opening the app:
# on the shipped content they led to the wrong entry more often than to the right one (docs/ablation.md).
LONGEST_WITH_PASSAGES = 100
# With fewer texts than this in a language, its mean is mostly guessed from the other language's.
SURE_OF_MEAN = 50

Encode = Callable[[Sequence[str]], Vectors]
# Where each row of one release is among those of another, shape ``(rows,)``; -1 for one that is not.
Places = NDArray[np.int64]

# A publication collects every text of the knowledge base again.
_searched = lru_cache(maxsize=200_000)(to_simplified)

_REFERENCE = re.compile(r"(?=.*\d)[!-~]+")
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

    def centred(
        self, space: Space, means: dict[Lang, Vectors], before: Vectors | None = None, kept: Places | None = None
    ) -> Rows:
        """The same rows, each language with its mean taken away.

        Args:
            space: of the vectors.
            means: of each language.
            before: vectors that were centred by the same means, shape ``(earlier rows, dimensions)``.
            kept: where each row is among those; copying is much faster.
        """
        missing = np.ones(len(self), dtype=np.bool_)
        if before is not None and kept is not None and len(before):
            missing, vectors = kept < 0, _taken(before, kept)
        else:
            vectors = np.empty_like(self.vectors)
        for language in LANGUAGES:
            chosen = missing & (self.english == (language == "en"))
            vectors[chosen] = space.centred(self.vectors[chosen], means[language])
        return Rows(self.texts, vectors, self.entries, self.passages, self.english)

    def places(self, others: Rows) -> Places:
        """Where rows of the same text and language are among these, each of these once."""
        known: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
        for at, key in enumerate(zip(self.texts, self.english.tolist(), strict=True)):
            known[key].append(at)
        keys = zip(others.texts, others.english.tolist(), strict=True)
        return np.fromiter((known[key].pop() if known.get(key) else -1 for key in keys), np.int64, len(others))


def collect(entries: Sequence[EntryContent], encode: Encode, *, passages: bool = True) -> Rows:
    """Every question of the entries, and every passage of their answers if wanted, raw; entry by entry."""
    found = [
        (_searched(text), position, is_passage, language == "en")
        for position, entry in enumerate(entries)
        for language, variant in entry.variants.items()
        for is_passage, texts in ((False, variant.questions), (True, passages_of(variant) if passages else ()))
        for text in texts
    ]
    return _rows(found, encode)


def collect_changed(
    entries: Sequence[EntryContent],
    encode: Encode,
    before: Sequence[EntryContent],
    before_rows: Rows,
    *,
    passages: bool = True,
) -> tuple[Rows, Places]:
    """What `collect` gives, and where each row is among earlier ones: what was collected before is copied.

    Args:
        entries: in any order.
        encode: texts to raw vectors.
        before: earlier entries.
        before_rows: what `collect` gave for them.
        passages: as then.
    """
    ends = np.searchsorted(before_rows.entries, np.arange(len(before) + 1))
    known = {entry.id: at for at, entry in enumerate(before)}
    held = [at if (at := known.get(entry.id, -1)) >= 0 and before[at] == entry else -1 for entry in entries]
    changed = [entry for entry, at in zip(entries, held, strict=True) if at < 0]
    fresh = collect(changed, encode, passages=passages)
    fresh_counts = iter(np.bincount(fresh.entries, minlength=len(changed)).tolist())
    kept = [np.arange(ends[at], ends[at + 1]) if at >= 0 else np.full(next(fresh_counts), -1) for at in held]
    places = np.concatenate([np.empty(0, np.int64), *kept])
    is_fresh = places < 0

    def together(earlier: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        if not len(earlier):
            return new
        result = _taken(earlier, places)
        result[is_fresh] = new
        return result

    rows = Rows(
        together(before_rows.texts, fresh.texts),
        together(before_rows.vectors, fresh.vectors),
        np.repeat(np.arange(len(entries)), [len(each) for each in kept]),
        together(before_rows.passages, fresh.passages),
        together(before_rows.english, fresh.english),
    )
    return rows, places


def _taken(earlier: NDArray[Any], places: Places) -> NDArray[Any]:
    """The rows at these places, any row where the place is -1. In one pass: there may be a hundred megabytes of it."""
    return np.take(earlier, places, axis=0, mode="clip")


def collect_everyday(sentences: dict[Lang, list[str]], encode: Encode) -> Rows:
    """Sentences that no bank answers, raw."""
    return _rows(
        [(to_simplified(text), -1, False, language == "en") for language in LANGUAGES for text in sentences[language]],
        encode,
    )


def chosen_checks(checks: Sequence[CheckQuestion], entries: Sequence[EntryContent]) -> tuple[CheckQuestion, ...]:
    """Check questions that can be asked of a release: those on its entries, and those that no entry answers."""
    ids = {entry.id for entry in entries}
    known = [check for check in checks if check.entry_id in ids]
    if 2 * len(known) < sum(check.entry_id is not None for check in checks):
        return ()  # they are another bank's
    return (*known, *(check for check in checks if check.entry_id is None))


def check_positions(chosen: Sequence[CheckQuestion], entries: Sequence[EntryContent]) -> list[int]:
    """The position of each check question's entry; -1 where no entry answers."""
    positions: dict[str | None, int] = {entry.id: at for at, entry in enumerate(entries)}
    return [positions.get(check.entry_id, -1) for check in chosen]


def collect_checks(
    chosen: Sequence[CheckQuestion], entries: Sequence[EntryContent], encode: Encode, meant: Callable[[str, Lang], str]
) -> Rows:
    """Check questions as they are searched, raw.

    Args:
        chosen: by `chosen_checks`.
        entries: of the release.
        encode: texts to raw vectors.
        meant: mends the wording, as is done for customers.
    """
    return _rows(
        [
            (meant(to_simplified(check.text), check.language), position, False, check.language == "en")
            for check, position in zip(chosen, check_positions(chosen, entries), strict=True)
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
    """The lines of a short answer, without their markup; a reference number alone tells nothing."""
    if len(variant.answer) > LONGEST_WITH_PASSAGES:
        return ()
    lines = (_MARKUP.sub("", line).strip() for line in variant.answer.splitlines())
    return tuple(line for line in lines if len(line) >= SHORTEST_PASSAGE and not _REFERENCE.fullmatch(line))


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
