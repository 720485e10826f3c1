"""A run as tables on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.metrics.score import Score
from evaluation.runs.analysis import Analysis
from evaluation.tables import show


def show_run(analysis: Analysis, console: Console) -> None:
    """Each suite's metrics with their intervals, its own figures, then the gate."""
    for suite in analysis.suites:
        table = Table(suite.name, "value", "95 %", "n")
        for name, score in suite.scores.items():
            table.add_row(name, number(score.value), ends(score), str(score.n))
        console.print(table)
        show(dict(suite.figures), console)
    for verdict in analysis.verdicts:
        colour, word = ("green", "passed") if verdict.passed else ("red", "FAILED")
        console.print(f"[{colour}]{word}[/] {escape(verdict.name)}: {escape(verdict.reason)}", soft_wrap=True)
        if verdict.questions:
            console.print(f"       {escape(', '.join(verdict.questions[:20]))}", soft_wrap=True)
    console.print(f"run {escape(analysis.run.id)}", highlight=False, soft_wrap=True)


def number(value: float | None) -> str:
    """Four digits, or a dash where there is no value."""
    return "–" if value is None else f"{value:.4f}"


def ends(score: Score) -> str:
    """Both ends of the interval, or a dash."""
    return "–" if score.interval is None else f"{score.interval.low:.4f} – {score.interval.high:.4f}"
