"""Curves, drawn by ECharts where the report is opened: described in words, with the same figures as a table below."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import structlog

from evaluation.metrics.score import Score
from evaluation.reports.marking import LANGUAGES, folded, plain_words, table, words
from evaluation.statistics.calibration import Bin
from evaluation.statistics.risk_coverage import Point
from kit.settings import ROOT

log = structlog.get_logger(__name__)

SCRIPT = ROOT / "web" / "dist" / "report-curves.js"
TABLE_POINTS = 10


def curves_script(path: Path = SCRIPT) -> str:
    """What draws the curves. Where the pages were not built, the report has their tables alone; the log says why."""
    try:
        script = _read(path)
    except OSError:
        log.warning(
            "report_without_curves", change="run 'make setup', which builds the pages, and make the report again"
        )
        return ""
    return f"<script>{script}</script>"


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script")


def risk_coverage_chart(points: Sequence[Point], coverage: float | None, precision: float | None) -> str:
    """The risk-coverage curve, with the place on it where the bot stands today."""
    top = _nice(max(point.risk for point in points))
    today = None if coverage is None or precision is None else [coverage, min(1 - precision, top)]
    figures = {
        "points": [[round(p.coverage, 4), round(p.risk, 4), round(p.confidence, 4)] for p in points],
        "today": today,
        "top": top,
    }
    rows = [[_percent(p.coverage), _percent(p.risk), f"{p.confidence:.2f}"] for p in _some(points)]
    head = [words("chart.coverage"), words("chart.risk"), words("chart.confidence")]
    told = {
        "coverage": "chart.coverage",
        "risk": "chart.risk",
        "confidence": "chart.confidence",
        "today": "chart.today",
    }
    return _figure("risk_coverage", figures, told, table(head, rows, kind="numbers"))


def reliability_chart(bins: Sequence[Bin]) -> str:
    """Confidence against the share that is right, each bin with its interval; on the diagonal both are the same."""
    figures = {
        "bins": [
            {
                "confidence": round(each.confidence, 4),
                "right": round(each.right, 4),
                "low": round(each.interval.low, 4),
                "high": round(each.interval.high, 4),
                "n": each.n,
            }
            for each in bins
        ]
    }
    rows = [
        [
            f"{each.low:.1f} – {each.high:.1f}",
            str(each.n),
            _percent(each.confidence),
            _percent(each.right),
            f"{_percent(each.interval.low)} – {_percent(each.interval.high)}",
        ]
        for each in bins
    ]
    head = [words(key) for key in ("chart.bin", "n", "chart.confidence", "chart.right", "interval")]
    told = {
        "confidence": "chart.confidence",
        "right": "chart.right",
        "interval": "interval",
        "n": "n",
    }
    return _figure("reliability", figures, told, table(head, rows, kind="numbers"))


def whisker(score: Score, *, low: float = 0.0) -> str:
    """A share as a dot on its interval, from ``low`` to 1; the figures stand beside it, so screen readers skip it."""
    if score.value is None or score.interval is None:
        return ""

    def place(value: float) -> float:
        return 2 + 116 * max(0.0, (value - low) / (1 - low))

    ends = f'x1="{place(score.interval.low):.1f}" x2="{place(score.interval.high):.1f}"'
    return (
        '<svg class="spark" viewBox="0 0 120 12" aria-hidden="true"><line class="rail" x1="2" x2="118" y1="6" y2="6"/>'
        f'<line class="range" {ends} y1="6" y2="6"/>'
        f'<circle class="dot" cx="{place(score.value):.1f}" cy="6" r="4"/></svg>'
    )


def _figure(kind: str, figures: Mapping[str, Any], told: Mapping[str, str], data: str) -> str:
    """A curve's place, what is drawn there, and its table, which is open until the curve is drawn.

    Args:
        kind: of curve, which has a title, an explanation and a description.
        figures: what is drawn.
        told: keys of texts, by the names that the drawing knows them by.
        data: the table.
    """
    key = f"chart.{kind}"
    keys = {**told, "described": f"{key}.described"}
    spoken = {language: {name: plain_words(language, text) for name, text in keys.items()} for language in LANGUAGES}
    drawn = json.dumps({"kind": kind, **figures, "words": spoken}, ensure_ascii=False).replace("<", "\\u003c")
    described = escape(" / ".join(plain_words(language, keys["described"]) for language in LANGUAGES))
    return (
        f'<figure class="chart"><figcaption><strong>{words(key)}</strong> {words(f"{key}.says")}</figcaption>'
        f'<div class="plot" role="img" aria-label="{described}"></div>'
        f'<script type="application/json">{drawn}</script>'
        f"{folded(words('as_table'), data, open_=True)}</figure>"
    )


def _some(points: Sequence[Point]) -> list[Point]:
    """As many of the points as a table can show, the last one always."""
    each = max(1, len(points) // TABLE_POINTS)
    shown = [*points[each - 1 :: each]]
    return shown if shown[-1] == points[-1] else [*shown, points[-1]]


def _nice(highest: float) -> float:
    """A round end for an axis that has to reach this high, with round ticks."""
    return next((end for end in (0.05, 0.1, 0.25, 0.5) if highest <= end), 1.0)


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
