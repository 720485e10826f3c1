"""Confusion: which group is taken for which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Confusion:
    """Counts of right group (rows) against found group (columns), both in the order of ``labels``."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def worst(self, most: int) -> list[tuple[str, str, int]]:
        """The most frequent mistakes: right group, found group, how often."""
        mistakes = [
            (right, found, self.counts[row][column])
            for row, right in enumerate(self.labels)
            for column, found in enumerate(self.labels)
            if row != column and self.counts[row][column]
        ]
        return sorted(mistakes, key=lambda mistake: (-mistake[2], mistake[:2]))[:most]


def confusion(right: Sequence[str], found: Sequence[str]) -> Confusion:
    """How often each group was found for each right one.

    >>> confusion(["cards", "cards", "loans"], ["cards", "loans", "loans"]).counts
    ((1, 1), (0, 1))
    """
    pairs = Counter(zip(right, found, strict=True))
    labels = tuple(sorted({*right, *found}))
    return Confusion(labels, tuple(tuple(pairs[row, column] for column in labels) for row in labels))
