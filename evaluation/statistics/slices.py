"""Slices: the members of each group, so that any figure can be given for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def sliced(items: Sequence[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    """The items of each group, groups in the order of their names; those without a name are left out.

    >>> sliced(["ab", "ac", "b"], lambda text: text[0])
    {'a': ['ab', 'ac'], 'b': ['b']}
    """
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if name := key(item):
            groups[name].append(item)
    return dict(sorted(groups.items()))
