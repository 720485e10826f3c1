"""A customer's question as it was meant: dialect, homophones and misspellings repaired before it is searched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from kb.content import EntryContent, Lang
from kb.dialect import Dialect, bundled_lexicon, is_cantonese
from kb.expressions import Expressions
from kb.homophones import Homophones
from kb.spelling import Spelling
from kb.words import Words

__all__ = ["Wording"]

_HAN = re.compile(r"[㐀-䶿一-鿿]")
# Of one turn, signals and search want the same text; of one conversation, what it was about before.
_LATEST = 1024
_LATIN = re.compile(r"[A-Za-z]{2}|(?<![A-Za-z])[ur](?![A-Za-z])")


class Wording:
    """Repairs queries by the words of one release. Built whole, never changed; safe to share between threads.

    Example:
        >>> wording = Wording.from_texts(["信用卡丢了怎么办", "信用卡年费"], ["How do I reset my password?"])
        >>> wording.repair("信用咔丢左点算", "zh")
        '信用卡丢了怎么办'
        >>> wording.repair("reset my passwrod pls", "en")
        'reset my password please'
    """

    def __init__(
        self,
        dialect: Dialect,
        homophones: Homophones,
        spelling: Spelling,
        known: AbstractSet[str],
        expressions: Expressions | None = None,
    ) -> None:
        self._expressions = expressions or Expressions()
        self._dialect = dialect.with_expressions(self._expressions.zh)
        self._homophones = homophones
        self._spelling = spelling
        self._known = known
        self._latest = lru_cache(maxsize=_LATEST)(self._repaired)

    @classmethod
    def of(cls, words: Words, before: Wording | None = None) -> Wording:
        """Build from what a release says; ``before``, of a release much like it, saves work."""
        lexicon = bundled_lexicon()
        return cls(
            Dialect.from_lexicon(lexicon, "\n".join(words.texts)),
            Homophones(words, lexicon.near_shapes, before._homophones if before else None),
            Spelling(words),
            words.texts.keys(),
        )

    @classmethod
    def of_entries(cls, entries: Sequence[EntryContent]) -> Wording:
        """Build from the entries of a release."""
        return cls.of(Words().changed(map(Words.of_entry, entries), ()))

    @classmethod
    def from_texts(cls, zh: Sequence[str], en: Sequence[str]) -> Wording:
        """Build from everything a release says in Chinese and in English, questions and answers alike."""
        return cls.of(Words.of(zh, en))

    def with_expressions(self, expressions: Expressions) -> Wording:
        """The words of the same release, with these expressions of editors and no others. Takes no time."""
        return Wording(self._dialect, self._homophones, self._spelling, self._known, expressions)

    def repair(self, text: str, language: Lang) -> str:
        """Return the text as it was probably meant.

        What the knowledge base says word for word comes back as it is, dialect too. Never raises, and never returns
        an empty text for one that is not.

        Args:
            text: in the form of `kit.language.to_simplified`.
            language: the query's. English words in a Chinese query are repaired more cautiously.
        """
        return self._latest(text, language)

    def _repaired(self, text: str, language: Lang) -> str:
        if text.strip() in self._known:
            return text
        repaired = text
        if _HAN.search(text):
            standard = self._dialect.standardise(text)
            repaired = self._homophones.repair(standard, cautiously=is_cantonese(text))
        repaired = self._expressions.replace_english(repaired)
        if _LATIN.search(repaired):
            repaired = self._spelling.repair(repaired, in_english=language == "en")
        return repaired if repaired.strip() else text
