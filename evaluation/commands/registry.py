"""Every command of ``python -m evaluation`` that is no suite of questions. A new one is one line here."""

from __future__ import annotations

import argparse
from typing import Protocol

from rich.console import Console

from evaluation.commands import ablation, compare, data, emotion, outcomes, shopper, traffic
from kit.settings import Settings


class Command(Protocol):
    """A command that is no suite of questions."""

    @property
    def name(self) -> str:
        """What is typed."""
        ...

    @property
    def help(self) -> str:
        """Its line in ``--help``."""
        ...

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Its options."""
        ...

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Do it; returns the exit code."""
        ...


COMMANDS: tuple[Command, ...] = (
    ablation.COMMAND,
    compare.COMMAND,
    data.IMPORT,
    data.SPLIT,
    data.PAIRS,
    traffic.SAMPLES,
    traffic.LABELS,
    traffic.PERIODS,
    shopper.COMMAND,
    outcomes.COMMAND,
    emotion.COMMAND,
)
