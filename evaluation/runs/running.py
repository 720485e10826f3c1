"""A run: the suites one after another, each question once, gone on with where it was left."""

from __future__ import annotations

import argparse
import asyncio
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from evaluation.datasets import DatasetError
from evaluation.runs import provenance, store
from evaluation.suite import Prepared, Row, Suite
from kb.content import EntryContent
from kit.settings import Settings

RUN_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")


@dataclass(frozen=True)
class Finished:
    """A run with all its rows, and of each suite its figures as plain values, and the ids of all its data."""

    run: store.StoredRun
    figures: dict[str, dict[str, Any]]
    cases: dict[str, frozenset[str]]


def run(suites: Sequence[Suite], arguments: argparse.Namespace, settings: Settings, console: Console) -> Finished:
    """Prepare all suites first, so that bad input costs no time, then ask what the run's folder has no whole row of.

    Raises:
        DatasetError: a file cannot be used, or the run was begun with something else.
    """
    prepared = {suite.name: suite.prepare(arguments, settings) for suite in suites}
    wanted = {name: _drawn(each.cases, arguments.sample, arguments.seed) for name, each in prepared.items()}
    entries = _entries(list(prepared.values()))
    manifest = _manifest(prepared, wanted, entries, arguments, settings)
    folder = store.runs_folder(settings) / _run_id(arguments.run, suites)
    known = store.open_run(folder, manifest, entries)
    figures: dict[str, dict[str, Any]] = {}
    with _progress(console) as add:
        bars = {name: add(name, len(cases)) for name, cases in wanted.items()}
        for suite in suites:
            cases = wanted[suite.name]
            rows = {row.id: row for row in known if row.suite == suite.name and row.id in cases}
            missing = frozenset(case for case in cases if case not in rows or rows[case].is_broken)
            bars[suite.name](len(cases) - len(missing))
            extra = _ask(prepared[suite.name], missing, rows, folder, bars[suite.name])
            extra = store.keep_figures(folder, suite.name, extra)
            figures[suite.name] = prepared[suite.name].figures([rows[case] for case in cases if case in rows], extra)
    data = {name: frozenset(each.cases) for name, each in prepared.items()}
    return Finished(store.read_run(settings, str(folder)), figures, data)


def _ask(
    prepared: Prepared, missing: frozenset[str], rows: dict[str, Row], folder: Path, advance: Callable[[int], None]
) -> dict[str, Any]:
    def keep(row: Row) -> None:
        store.keep(folder, row)
        rows[row.id] = row
        advance(1)

    return asyncio.run(prepared.ask(missing, keep)) if missing else {}  # type: ignore[arg-type]


def _drawn(cases: Sequence[str], sample: int | None, seed: int) -> list[str]:
    if sample is None or sample >= len(cases):
        return list(cases)
    chosen = set(random.Random(seed).sample(list(cases), sample))  # noqa: S311 - a sample, not a secret
    return [case for case in cases if case in chosen]


def _entries(prepared: Sequence[Prepared]) -> Sequence[EntryContent]:
    with_entries = [each.entries for each in prepared if each.entries]
    return with_entries[0] if with_entries else ()


def _manifest(
    prepared: Mapping[str, Prepared],
    wanted: Mapping[str, Sequence[str]],
    entries: Sequence[EntryContent],
    arguments: argparse.Namespace,
    settings: Settings,
) -> dict[str, Any]:
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": provenance.code_version(),
        "knowledge": {"hash": provenance.content_hash(entries), "entries": len(entries)},
        "encoder": provenance.encoder_name(settings),
        "settings": provenance.plain_settings(settings),
        "data": {name: dict(each.data) for name, each in prepared.items()},
        "systems": {name: dict(each.system) for name, each in prepared.items() if each.system},
        "cases": {name: len(cases) for name, cases in wanted.items()},
        "seed": arguments.seed,
        "sample": arguments.sample,
    }


def _run_id(named: str | None, suites: Sequence[Suite]) -> str:
    if named is None:
        what = suites[0].name if len(suites) == 1 else "all"
        return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{what}"
    if not RUN_ID.fullmatch(named):
        raise DatasetError("--run must be letters, digits, '.', '_' and '-', and begin with a letter or digit.")
    return named


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """A bar for each suite on a terminal, nothing elsewhere."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def add(name: str, total: int) -> Callable[[int], None]:
            task = progress.add_task(name, total=total)
            return lambda steps: progress.advance(task, steps)

        yield add
