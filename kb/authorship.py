"""Whose words an approval would put before customers: not only those of the last one who saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """A revision, as far as it matters who wrote it; ``base`` is the one it was made from."""

    entry_id: str
    number: int
    base: int | None
    author: str
    reviewer: str | None


def writers(revisions: Iterable[Written], number: int, live: int | None) -> frozenset[str]:
    """All who wrote something of a revision that nobody has approved yet.

    Args:
        revisions: those of the entry.
        number: the revision.
        live: the one that customers are told; None where they are told none.
    """
    known = {each.number: each for each in revisions}
    found: set[str] = set()
    at = known.get(number)
    while at is not None and at.number != live and at.reviewer is None:
        found.add(at.author)
        at = known.get(at.base) if at.base is not None else None
    return frozenset(found)
