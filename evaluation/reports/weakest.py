"""The weakest scenarios of a suite, and the figures that they are ranked by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.metrics.catalogue import CATALOGUE
from evaluation.metrics.score import Score
from evaluation.runs.analysis import SuiteAnalysis

RANKINGS = (
    # Diversion alone would put those first whose customers need a person.
    ("wrong_containment", "handoff_recall", "self_service_diversion"),
    ("faq_accuracy",),
    ("followup_accuracy",),
)
"""Metrics to rank scenarios by, the first one first; the others decide between equals. A suite has those of one row."""
LEAST_N = 5
MOST = 8


@dataclass(frozen=True)
class Weakest:
    """The metrics that the scenarios are ranked by, and of each scenario its scores, the weakest first."""

    metrics: tuple[str, ...]
    scenarios: tuple[tuple[str, Mapping[str, Score]], ...]


def weakest(suite: SuiteAnalysis) -> Weakest | None:
    """The weakest scenarios of those with enough cases; None where there is none, or nothing to rank by."""
    ranking = next((row for row in RANKINGS if row[0] in suite.scores and suite.scores[row[0]].n), None)
    if ranking is None:
        return None
    found = [
        (name, scores)
        for name, scores in suite.groups["scenario"].items()
        if ranking[0] in scores and scores[ranking[0]].n >= LEAST_N
    ]
    found.sort(key=lambda pair: (*(_goodness(metric, pair[1].get(metric)) for metric in ranking), pair[0]))
    return Weakest(ranking, tuple(found[:MOST])) if found else None


def _goodness(metric: str, score: Score | None) -> float:
    """From 0, the worst, to 1; where nothing was measured, nothing is bad."""
    if score is None or score.value is None:
        return 1.0
    return 1 - score.value if CATALOGUE[metric].better == "lower" else score.value
