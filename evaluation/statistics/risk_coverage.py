"""The risk-coverage curve: what is wrong among what is answered, for every bar that the confidence could have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Point:
    """The surest ``coverage`` of all questions are answered, and ``risk`` of them is wrong; both 0 to 1."""

    coverage: float
    risk: float
    confidence: float


def risk_coverage(confidences: Sequence[float], right: Sequence[bool], points: int = 0) -> list[Point]:
    """The curve, from the surest question to all of them; of equals the first comes first.

    Args:
        confidences: of the first candidates.
        right: whether each of them is right.
        points: at most so many, evenly spread; all where it is 0.

    Source: El-Yaniv and Wiener 2010, Journal of Machine Learning Research 11.

    >>> [point.risk for point in risk_coverage([0.9, 0.1], [True, False])]
    [0.0, 0.5]
    """
    if len(confidences) == 0:
        return []
    risks, order = _risks(np.asarray(confidences, float), np.asarray(right, float))
    n = len(risks)
    places = range(n) if not points or points >= n else sorted({round(i) for i in np.linspace(0, n - 1, points)})
    return [Point((i + 1) / n, float(risks[i]), float(np.asarray(confidences)[order[i]])) for i in places]


def area_under_risk(confidences: Any, right: Any) -> float:
    """The mean of the curve's risks (AURC; Geifman, Uziel and El-Yaniv 2019, ICLR); of equals the first comes first.

    >>> area_under_risk([0.9, 0.1], [True, False])
    0.25
    >>> area_under_risk([0.5, 0.5], [True, False]), area_under_risk([0.5, 0.5], [False, True])
    (0.25, 0.75)
    """
    return float(_risks(np.asarray(confidences, float), np.asarray(right, float))[0].mean())


def _risks(confidences: Any, right: Any) -> tuple[Any, Any]:
    order = np.argsort(-confidences, kind="stable")
    return np.cumsum(1 - right[order]) / np.arange(1, len(order) + 1), order
