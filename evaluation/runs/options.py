"""The options that every run has."""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluation.metrics.score import SEED


def run_options() -> argparse.ArgumentParser:
    """A parent for the parsers of commands that make a run."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--run", help="name of the run; one that was begun goes on; default: date, time and command")
    parser.add_argument("--seed", type=int, default=SEED, help="of everything that is drawn at random")
    parser.add_argument("--sample", type=int, help="ask only so many cases of each suite, drawn by the seed")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--junit", type=Path, help="write a JUnit file: a test case a question, a suite a gate")
    parser.add_argument("--html", type=Path, help="write the report, one HTML file that needs nothing else")
    parser.add_argument("--markdown", type=Path, help="write a summary for a pull request")
    parser.add_argument(
        "--fail-under",
        action="append",
        default=[],
        metavar="METRIC=VALUE",
        help="exit with 1 when the metric is below; may be repeated",
    )
    parser.add_argument(
        "--fail-over",
        action="append",
        default=[],
        metavar="METRIC=VALUE",
        help="exit with 1 when the metric is above; may be repeated",
    )
    parser.add_argument("--no-worse-than", metavar="RUN", help="exit with 1 when a paired test finds this run worse")
    parser.add_argument(
        "--data-changed",
        action="store_true",
        help="pass the gate though questions of that run were removed, or have another text or label",
    )
    return parser
