"""How often the right entry is among the first: FAQ accuracy is the first place."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.score import Score, share


def hit_at_k(ranked: Sequence[Sequence[str]], right: Sequence[str | None], k: int) -> Score:
    """Share of questions whose right entry is among the first ``k`` candidates; those with None do not count.

    FAQ accuracy, 准确率, is ``hit_at_k(..., k=1)``: questions whose first answer is the right entry over in-scope
    questions. Source: the project's definitions, docs/evaluation.md.

    >>> hit_at_k([["a", "b"], ["b", "a"], ["c"]], ["a", "a", None], k=1).value
    0.5
    """
    return share(
        [None if entry is None else entry in candidates[:k] for candidates, entry in zip(ranked, right, strict=True)]
    )
