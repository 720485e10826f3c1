"""Figures as people read them."""

from __future__ import annotations

from evaluation.metrics.catalogue import CATALOGUE, Meaning
from evaluation.metrics.score import Score

DASH = "–"


def value_text(metric: str, value: float | None) -> str:
    """A value in the metric's unit: ``95.3 %``, ``2.4 s``, ``4.2``, ``0.873``."""
    if value is None:
        return DASH
    unit = CATALOGUE.get(metric, Meaning(None)).unit
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:.1f} s" if unit == "seconds" else f"{value:.1f}" if unit == "points" else f"{value:.3f}"


def interval_text(metric: str, score: Score) -> str:
    """Both ends of the interval, in the metric's unit."""
    if score.interval is None:
        return DASH
    low, high = value_text(metric, score.interval.low), value_text(metric, score.interval.high)
    return f"{low.removesuffix(' %').removesuffix(' s')} – {high}"
