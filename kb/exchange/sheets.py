"""Entries as rows of a sheet, CSV or XLSX: one row an entry, each language in columns of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kb.content import LANGUAGES, EntryContent, Lang
from kb.exchange.cells import (
    LONGEST_CELL,
    Kind,
    Line,
    Unfit,
    Unreadable,
    Value,
    Written,
    is_blank,
    read_cell,
    write_cell,
)
from kb.exchange.csv_table import read_table, write_table
from kb.exchange.imported import MAX_ROWS, Location, Row, checked, readable_id, shortened
from kb.exchange.sentences import said
from kb.exchange.workbook_reader import read_workbook
from kb.exchange.workbook_writer import Heading, fits_a_cell, write_workbook
from kit.errors import InvalidRequest
from kit.sentences import Bilingual, alike, chosen, listed


@dataclass(frozen=True)
class Column:
    """A column of a sheet: the field of an entry, or of its variant in a language."""

    field: str
    kind: Kind
    width: int
    language: Lang | None = None
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it stands in the header."""
        return f"{self.language}_{self.field}" if self.language else self.field

    def of(self, entry: EntryContent) -> Any:
        """What an entry has here; None where it lacks the language, or has no answer."""
        if self.language is None:
            return getattr(entry, self.field)
        value = getattr(entry.variants.get(self.language), self.field, None)
        return value or None if self.field == "answer" else value


_OF_A_LANGUAGE: tuple[tuple[str, Kind, int], ...] = (
    ("question", "text", 40),
    ("similar", "lines", 50),
    ("answer", "text", 70),
    ("risk", "text", 40),
)
COLUMNS: tuple[Column, ...] = (
    Column("id", "text", 28),
    Column("scenario", "text", 20),
    Column("audience", "choice", 11, choices=("all", "personal", "corporate")),
    Column("risk_class", "choice", 11, choices=("none", "product")),
    Column("featured", "flag", 10, choices=("TRUE", "FALSE")),
    Column("updated", "date", 12),
    Column("valid_from", "date", 12),
    Column("valid_to", "date", 12),
    Column("related", "ids", 28),
    *(Column(field, kind, width, language) for language in LANGUAGES for field, kind, width in _OF_A_LANGUAGE),
)
_BY_NAME = {column.name: column for column in COLUMNS}
_REQUIRED = ("id", "scenario")
_QUESTIONS = tuple(f"{language}_question" for language in LANGUAGES)
_HEADINGS = [
    Heading(column.name, column.width, column.choices, verbatim=column.name in ("id", "scenario", "related"))
    for column in COLUMNS
]


# ── the public functions ──────────────────────────────────────────────────────────────────────────────────────────


def read_xlsx(content: bytes) -> list[Row]:
    """The rows of the first visible sheet of a workbook."""
    return _rows(read_workbook(content))


def read_csv(content: bytes) -> list[Row]:
    """The rows of a CSV file, as Excel counts them; in UTF-8, GB 18030 or, with its mark, UTF-16."""
    return _rows(read_table(content))


def write_xlsx(entries: Sequence[EntryContent]) -> bytes:
    """A workbook for Excel. Texts that look like formulas are marked as text."""
    return write_workbook(_HEADINGS, [_cells(entry) for entry in entries])


def write_csv(entries: Sequence[EntryContent]) -> bytes:
    """A CSV file in UTF-8 with a mark. Texts that look like formulas have an apostrophe before them."""
    return write_table([[column.name for column in COLUMNS], *map(_cells, entries)])


# ── an entry as cells ─────────────────────────────────────────────────────────────────────────────────────────────


def _cells(entry: EntryContent) -> list[Written]:
    cells = [write_cell(column.kind, column.of(entry)) for column in COLUMNS]
    for column, value in zip(COLUMNS, cells, strict=True):
        if isinstance(value, str) and not fits_a_cell(value):
            raise InvalidRequest(said("export_cell_too_long", field=column.name, entry=entry.id, most=LONGEST_CELL))
    return cells


# ── cells as an entry ─────────────────────────────────────────────────────────────────────────────────────────────


def _rows(lines: Iterable[Line]) -> list[Row]:
    """The rows under the first one that holds anything, which is the header."""
    written = ((number, cells) for number, cells in lines if not all(map(is_blank, cells.values())))
    header = next(written, None)
    if header is None:
        raise InvalidRequest(said("header_absent", columns=listed(_BY_NAME)))
    names = _names(header[1])
    rows: list[Row] = []
    for number, cells in written:
        if len(rows) == MAX_ROWS:
            raise InvalidRequest(said("too_many_rows", most=MAX_ROWS))
        rows.append(_row(number, cells, names))
    return rows


def _names(header: dict[int, Value]) -> dict[int, str]:
    """The column names of a sheet by their place, known ones as they are in ``COLUMNS``."""
    names: dict[int, str] = {}
    for at, value in header.items():
        if isinstance(value, Unreadable):
            raise InvalidRequest(said("header_unreadable", problem=value.problem))
        typed = str(value).strip()
        plain = re.sub(r"[\s_-]+", "_", typed.lower())
        if plain in names.values():
            raise InvalidRequest(said("column_repeated", field=plain))
        if typed:
            names[at] = plain if plain in _BY_NAME else shortened(typed)
    missing = [alike(name) for name in _REQUIRED if name not in names.values()]
    if not any(name in names.values() for name in _QUESTIONS):
        missing.append(chosen(_QUESTIONS))
    if missing:
        raise InvalidRequest(said("header_short", columns=listed(missing)))
    return names


def _row(number: int, cells: dict[int, Value], names: dict[int, str]) -> Row:
    values: dict[str, Any] = {}
    variants: dict[str, dict[str, Any]] = {}
    problem: tuple[str | None, Bilingual] | None = None
    for at, cell in cells.items():
        name = names.get(at)
        column = _BY_NAME.get(name or "")
        if isinstance(cell, Unreadable):
            problem = problem or (name, cell.problem)
        elif column is None and not is_blank(cell):
            problem = problem or (name, _unknown(at, name))
        elif column is not None and not is_blank(cell):
            try:
                value = read_cell(column.kind, cell)
            except Unfit as unfit:
                problem = problem or (name, said(unfit.key, field=name))
            else:
                owner = variants.setdefault(column.language, {}) if column.language else values
                owner[column.field] = value
    if problem:
        return Row(number, None, readable_id(values), *problem)
    return checked(number, {**values, "variants": variants}, _name)


def _unknown(at: int, name: str | None) -> Bilingual:
    if name is None:
        return said("column_unnamed", number=at + 1)
    return said("column_unknown", field=name)


def _name(place: Location) -> str:
    """The column of a place in an entry's values."""
    if place[0] != "variants":
        return str(place[0])
    language, field = (*place[1:3], *(LANGUAGES[0], "question")[len(place) - 1 :])[:2]
    return f"{language}_{field}"
