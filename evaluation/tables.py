"""The figures as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.reports.parts import PartsTable

# What a table by slice or language has room for; a command has those of them that it reports.
GROUP_FIGURES = (
    "n",
    "top1",
    "top1_alone",
    "top3",
    "coverage",
    "answered_precision",
    "false_answer_rate",
    "bent",
    "both_answered",
    "both_offered",
    "one_only",
    "split_wrongly",
)


def show(report: dict[str, Any], console: Console) -> None:
    """Print a report: its plain figures, then a table for each group of them."""
    table = Table("figure", "value")
    for name, value in report.items():
        if not isinstance(value, dict):
            table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
        elif not any(isinstance(inner, dict) for inner in value.values()):
            table.add_row(
                name,
                escape(", ".join(f"{key}: {_short(inner)}" for key, inner in value.items())),
            )
    console.print(table)
    for group in ("by_slice", "by_language"):
        if report.get(group):
            console.print(_rows(group, report[group], GROUP_FIGURES))


def _rows(title: str, members: dict[str, dict[str, Any]], figures: tuple[str, ...]) -> Table:
    present = [figure for figure in figures if any(figure in member for member in members.values())]
    table = Table()
    table.add_column(title, no_wrap=True)
    for figure in present:
        table.add_column(figure, overflow="fold")
    for name, member in members.items():
        table.add_row(escape(name), *(_short(member[figure]) for figure in present))
    return table


def show_parts(tables: Sequence[PartsTable], console: Console) -> None:
    """Print the tables of what each part is worth."""
    for each in tables:
        table = Table(title=escape(each.title), title_justify="left")
        for column, name in enumerate(each.columns):
            table.add_column(name, no_wrap=column == 0, overflow="fold")
        for row in each.rows:
            table.add_row(*map(escape, row))
        console.print(table)


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "–" if value is None else str(value)
