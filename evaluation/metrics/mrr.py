"""MRR: how far down the right entry stands."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.score import Score, measured


def mrr(ranked: Sequence[Sequence[str]], right: Sequence[str | None]) -> Score:
    """Mean of one over the rank of the right entry, 0 where it is not found; questions with None do not count.

    Source: Voorhees 1999, TREC-8 question answering track.

    >>> mrr([["a", "b"], ["b", "a"]], ["a", "a"]).value
    0.75
    """
    return measured([_reciprocal(*pair) for pair in zip(ranked, right, strict=True)], lambda values: values.mean())


def _reciprocal(candidates: Sequence[str], entry: str | None) -> float | None:
    if entry is None:
        return None
    return 1 / (list(candidates).index(entry) + 1) if entry in candidates else 0.0
