"""A finished run with everything that its report shows, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.metrics.score import Score
from evaluation.runs.comparing import Comparison
from evaluation.runs.gate import Verdict
from evaluation.runs.store import StoredRun
from evaluation.statistics.calibration import Bin, reliability
from evaluation.statistics.confusion import Confusion, confusion
from evaluation.statistics.risk_coverage import Point, risk_coverage
from evaluation.statistics.slices import sliced
from evaluation.suite import Row, Suite

CURVE_POINTS = 200
Groups = dict[str, dict[str, dict[str, Score]]]


@dataclass(frozen=True)
class SuiteAnalysis:
    """One suite of a run.

    Args:
        name: the suite's.
        rows: all, in their order.
        scores: by metric.
        groups: ``language``, ``scenario`` and ``slice``, then the group's name, then the metric.
        curve: risk against coverage; empty where there is no confidence.
        bins: the reliability diagram; empty as well.
        mistaken: which scenario is taken for which; None where there are no candidates.
        figures: the suite's own, as plain values.
        planned: how many rows there are to be; there are fewer where the time was over before.
    """

    name: str
    rows: tuple[Row, ...]
    scores: dict[str, Score]
    groups: Groups
    curve: tuple[Point, ...]
    bins: tuple[Bin, ...]
    mistaken: Confusion | None
    figures: Mapping[str, Any]
    planned: int

    @property
    def is_complete(self) -> bool:
        """Whether every case was asked."""
        return len(self.rows) >= self.planned

    @property
    def failures(self) -> list[Row]:
        """What is not good as it is."""
        return [row for row in self.rows if not row.right]


@dataclass(frozen=True)
class Analysis:
    """A run with its gate."""

    run: StoredRun
    suites: tuple[SuiteAnalysis, ...]
    verdicts: tuple[Verdict, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def passed(self) -> bool:
        """Whether the run may be released; a run without conditions may."""
        return all(verdict.passed for verdict in self.verdicts)


def analysed(suite: Suite, run: StoredRun, figures: Mapping[str, Any]) -> SuiteAnalysis:
    """Everything about one suite."""
    rows = tuple(run.of(suite.name))
    groups: Groups = {
        kind: {name: suite.measure(members) for name, members in sliced(rows, key).items()}
        for kind, key in (
            ("language", lambda row: row.language),
            ("scenario", lambda row: row.scenario),
            ("slice", lambda row: row.slice),
        )
    }
    sure = [row for row in rows if row.candidates and row.confidence is not None and "right" in row.details]
    confidences = [row.confidence or 0.0 for row in sure]
    right = [bool(row.details["right"]) for row in sure]
    return SuiteAnalysis(
        suite.name,
        rows,
        suite.measure(rows),
        groups,
        tuple(risk_coverage(confidences, right, CURVE_POINTS)),
        tuple(reliability(confidences, right)) if sure else (),
        _mistaken(sure, run.knowledge),
        figures,
        run.planned(suite.name),
    )


def _mistaken(rows: Sequence[Row], knowledge: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Confusion | None:
    scenarios = {
        entry_id: str(next(iter(variants.values()), {}).get("scenario", "")) for entry_id, variants in knowledge.items()
    }
    pairs = [
        (row.scenario, scenarios.get(row.candidates[0].entry_id, "")) for row in rows if row.scenario and row.candidates
    ]
    return confusion([right for right, _ in pairs], [found for _, found in pairs]) if pairs else None
