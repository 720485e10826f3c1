"""One spelling for every way of typing the same text, with the way back to the original."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import opencc

# Phones type the curly ones; NFKC leaves them apart.
_APOSTROPHES = str.maketrans("\u2018\u2019", "''")


@dataclass(frozen=True)
class NormalText:
    """A normalised text and, for each of its characters, where it came from.

    Attributes:
        text: NFKC, Simplified Chinese, lower case, without invisible format characters.
        starts: For each character of `text`, the start of its source in the original.
        ends: For each character of `text`, the end of its source in the original.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65536)
def _normalise_cluster(cluster: str) -> str:
    """Normalises one base character with its combining marks.

    Conversion to Simplified is done by character, not by phrase: a token then reads the same
    alone as it does inside a sentence, which offsets and the classifier both rely on.
    """
    # Lower-casing can leave a sequence that composes again, so NFKC runs on both sides of it.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).lower())
    visible = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return "".join(_converter().convert(char) for char in visible).translate(_APOSTROPHES)


@lru_cache(maxsize=65536)
def _joins_previous(char: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) != 0


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for position in range(1, len(text)):
        if not _joins_previous(text[position]):
            yield start, position
            start = position
    if text:
        yield start, len(text)


def align(text: str) -> NormalText:
    """Normalises a text and keeps the way back to the original offsets.

    >>> align("ＡＴＭ機").text
    'atm机'
    >>> align("①號").starts
    (0, 1)
    """
    pieces, starts, ends = [], [], []
    for start, end in _clusters(text):
        piece = _normalise_cluster(text[start:end])
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
    return NormalText("".join(pieces), tuple(starts), tuple(ends))


def normalise(text: str) -> str:
    """The normalised text alone.

    >>> normalise("我的信用卡遺失了，Ｈｅｌｐ！")
    '我的信用卡遗失了,help!'
    """
    return align(text).text
