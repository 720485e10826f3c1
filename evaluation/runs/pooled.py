"""Figures of all questions together, which are no mean of their scores, and what each question adds to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.metrics.auroc import area
from evaluation.metrics.score import Score
from evaluation.statistics.calibration import calibration_gap
from evaluation.statistics.paired import Statistic, as_numbers
from evaluation.statistics.risk_coverage import area_under_risk
from evaluation.suite import Row

CONFIDENCE, RIGHT, IN_SCOPE = range(3)
CURVES: dict[str, Statistic] = {
    "precision_at_coverage_70": lambda drawn: _precision_of_surest(drawn, 0.7),
    "auroc": lambda drawn: area(drawn[:, [CONFIDENCE, IN_SCOPE]]),
    "risk_coverage_area": lambda drawn: area_under_risk(drawn[:, CONFIDENCE], drawn[:, RIGHT]),
    "calibration_error": lambda drawn: calibration_gap(drawn[:, CONFIDENCE], drawn[:, RIGHT]),
}
"""Of rows of a confidence, 1 for right, and 1 for in scope."""


def statistic_of(metric: str) -> Statistic | None:
    """The figure of an array with a row a question; None where the metric is not one of these."""
    if metric.endswith(("_p50", "_p90")):
        return lambda drawn: _percentile(drawn, int(metric[-2:]))
    return CURVES.get(metric)


def values_of(metric: str, rows: Sequence[Row], score: Score) -> np.ndarray | None:
    """What the statistic is computed from, a row a question; None where the run has not stored it."""
    if metric not in CURVES:
        return as_numbers(score.individual)
    try:
        facts = [[row.details[name] for name in ("confidence", "right", "in_scope")] for row in rows]
    except KeyError:
        return None
    return np.array(facts, float)


def _percentile(seconds: np.ndarray, percent: int) -> float:
    known = seconds[~np.isnan(seconds)]
    return float(np.percentile(known, percent)) if len(known) else float("nan")


def _precision_of_surest(drawn: np.ndarray, part: float) -> float:
    surest = np.argsort(-drawn[:, CONFIDENCE], kind="stable")[: max(1, round(part * len(drawn)))]
    return float(drawn[surest, RIGHT].mean())
