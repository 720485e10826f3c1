"""nDCG: how far down the right entry stands, with less weight on the difference between far places."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from evaluation.metrics.score import Score, measured


def ndcg_at_k(ranked: Sequence[Sequence[str]], right: Sequence[str | None], k: int) -> Score:
    """Mean of 1 / log2(1 + rank) of the one right entry within the first ``k``, else 0; None does not count.

    The best possible gain is 1, because one entry is right. Source: Järvelin and Kekäläinen 2002, ACM TOIS 20.

    >>> round(ndcg_at_k([["a", "b"], ["b", "a"]], ["a", "a"], k=3).value, 4)
    0.8155
    """
    return measured([_gain(*pair, k) for pair in zip(ranked, right, strict=True)], lambda values: values.mean())


def _gain(candidates: Sequence[str], entry: str | None, k: int) -> float | None:
    if entry is None:
        return None
    first = list(candidates)[:k]
    return 1 / log2(2 + first.index(entry)) if entry in first else 0.0
