"""A run as plain values, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from evaluation.metrics.score import Score
from evaluation.runs.analysis import Analysis, SuiteAnalysis


def plain(analysis: Analysis) -> dict[str, Any]:
    """One suite's figures at the top; of several, under ``suites``."""
    suites = {suite.name: _suite(suite) for suite in analysis.suites}
    figures = next(iter(suites.values())) if len(suites) == 1 else {"suites": suites}
    return {
        **figures,
        "run": analysis.run.manifest,
        "gate": {"passed": analysis.passed, "conditions": [asdict(verdict) for verdict in analysis.verdicts]},
    }


def plain_score(score: Score) -> dict[str, Any]:
    """Value, ends of its interval, n."""
    interval = score.interval
    return {
        "value": score.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "n": score.n,
    }


def _suite(suite: SuiteAnalysis) -> dict[str, Any]:
    return {
        **suite.figures,
        "cases": {"asked": len(suite.rows), "planned": suite.planned},
        "scores": {name: plain_score(score) for name, score in suite.scores.items()},
        "groups": {
            kind: {
                group: {name: plain_score(score) for name, score in scores.items() if score.n}
                for group, scores in groups.items()
            }
            for kind, groups in suite.groups.items()
        },
        "risk_coverage": [asdict(point) for point in suite.curve],
        "reliability": [asdict(each) for each in suite.bins],
        "confusion": asdict(suite.mistaken) if suite.mistaken else None,
    }
