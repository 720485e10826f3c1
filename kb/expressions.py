"""What editors say that customers' words mean: an expression, its meaning, and the two put in each other's place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from kb.content import Lang
from kit.errors import InvalidRequest
from kit.language import to_simplified

__all__ = ["MEANING_LENGTH", "Expression", "Expressions", "stored_form"]

SHORTEST = 2
LONGEST = 60
MEANING_LENGTH = 200

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_LATIN = re.compile(r"[A-Za-z]")
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏ0-9_"
_APOSTROPHE = "['’]"  # phones write the second


@dataclass(frozen=True)
class Expression:
    """What customers say and what it means, both in the form in which text is searched."""

    text: str
    language: Lang
    meaning: str

    @classmethod
    def of(cls, text: str, language: Lang, meaning: str) -> Expression:
        """Bring both to their stored form.

        Raises:
            InvalidRequest: no question could be mended by it.
        """
        found = cls(stored_form(text), language, _searched_form(meaning))
        mistake = found._mistake()
        if mistake:
            raise InvalidRequest(mistake)
        return found

    def _mistake(self) -> str | None:
        """What is wrong with it and what to do, for the editor."""
        text, meaning = self.text, self.meaning
        if not SHORTEST <= len(text) <= LONGEST:
            return f"An expression has {SHORTEST} to {LONGEST} characters; this one has {len(text)}."
        if not 1 <= len(meaning) <= MEANING_LENGTH:
            return f"A meaning has 1 to {MEANING_LENGTH} characters; this one has {len(meaning)}."
        if not (text + meaning).isprintable():
            return "An expression and its meaning are plain text; take out control and invisible characters."
        if self.language == "zh" and not _HAN.search(text):
            return (
                f"{text!r} has no Chinese character. Give it the language en: it is then replaced wherever it stands "
                "as a word, in Chinese questions too."
            )
        if self.language == "en" and _HAN.search(text):
            return f"{text!r} has Chinese characters. Give it the language zh."
        if self.language == "en" and not _LATIN.search(text):
            return f"{text!r} has no letter; only words can be replaced."
        if text.lower() == meaning.lower():
            return f"{text!r} is already searched as {meaning!r}; an expression and its meaning must differ."
        return None


def stored_form(text: str) -> str:
    """The form in which an expression is stored and looked up; one without Chinese characters is in lower case."""
    searched = _searched_form(text)
    return searched if _HAN.search(searched) else searched.lower().replace("’", "'")


def _searched_form(text: str) -> str:
    return " ".join(to_simplified(text).split())


@dataclass(frozen=True)
class Expressions:
    """Every expression of editors, with its meaning, by language."""

    zh: dict[str, str] = field(default_factory=dict)
    en: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str]]) -> Expressions:
        """Sort rows of expression, language and meaning, all in their stored form."""
        stored = list(rows)
        return cls(
            zh={text: meaning for text, language, meaning in stored if language == "zh"},
            en={text: meaning for text, language, meaning in stored if language == "en"},
        )

    def noticed_by(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The expressions that stand in any of the texts, each with its meaning; sorted."""
        together = "\n".join(to_simplified(text) for text in texts).lower().replace("’", "'")
        every = (*self.zh.items(), *self.en.items())
        return tuple(sorted(f"{said}\t{meaning}" for said, meaning in every if said.lower() in together))

    @cached_property
    def _english(self) -> re.Pattern[str]:
        """Any of the English ones as a word, the longest first."""
        keys = "|".join(re.escape(key).replace("'", _APOSTROPHE) for key in sorted(self.en, key=len, reverse=True))
        before = rf"(?<![{_LETTER}])(?<![{_LETTER}]{_APOSTROPHE})"
        return re.compile(rf"{before}(?:{keys})(?!{_APOSTROPHE}?[{_LETTER}])", re.IGNORECASE | re.ASCII)

    def replace_english(self, text: str) -> str:
        """Return the text with the English expressions, in capitals or not, replaced by their meanings in one pass."""
        if not self.en:
            return text
        return self._english.sub(lambda match: self.en[match[0].lower().replace("’", "'")], text)
