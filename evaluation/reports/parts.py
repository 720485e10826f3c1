"""What each part of the search is worth, as tables: one for each file that was asked, and one of all parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.worth import Worth

WITHOUT = "without "
WORTH = "with it, beyond chance"
NOTHING = "–"


@dataclass(frozen=True)
class PartsTable:
    """A table for people: what it is about, its columns, and texts in its cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def parts_tables(report: dict[str, Any]) -> list[PartsTable]:
    """A table for each file, then what each part is worth over all of them."""
    return [*(_of_set(name, figures) for name, figures in report["sets"].items()), _of_parts(report)]


def markdown(tables: Sequence[PartsTable]) -> str:
    """The tables as Markdown."""
    lines: list[str] = []
    for table in tables:
        lines += [f"### {table.title}", "", _line(table.columns), _line(["---"] * len(table.columns))]
        lines += [*map(_line, table.rows), ""]
    return "\n".join(lines)


def _of_set(name: str, figures: dict[str, Any]) -> PartsTable:
    """A line a variant; a figure that no variant has is left out."""
    variants: dict[str, dict[str, Any]] = figures["variants"]
    shown = [
        figure
        for figure in next(iter(variants.values()))
        if figure != "worth" and any(variant[figure] is not None for variant in variants.values())
    ]
    rows = [
        (variant, *(_short(found[figure]) for figure in shown), _differences(_beyond_chance(found["worth"])))
        for variant, found in variants.items()
    ]
    return PartsTable(f"{name}: {figures['n']:,} cases", ("", *shown, WORTH), tuple(rows))


def _of_parts(report: dict[str, Any]) -> PartsTable:
    """A line a part: on which files it makes a figure better or worse, and what a search takes without it."""
    rows = []
    for variant, pooled in report["variants"].items():
        if not variant.startswith(WITHOUT):
            continue
        better, worse = [], []
        for name, figures in report["sets"].items():
            found = _beyond_chance(figures["variants"][variant]["worth"])
            better += [f"{_difference(each)} ({name})" for each in found if each.is_gain]
            worse += [f"{_difference(each)} ({name})" for each in found if each.is_loss]
        cells = ("; ".join(better) or NOTHING, "; ".join(worse) or NOTHING, _short(pooled["search_ms_ratio"]))
        rows.append((variant.removeprefix(WITHOUT), *cells))
    columns = ("part", "better with it", "worse with it", "time of a search without it, over that with everything")
    return PartsTable("All parts", columns, tuple(rows))


def _beyond_chance(found: Sequence[dict[str, Any]]) -> list[Worth]:
    return [each for each in (Worth(**one) for one in found) if each.is_gain or each.is_loss]


def _differences(found: Sequence[Worth]) -> str:
    return ", ".join(map(_difference, found)) or NOTHING


def _difference(worth: Worth) -> str:
    return f"{worth.figure} {worth.value:+.3f}"


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else NOTHING if value is None else str(value)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
