"""How often the right entry is found."""

from __future__ import annotations

from collections.abc import Sequence


def top_k(ranked: Sequence[Sequence[str]], right: Sequence[str], k: int) -> float | None:
    """Share of questions whose right entry is among the first ``k`` candidates; None without questions.

    FAQ accuracy is ``top_k(..., k=1)`` over in-scope questions.

    >>> top_k([["a", "b"], ["b", "a"]], ["a", "a"], k=1)
    0.5
    """
    if not right:
        return None
    return sum(answer in candidates[:k] for candidates, answer in zip(ranked, right, strict=True)) / len(right)
