"""A run from its questions to its exit code: asked, analysed, judged, written out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from evaluation.output import put_out
from evaluation.reports.html import page
from evaluation.reports.junit import junit
from evaluation.reports.markdown import markdown
from evaluation.reports.plain import plain
from evaluation.reports.terminal import show_run
from evaluation.runs import gate, running, store
from evaluation.runs.analysis import Analysis, analysed
from evaluation.runs.comparing import Comparison, compare
from evaluation.suite import Suite
from kit.settings import Settings


def run(suites: Sequence[Suite], arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Run suites and judge them.

    Returns:
        0; 1 when a condition of the gate does not hold; 2 when a file could not be written.
    """
    bars = gate.read_bars(arguments.fail_under, arguments.fail_over)
    gate.check_names(bars, {suite.name: suite.measure(()) for suite in suites})
    base = store.read_run(settings, arguments.no_worse_than) if arguments.no_worse_than else None
    finished = running.run(suites, arguments, settings, console)
    of_suites = tuple(analysed(suite, finished.run, finished.figures[suite.name]) for suite in suites)
    scores = {suite.name: suite.scores for suite in of_suites}
    verdicts = gate.check_bars(bars, scores)
    if bars or base is not None:
        verdicts += gate.check_bars(gate.bar_of_broken(bars, scores), scores)
        verdicts += [gate.incomplete(s.name, len(s.rows), s.planned) for s in of_suites if not s.is_complete]
    comparisons: list[Comparison] = []
    if base is not None:
        for suite in suites:
            cases = finished.cases[suite.name]
            comparison = compare(base, finished.run, suite.name, suite.measure, seed=arguments.seed, cases=cases)
            comparisons.append(comparison)
            verdicts += gate.check_comparison(comparison, data_changed=arguments.data_changed)
    analysis = Analysis(finished.run, of_suites, tuple(verdicts), tuple(comparisons))
    show_run(analysis, console)
    written = _write(analysis, arguments, console)
    code = put_out(plain(analysis), arguments.json, console)
    return code or written or (0 if analysis.passed else 1)


def _write(analysis: Analysis, arguments: argparse.Namespace, console: Console) -> int:
    writers: tuple[tuple[Path | None, Callable[[Analysis], str]], ...] = (
        (arguments.html, page),
        (arguments.markdown, markdown),
        (arguments.junit, junit),
    )
    for file, write in writers:
        if file is None:
            continue
        try:
            file.write_text(write(analysis), encoding="utf-8")
        except OSError as error:
            console.print(f"[bold red]error[/]: {escape(str(error))}", highlight=False, soft_wrap=True)
            return 2
    return 0
