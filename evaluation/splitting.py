"""Splitting questions in two: all questions of an entry go to the same side, so that none of them helps another."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.leaks import normalised


@dataclass(frozen=True)
class Split:
    """The two sides; together they are all questions, each once, in their order."""

    development: list[dict[str, Any]]
    test: list[dict[str, Any]]


def split(questions: Sequence[dict[str, Any]], test_share: float, seed: int) -> Split:
    """Draw whole entries for the test until it has ``test_share`` of all questions, or a little more.

    Questions without an entry stay together with those of the same normalised text, and are drawn like entries.
    The same questions and seed give the same split, whatever order the questions are in.

    Args:
        questions: rows with ``text`` and ``entry_id``.
        test_share: 0 to 1.
        seed: of the drawing.
    """
    groups: dict[str, int] = {}
    for row in questions:
        groups[_group(row)] = groups.get(_group(row), 0) + 1
    names = sorted(groups)
    random.Random(seed).shuffle(names)  # noqa: S311 - a sample, not a secret
    chosen: set[str] = set()
    count = 0
    for name in names:
        if count >= test_share * len(questions):
            break
        chosen.add(name)
        count += groups[name]
    return Split(
        [row for row in questions if _group(row) not in chosen], [row for row in questions if _group(row) in chosen]
    )


def _group(row: dict[str, Any]) -> str:
    entry_id = row.get("entry_id")
    return f"entry {entry_id}" if entry_id is not None else f"text {normalised(str(row['text']))}"
