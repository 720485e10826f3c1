"""Which entries carry the load, and which nobody needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Heat = Literal["hot", "cold"]

HOT_SHARE = 0.5


def heats(answers: Mapping[str, int]) -> dict[str, Heat]:
    """The fewest entries that give half of all answers are hot; those that give none are cold.

    Args:
        answers: how often each live entry was given as an answer.

    Returns:
        By entry; those in between have none. Where two are given equally often, the first by name is hot first.

    Example:
        >>> heats({"a": 6, "b": 3, "c": 1, "d": 0})
        {'a': 'hot', 'd': 'cold'}
    """
    found: dict[str, Heat] = {}
    missing = HOT_SHARE * sum(answers.values())
    for entry_id, count in sorted(answers.items(), key=lambda item: (-item[1], item[0])):
        if not count:
            found[entry_id] = "cold"
        elif missing > 0:
            found[entry_id] = "hot"
            missing -= count
    return found
