"""The sentences of an answer, each with what leads up to it, and whether something in them is denied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kb.examination.rules import Words
from kit.language import has_han, to_simplified

__all__ = ["Statement", "is_denied", "plain_form", "statements"]

_SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)、])\s+")
_MARKS = re.compile(r"[*_`~#\u200b-\u200f\u2060\ufeff]")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_INTRODUCTION = re.compile(r"[:：][*_\s]*$|^\s*(\*\*|__)[^*_]+\1\s*$")


@dataclass(frozen=True)
class Statement:
    """One sentence.

    Args:
        lead: the lines that introduce the list in which it stands; empty outside a list.
        text: the sentence, Simplified and half-width, without Markdown marks.
        written: the sentence as it was written.
    """

    lead: str
    text: str
    written: str

    @property
    def is_question(self) -> bool:
        """Whether it asks and so states nothing."""
        return self.text.endswith("?")


def statements(markdown: str) -> Iterator[Statement]:
    """Every sentence of a Markdown text, in order."""
    leads: list[tuple[int, str]] = []
    for line in markdown.splitlines():
        if not line.strip():
            continue
        item = _ITEM.match(line)
        indent = len(line) - len(line.lstrip())
        depth = indent if indent or item else -1
        leads = [(above, lead) for above, lead in leads if above < depth]
        said = [sentence for sentence in _SENTENCE.split(line[item.end() if item else 0 :]) if sentence.strip()]
        lead = " ".join(text for _, text in leads)
        for sentence in said:
            yield Statement(lead, plain_form(sentence), sentence.strip())
        if said and _INTRODUCTION.search(line):
            leads.append((depth, plain_form(said[-1])))


def plain_form(text: str) -> str:
    """Return the text as patterns read it: Simplified and half-width, without Markdown marks and invisible signs."""
    unmarked = _LINK.sub(r"\1", _MARKS.sub("", text)).replace("’", "'")
    simplified = to_simplified(unmarked) if has_han(unmarked) else unicodedata.normalize("NFKC", unmarked)
    return simplified.strip()


def is_denied(statement: Statement, start: int, words: Words) -> bool:
    """Whether the words before a place in the sentence, or those that introduce its list, take back what stands there.

    "不保本" and "never lose" deny; "不用担心，保本" and "no fees, guaranteed returns" do not.
    """
    if words.denials.search(words.reassurances.sub(" ", statement.lead)):
        return True
    before = words.reassurances.sub(" ", statement.text[:start])
    since_turn = _after_last(words.turns, before)
    if words.strong_denials.search(since_turn):
        return True
    return words.denials.search(_after_last(words.clauses, since_turn)) is not None


def _after_last(pattern: re.Pattern[str], text: str) -> str:
    end = max((match.end() for match in pattern.finditer(text)), default=0)
    return text[end:]
