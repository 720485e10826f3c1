"""A suite without a system behind it, so that a run is about running and judging alone."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evaluation.commands.channel import SUITE as CHANNEL
from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score
from evaluation.runs import judged
from evaluation.runs.options import run_options
from evaluation.suite import Keep, Prepared, Row
from kit.settings import Settings

IDS = tuple(f"g{number}" for number in range(10))
Judge = Callable[..., tuple[int, dict[str, Any]]]
Conditions = Callable[[dict[str, Any]], dict[str, bool]]


def visit(case: str, *, broken: bool = False, seconds: float | None = 1.0, **facts: Any) -> Row:
    """A row of ``channel``: a customer who was helped, or whose channel failed."""
    measured = MeasuredConversation(
        case, not broken, answered=not broken, last_answer_right=None if broken else True, needs_human=False,
        broken=broken, first_response_seconds=None if broken else seconds, **facts,
    )  # fmt: skip
    failure = "broken" if broken else None
    details = {"measured": vars(measured), "failure": failure, "visit": {}}
    return Row("channel", case, "q", "en", "cards", "plain", "a", "a", failure is None, details=details)


@dataclass
class Visits:
    """The suite ``channel``, with what comes of each goal written down beforehand."""

    cases: Sequence[str] = IDS
    broken: frozenset[str] = frozenset()
    asked: list[frozenset[str]] = field(default_factory=list)
    name: str = "channel"
    help: str = ""
    in_all: bool = False

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """It has none."""

    def add_shared_options(self, parser: argparse.ArgumentParser) -> None:
        """It has none."""

    def prepare(self, arguments: argparse.Namespace, settings: Settings) -> Prepared:
        """The cases as they are."""

        async def ask(missing: frozenset[str], keep: Keep) -> dict[str, Any]:
            self.asked.append(missing)
            for case in self.cases:
                if case in missing:
                    keep(visit(case, broken=case in self.broken))
            return {}

        def figures(rows: Sequence[Row], extra: Mapping[str, Any]) -> dict[str, Any]:
            return {"n": len(rows)}

        return Prepared(self.cases, {"goals.yml": str(hash(tuple(self.cases)))}, (), ask, figures)

    def measure(self, rows: Sequence[Row]) -> dict[str, Score]:
        """Every metric of conversations."""
        return CHANNEL.measure(rows)


@pytest.fixture
def visits() -> Visits:
    return Visits()


@pytest.fixture
def judge(visits: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Runs the suite with options; the exit code, and the figures."""
    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path))

    def run(*options: str) -> tuple[int, dict[str, Any]]:
        out = tmp_path / "figures.json"
        arguments = run_options().parse_args([*options, "--json", str(out)])
        code = judged.run([visits], arguments, Settings(_env_file=None), Console(stderr=True))
        return code, json.loads(out.read_text(encoding="utf-8"))

    return run


@pytest.fixture
def conditions() -> Conditions:
    """The conditions of a gate, and whether each of them holds."""
    return lambda report: {each["name"]: each["passed"] for each in report["gate"]["conditions"]}
