"""``import``, ``split`` and ``pairs``: data sets from spreadsheets, in two sides, and from translations."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from evaluation.datasets import DatasetError, rows_of
from evaluation.importing import read_sheet, write_questions
from evaluation.metrics.score import SEED
from evaluation.pairs import read_pairs
from evaluation.splitting import split
from kit.settings import Settings


@dataclass(frozen=True)
class ImportCommand:
    """Reads a CSV or XLSX file of questions."""

    name: str = "import"
    help: str = "questions of a CSV or XLSX file as JSON Lines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """From and to."""
        parser.add_argument("sheet", type=Path, help="the CSV or XLSX file")
        parser.add_argument("--out", type=Path, required=True, help="the file to write")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Write all questions, or none."""
        questions = read_sheet(arguments.sheet)
        _write(questions, arguments.out)
        console.print(f"{len(questions)} questions in {escape(str(arguments.out))}", soft_wrap=True)
        return 0


@dataclass(frozen=True)
class SplitCommand:
    """Splits a file of questions by entries."""

    name: str = "split"
    help: str = "a file of questions in two, an entry's questions on one side"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """From, to, how much, and the seed."""
        parser.add_argument("questions", type=Path, help="a file of questions in JSON Lines")
        parser.add_argument("--development", type=Path, required=True, help="the file of the one side")
        parser.add_argument("--test", type=Path, required=True, help="the file of the other side")
        parser.add_argument("--test-share", type=float, default=0.5, help="share of the questions; default: 0.5")
        parser.add_argument("--seed", type=int, default=SEED, help="of the drawing")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Write both sides."""
        if not 0 < arguments.test_share < 1:
            raise DatasetError("--test-share must be between 0 and 1.")
        sides = split([row for _, row in rows_of(arguments.questions)], arguments.test_share, arguments.seed)
        _write(sides.development, arguments.development)
        _write(sides.test, arguments.test)
        console.print(json.dumps({"development": len(sides.development), "test": len(sides.test)}))
        return 0


@dataclass(frozen=True)
class PairsCommand:
    """Makes a knowledge base and its questions from translated pairs."""

    name: str = "pairs"
    help: str = "translated pairs as a knowledge base in the one language and questions in the other"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """From, to, which side asks, and how many."""
        parser.add_argument("pairs", type=Path, help="a file of pairs in JSON Lines")
        parser.add_argument(
            "--asked-in", choices=("zh", "en"), default="zh", help="language of the questions; default: zh"
        )
        parser.add_argument("--limit", type=int, help="only the first so many")
        parser.add_argument("--kb", type=Path, required=True, help="the file of entries to write")
        parser.add_argument("--queries", type=Path, required=True, help="the file of questions to write")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Write both files."""
        translated = read_pairs(arguments.pairs, arguments.asked_in, arguments.limit)
        _write(translated.entries, arguments.kb)
        _write(translated.queries, arguments.queries)
        console.print(f"{len(translated.entries)} entries and as many questions")
        return 0


IMPORT, SPLIT, PAIRS = ImportCommand(), SplitCommand(), PairsCommand()


def _write(questions: Sequence[dict[str, Any]], path: Path) -> None:
    try:
        write_questions(questions, path)
    except OSError as error:
        raise DatasetError(f"{path} cannot be written: {error.strerror or error}") from error
