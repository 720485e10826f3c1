"""``compare``: what changed between two runs, question by question."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.commands.suites import SUITES
from evaluation.datasets import DatasetError
from evaluation.output import put_out
from evaluation.runs.comparing import Comparison, compare
from evaluation.runs.store import read_run
from kit.settings import Settings


@dataclass(frozen=True)
class CompareCommand:
    """Compares the suites that both runs have."""

    name: str = "compare"
    help: str = "what changed between two stored runs, question by question"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Two runs."""
        parser.add_argument("before", metavar="RUN_A", help="id or folder of the first run")
        parser.add_argument("after", metavar="RUN_B", help="id or folder of the second")
        parser.add_argument("--json", type=Path, help="write the comparison to this file")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Print the metrics that both have, and every question with another outcome."""
        before, after = read_run(settings, arguments.before), read_run(settings, arguments.after)
        seed = int(after.manifest["seed"])
        found = [
            compare(before, after, suite.name, suite.measure, seed=seed)
            for suite in SUITES
            if before.of(suite.name) and after.of(suite.name)
        ]
        if not found:
            raise DatasetError(f"{before.id} and {after.id} have no suite in common.")
        for comparison in found:
            _show(comparison, console)
        return put_out({item.suite: asdict(item) for item in found}, arguments.json, console)


COMMAND = CompareCommand()


def _show(comparison: Comparison, console: Console) -> None:
    table = Table(comparison.suite, "before", "after", "difference", "95 %", "lost", "won", "p", "verdict")
    for change in comparison.metrics:
        difference = change.difference
        table.add_row(
            change.metric,
            *("–" if value is None else f"{value:.4f}" for value in (change.before, change.after)),
            f"{difference.value:+.4f}" if difference else "–",
            f"{difference.interval.low:+.4f} – {difference.interval.high:+.4f}" if difference else "–",
            str(len(change.lost)),
            str(len(change.won)),
            "–" if change.p is None else f"{change.p:.4f}",
            change.verdict,
        )
    console.print(table)
    for kind, ids in (("removed", comparison.data.removed), ("another text or label", comparison.data.relabelled)):
        if ids:
            console.print(f"{len(ids)} questions {kind}: {escape(', '.join(ids))}", soft_wrap=True)
    for entry in comparison.knowledge:
        came = f" from {entry.other}" if entry.other else ""
        console.print(f"{entry.kind}: {escape(entry.entry_id)} {entry.language}{escape(came)}", soft_wrap=True)
    for question in comparison.questions:
        console.print(
            escape(f"{question.kind}: {question.id} {question.text!r}, expected {question.expected}: ")
            + escape(f"{question.before} -> {question.after}"),
            soft_wrap=True,
        )
