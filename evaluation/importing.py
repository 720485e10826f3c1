"""Questions from spreadsheets: CSV and XLSX become the JSON Lines that the evaluation reads, or are refused by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl carries no types
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]  # openpyxl carries no types

from evaluation.datasets import DatasetError

COLUMNS = ("id", "text", "language", "entry_id", "slice")
NEEDED = ("text", "entry_id")


def read_sheet(path: Path) -> list[dict[str, Any]]:
    """Questions of a CSV (UTF-8, with or without a mark) or XLSX file; its first row names the columns.

    ``text`` and ``entry_id`` are needed; an empty ``entry_id`` says that no entry answers. A row without ``id`` gets
    one of its number. Other columns than `COLUMNS` are refused, because a misspelt one would silently be lost; so are
    cells under no column, because a text with a comma and without quotes would silently be cut there.

    Raises:
        DatasetError: it cannot be read, or a row is not a question; the message names the row.
    """
    rows = list(_xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path))
    if not rows:
        raise DatasetError(f"{path} is empty: its first row must name the columns {', '.join(COLUMNS)}")
    head = [str(cell or "").strip() for cell in rows[0]]
    if unknown := [name for name in head if name and name not in COLUMNS]:
        raise DatasetError(f"{path}, row 1: unknown column {', '.join(unknown)}; known: {', '.join(COLUMNS)}")
    if missing := [name for name in NEEDED if name not in head]:
        raise DatasetError(f"{path}, row 1: the column {', '.join(missing)} is missing")
    questions: list[dict[str, Any]] = []
    for number, row in enumerate(rows[1:], start=2):
        values = [_cell(value) for value in row]
        if any(values):
            questions.append(_question(_named(head, values, f"{path}, row {number}"), number, path))
    if not questions:
        raise DatasetError(f"{path} has no question below its first row")
    return questions


def write_questions(questions: Sequence[dict[str, Any]], path: Path) -> None:
    """Write questions as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in questions), encoding="utf-8")


def _named(head: Sequence[str], values: Sequence[str], where: str) -> dict[str, str]:
    """The cells of a row by their columns."""
    named = list(zip_longest(head[: len(values)], values, fillvalue=""))
    if homeless := [value for name, value in named if value and not name]:
        raise DatasetError(
            f"{where}: {homeless[0]!r} stands under no column. Put a text with a comma in quotes, or name the column."
        )
    cells = {name: value for name, value in named if name}
    if missing := [name for name in NEEDED if name not in cells]:
        raise DatasetError(f"{where}: the cell of {', '.join(missing)} is missing; leave it empty where there is none")
    return cells


def _question(cells: dict[str, str], number: int, path: Path) -> dict[str, Any]:
    if not cells["text"]:
        raise DatasetError(f"{path}, row {number}: 'text' is empty")
    question: dict[str, Any] = {"id": cells.get("id") or f"{path.stem}-{number}", "text": cells["text"]}
    question |= {name: cells[name] for name in ("language", "slice") if cells.get(name)}
    return {**question, "entry_id": cells["entry_id"] or None}


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a spreadsheet holds the id 12 as 12.0
    return "" if value is None else str(value).strip()


def _csv(path: Path) -> Iterator[Sequence[Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not UTF-8. Save it as 'CSV UTF-8'.") from error
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise DatasetError(f"{path}: not valid CSV: {error}") from error


def _xlsx(path: Path) -> Iterator[Sequence[Any]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}") from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
        raise DatasetError(f"{path}: not an XLSX file: {error}") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        yield (head := next(rows, ()))
        for row in rows:
            yield row + (None,) * (len(head) - len(row))  # some files leave out the empty cells at a row's end
    finally:
        book.close()
