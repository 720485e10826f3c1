"""Which questions mean the same: each goes to the nearest group that is near enough, or begins one."""

from __future__ import annotations

import re

import numpy as np

from kb.space import Vectors

# Of all pairs of check questions in one language, one in seven thousand is this near. Near enough is near: a suggestion
# that is told twice costs an editor a glance, one that mixes two questions spoils an entry.
NEAR = 0.55
LONGEST_QUESTION = 200

_TOKEN = re.compile(r"\[(?:card \*\d{4}|id|phone|email)\]")
_SPACES = re.compile(r"\s+")


def plain(masked: str) -> str:
    """A masked question as it may stand in an entry: without the tokens of what was masked, on one line, not too long.

    Example:
        >>> plain("My card [card *1234] is\\nstuck")
        'My card is stuck'
    """
    return _SPACES.sub(" ", _TOKEN.sub(" ", masked)).strip()[:LONGEST_QUESTION].strip()


def grouped(vectors: Vectors, leaders: Vectors, near: float = NEAR) -> list[int]:
    """The group of each question, in their order.

    A group is stood for by its first question, so that it never drifts away from what it was about, and what was
    grouped once stays where it is.

    Args:
        vectors: of the questions, each of length 1, shape ``(questions, dimensions)``.
        leaders: of the groups there are, shape ``(groups, dimensions)``.
        near: the cosine from which two questions mean the same.

    Returns:
        Positions among the leaders; those past their end are new groups, in the order in which they begin.

    Example:
        >>> grouped(np.array([[1, 0], [0, 1], [0, 1]], np.float32), np.array([[1, 0]], np.float32))
        [0, 1, 1]
    """
    to_leaders = vectors @ leaders.T
    to_each_other = vectors @ vectors.T
    begun: list[int] = []
    found: list[int] = []
    for row in range(len(vectors)):
        cosines = np.concatenate([to_leaders[row], to_each_other[row, begun]])
        best = int(cosines.argmax()) if len(cosines) else -1
        if best < 0 or cosines[best] < near:
            begun.append(row)
            best = len(cosines)
        found.append(best)
    return found
