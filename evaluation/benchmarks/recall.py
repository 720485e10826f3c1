"""How much of what is nearest an index finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.benchmarks.timing import Ids


def recall(found: Sequence[Ids], exact: Sequence[Ids]) -> float:
    """The mean share of the exact neighbours of a query that were found, whatever their order.

    Args:
        found: ids for each query.
        exact: the same from comparing every vector.

    Example:
        >>> recall([np.array([3, 1]), np.array([2, 5])], [np.array([1, 3]), np.array([2, 4])])
        0.75
    """
    return float(np.mean([np.isin(near, got).mean() for near, got in zip(exact, found, strict=True)]))
