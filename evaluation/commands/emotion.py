"""``emotion``: anger where people read it, and none in plain questions."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from evaluation import emotion
from evaluation.datasets import read_felt_texts, read_texts
from evaluation.output import put_out
from kit.settings import Settings


@dataclass(frozen=True)
class EmotionCommand:
    """Measures the signals of emotions alone, without the bot."""

    name: str = "emotion"
    help: str = "anger where people read it, and none in plain questions"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Texts with emotions, and questions without."""
        parser.add_argument("--felt", type=Path, action="append", default=[], help="texts with their emotions")
        parser.add_argument("--questions", type=Path, action="append", default=[], help="questions without any")
        parser.add_argument("--json", type=Path, help="write the figures to this file")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Read the files and measure each."""
        felt = {path.stem: read_felt_texts(path) for path in arguments.felt}
        questions = {path.stem: read_texts(path) for path in arguments.questions}
        return put_out(emotion.run(felt, questions, settings), arguments.json, console)


COMMAND = EmotionCommand()
