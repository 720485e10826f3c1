"""Reliability: what a confidence promises, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.statistics.intervals import Interval, wilson


@dataclass(frozen=True)
class Bin:
    """Questions of like confidence.

    Args:
        low: the least confidence that belongs to it.
        high: the first that does not; 1 belongs to the last bin.
        n: how many questions.
        confidence: their mean confidence.
        right: the share that is right.
        interval: of that share, 95 %.
    """

    low: float
    high: float
    n: int
    confidence: float
    right: float
    interval: Interval


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The reliability diagram in equal-width bins; empty ones are left out.

    Source: Niculescu-Mizil and Caruana 2005, ICML.

    >>> [(found.n, found.right) for found in reliability([0.95, 0.91, 0.1], [True, False, False])]
    [(1, 0.0), (2, 0.5)]
    """
    sure, hits = np.asarray(confidences, float), np.asarray(right, float)
    places = _places(sure, bins)
    found = []
    for place in range(bins):
        inside = places == place
        if n := int(inside.sum()):
            successes = int(hits[inside].sum())
            mean = float(sure[inside].mean())
            found.append(Bin(place / bins, (place + 1) / bins, n, mean, successes / n, wilson(successes, n)))
    return found


def calibration_gap(confidences: Any, right: Any, bins: int = 10) -> float:
    """The expected calibration error: the bins' distances of confidence and share right, weighted by their sizes.

    Source: Naeini, Cooper and Hauskrecht 2015, AAAI.

    >>> round(calibration_gap([0.9, 0.9], [1, 0]), 3)
    0.4
    """
    sure, hits = np.asarray(confidences, float), np.asarray(right, float)
    places = _places(sure, bins)
    gaps = np.bincount(places, weights=sure, minlength=bins) - np.bincount(places, weights=hits, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def _places(sure: Any, bins: int) -> Any:
    return np.minimum((sure * bins).astype(int), bins - 1)
