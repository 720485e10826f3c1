"""Curves as inline SVG: labelled where they are, described in words, and the same figures as a table below."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import count

from evaluation.metrics.score import Score
from evaluation.reports.marking import folded, plain_words, table, words
from evaluation.statistics.calibration import Bin
from evaluation.statistics.risk_coverage import Point

WIDTH, HEIGHT = 400, 270
LEFT, RIGHT, TOP, BOTTOM = 46, 20, 30, 44
TICKS = 5
TABLE_POINTS = 10
_numbers = count(1)


def risk_coverage_chart(points: Sequence[Point], coverage: float | None, precision: float | None) -> str:
    """The risk-coverage curve, with the place on it where the bot stands today."""
    top = _nice(max(point.risk for point in points))
    line = " ".join(f"{_x(point.coverage):.1f},{_y(point.risk / top):.1f}" for point in points)
    body = _axes("chart.coverage", "chart.risk", top) + f'<polyline class="curve" points="{line}"/>'
    if coverage is not None and precision is not None:
        risk = 1 - precision
        x, y = _x(coverage), _y(min(1.0, risk / top))
        body += f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        side = "end" if coverage > 0.55 else "start"
        body += _label(x + (-10 if side == "end" else 10), max(TOP + 12, y - 12), "chart.today", side, "strong")
    each = max(1, len(points) // TABLE_POINTS)
    shown = [*points[each - 1 :: each]]
    if points[-1] not in shown:
        shown.append(points[-1])
    rows = [[_percent(p.coverage), _percent(p.risk), f"{p.confidence:.2f}"] for p in shown]
    head = [words("chart.coverage"), words("chart.risk"), words("chart.confidence")]
    return _figure("chart.risk_coverage", body, table(head, rows, kind="numbers"))


def reliability_chart(bins: Sequence[Bin]) -> str:
    """Confidence against the share that is right, each bin with its interval; on the diagonal both are the same."""
    body = _axes("chart.confidence", "chart.right", 1.0)
    body += f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    most = max(each.n for each in bins)
    for each in bins:
        x = _x(each.confidence)
        low, high = _y(each.interval.low), _y(each.interval.high)
        body += f'<line class="whisker" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>'
        radius = 3 + 4 * (each.n / most) ** 0.5
        dot = f'cx="{x:.1f}" cy="{_y(each.right):.1f}" r="{radius:.1f}"'
        body += f'<circle class="dot" {dot}><title>n = {each.n}</title></circle>'
    body += _label(_x(0.62), _y(0.5), "chart.exact", "start", "quiet")
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
    return _figure("chart.reliability", body, table(head, rows, kind="numbers"))


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


def _figure(key: str, body: str, data: str) -> str:
    number = next(_numbers)
    described = " / ".join(plain_words(language, f"{key}.described") for language in ("zh", "en"))
    return (
        f'<figure class="chart"><figcaption><strong>{words(key)}</strong> {words(f"{key}.says")}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="chart-{number}">'
        f'<title id="chart-{number}">{escape(described)}</title>{body}</svg>{folded(words("as_table"), data)}</figure>'
    )


def _axes(across: str, up: str, top: float) -> str:
    marks = []
    for tick in range(TICKS + 1):
        part = tick / TICKS
        marks.append(f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(part):.1f}" y2="{_y(part):.1f}"/>')
        marks.append(f'<text x="{LEFT - 6}" y="{_y(part) + 4:.1f}" text-anchor="end">{_tick(part * top)}</text>')
        marks.append(f'<text x="{_x(part):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{_tick(part)}</text>')
    marks.append(_label(_x(1), HEIGHT - 8, across, "end", "axis"))
    marks.append(_label(2, TOP - 16, up, "start", "axis"))
    return "".join(marks)


def _label(x: float, y: float, key: str, anchor: str, kind: str) -> str:
    return "".join(
        f'<text class="t-{language} {kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(plain_words(language, key))}</text>"
        for language in ("zh", "en")
    )


def _nice(highest: float) -> float:
    """A round end for an axis that has to reach this high, with round ticks."""
    return next((end for end in (0.05, 0.1, 0.25, 0.5) if highest <= end), 1.0)


def _x(part: float) -> float:
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def _y(part: float) -> float:
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)


def _tick(value: float) -> str:
    return f"{100 * value:.0f}%"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
