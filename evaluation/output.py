"""Where the figures of a run go: to standard output, or to a file; and texts for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape


def put_out(figures: Any, file: Path | None, console: Console) -> int:
    """Write plain values as JSON to ``file``, or to standard output; returns the exit code.

    Figures that a file cannot take go to standard output after all, and the code is 2: they may have taken hours.
    """
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    if file is None:
        print(text)
        return 0
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        print(text)
        console.print(f"[bold red]error[/]: {escape(str(error))}; the figures are above", soft_wrap=True)
        return 2
    return 0


def write_text(text: str, file: Path, console: Console) -> int:
    """Write a text for people to ``file``; returns the exit code, 2 where the file cannot take it."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        console.print(f"[bold red]error[/]: {escape(str(error))}", soft_wrap=True)
        return 2
    return 0
