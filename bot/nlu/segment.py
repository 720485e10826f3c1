"""Cuts Chinese, English and mixed text into words with offsets into the original text."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from re import Pattern
from typing import NamedTuple

import jieba

from bot.nlu.normalise import NormalText, align

BANK_TERMS = Path(__file__).with_name("bank_terms.txt")

_HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_LETTER = rf"(?:[^\W_{_HAN}][\u0300-\u036f]*)"
_NUMBER = r"\d+(?:[.,:/-]\d+)+%?"
_WORD = rf"{_LETTER}+(?:['&-]{_LETTER}+)*%?"


class Span(NamedTuple):
    """One word: its normalised text and its place in the original, `original[start:end]`."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=1)
def _bank_terms() -> tuple[str, ...]:
    lines = BANK_TERMS.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=1)
def _jieba() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for term in _bank_terms():
        tokenizer.add_word(term)
    return tokenizer


@lru_cache(maxsize=1)
def _pattern() -> Pattern[str]:
    """Matches, in this order: terms of letters and characters together, numbers, words, Chinese."""
    mixed = [term for term in _bank_terms() if re.match(rf"[a-z]+[{_HAN}]", term)]
    alternatives = "|".join(re.escape(term) for term in sorted(mixed, key=len, reverse=True))
    return re.compile(rf"(?P<term>{alternatives})|(?P<word>{_NUMBER}|{_WORD})|(?P<han>[{_HAN}]+)")


def _cuts(normal: str) -> Iterator[tuple[int, int]]:
    for match in _pattern().finditer(normal):
        if match.lastgroup != "han":
            yield match.span()
            continue
        start = match.start()
        for piece in _jieba().cut(match.group(), cut_all=False):
            yield start, start + len(piece)
            start += len(piece)


def _whole(normal: NormalText) -> list[Span]:
    """The text as one word, for a text of symbols only; nothing for a blank one."""
    text = normal.text.strip()
    if not text:
        return []
    first = normal.text.index(text)
    return [Span(text, normal.starts[first], normal.ends[first + len(text) - 1])]


def segment(text: str) -> list[Span]:
    """Cuts a text into words, in order and without overlap.

    A word has at least one letter or digit, unless the text has none at all: then the text is
    one word. A blank text has no words.

    >>> [span.text for span in segment("我Can't登入手機銀行ＡＴＭ 5,000.50元")]
    ['我', "can't", '登入', '手机银行', 'atm', '5,000.50', '元']
    >>> segment("😀")
    [Span(text='😀', start=0, end=1)]
    """
    normal = align(text)
    spans: list[Span] = []
    previous_cut = 0
    for begin, finish in _cuts(normal.text):
        # The Chinese blocks have code points without a character: not letters, so not words.
        if not any(char.isalnum() for char in normal.text[begin:finish]):
            continue
        start, end = normal.starts[begin], normal.ends[finish - 1]
        if spans and start < spans[-1].end:
            # One original character can hold several words (½ is 1⁄2): they stay one span.
            joined = normal.text[previous_cut:finish]
            spans[-1] = Span(joined, spans[-1].start, end)
            continue
        spans.append(Span(normal.text[begin:finish], start, end))
        previous_cut = begin
    return spans or _whole(normal)
