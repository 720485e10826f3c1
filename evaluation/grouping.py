"""Figures by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")


def grouped(
    items: Sequence[Item], key: Callable[[Item], str], summary: Callable[[Sequence[Item]], dict[str, Any]]
) -> dict[str, Any]:
    """The summary of each group, in the order of their names.

    >>> grouped(["a", "b", "a"], lambda item: item, lambda members: {"n": len(members)})
    {'a': {'n': 2}, 'b': {'n': 1}}
    """
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return {name: summary(members) for name, members in sorted(groups.items())}
