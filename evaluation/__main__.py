"""``python -m evaluation``: measure what Bilin answers and hands off. Its commands are in `evaluation.commands`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

import structlog
from rich.console import Console
from rich.markup import escape

from evaluation.commands.registry import COMMANDS
from evaluation.commands.suites import SUITES
from evaluation.runs import judged
from evaluation.runs.options import run_options
from kit.errors import BilinError
from kit.settings import Settings

ALL = "all"
console = Console(stderr=True)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation", description="Measure what Bilin answers and hands off."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for suite in SUITES:
        of_suite = commands.add_parser(suite.name, parents=[run_options()], help=suite.help)
        suite.add_shared_options(of_suite)
        suite.add_options(of_suite)
    # Where two suites share an option, the later one's text stands: they mean the same.
    together = commands.add_parser(
        ALL, parents=[run_options()], conflict_handler="resolve", help="every suite in one run, with one report"
    )
    for suite in SUITES:
        if suite.in_all:
            suite.add_shared_options(together)
    for command in COMMANDS:
        command.add_options(commands.add_parser(command.name, help=command.help))
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; figures go to standard output as JSON, tables to standard error.

    Returns:
        0; 1 when a gate is not passed; 2 when something cannot be used or written.
    """
    arguments = build_parser().parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = Settings()
    try:
        for command in COMMANDS:
            if command.name == arguments.command:
                return command.run(arguments, settings, console)
        chosen = [suite for suite in SUITES if suite.name == arguments.command]
        return judged.run(chosen or [suite for suite in SUITES if suite.in_all], arguments, settings, console)
    except BilinError as error:
        console.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2


if __name__ == "__main__":
    sys.exit(main())
