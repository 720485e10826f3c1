"""BM25 over questions: words of both languages, and the index of the library bm25s."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

import bm25s
import jieba
import numpy as np

from evaluation.benchmarks.timing import Ids
from kb.encoder import Vectors
from kit.language import to_simplified

_HAN = "㐀-䶿一-鿿"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")

jieba.setLogLevel(logging.WARNING)


def words(text: str) -> list[str]:
    """The words of a text in lower case and Simplified characters; Chinese is cut by jieba.

    >>> words("我的Card丟了, help!")
    ['我', '的', 'card', '丢', '了', 'help']
    """
    runs = _RUNS.findall(to_simplified(text).lower())
    return [word for run in runs for word in (jieba.lcut(run) if re.match(f"[{_HAN}]", run) else [run])]


class Bm25:
    """The library as it is by default: Lucene's variant, k1 = 1.5, b = 0.75.

    Args:
        texts: the words of each text, at least one text.
    """

    def __init__(self, texts: Sequence[list[str]]) -> None:
        self._size = len(texts)
        self._index = bm25s.BM25()
        self._index.index(list(texts), show_progress=False)

    def search(self, query: list[str], neighbours: int) -> tuple[Vectors, Ids]:
        """Scores and positions of the best texts, best first, both of shape ``(min(neighbours, texts),)``."""
        rows, scores = self._index.retrieve(
            [query], k=min(neighbours, self._size), show_progress=False, backend_selection="numpy"
        )
        return np.asarray(scores[0], np.float32), np.asarray(rows[0], np.int64)
