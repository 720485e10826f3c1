"""Import and export of entries as files: what each format is, what a file holds, and what would become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from kb.content import EntryContent
from kb.exchange.documents import read_jsonl, read_yaml, write_jsonl, write_yaml
from kb.exchange.imported import MAX_BYTES, MAX_ROWS, Row
from kb.exchange.sentences import said
from kb.exchange.sheets import read_csv, read_xlsx, write_csv, write_xlsx
from kit.errors import InvalidRequest
from kit.sentences import listed

__all__ = ["FORMATS", "MAX_BYTES", "MAX_ROWS", "Fate", "Format", "Row", "fates", "format_named", "read", "write"]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Args:
        name: as a caller asks for it.
        suffixes: of file names, the first for new files.
        media_type: for HTTP.
        counted_in: what ``Row.number`` counts.
        read: the rows of a file that is no larger than ``MAX_BYTES``.
        write: a file of entries.
    """

    name: str
    suffixes: tuple[str, ...]
    media_type: str
    counted_in: Literal["row", "line"]
    read: Callable[[bytes], list[Row]]
    write: Callable[[Sequence[EntryContent]], bytes]


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Format("yaml", (".yml", ".yaml"), "application/yaml", "line", read_yaml, write_yaml),
        Format("csv", (".csv",), "text/csv; charset=utf-8", "row", read_csv, write_csv),
        Format("xlsx", (".xlsx",), _XLSX, "row", read_xlsx, write_xlsx),
        Format("jsonl", (".jsonl",), "application/x-ndjson", "line", read_jsonl, write_jsonl),
    )
}

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook behind a password
_ZIP = b"PK"


@dataclass(frozen=True)
class Fate:
    """What would become of a row."""

    row: Row
    fate: Literal["new", "changed", "same", "refused"]


def read(name: str, content: bytes) -> list[Row]:
    """The rows of a file; one that cannot be used says why, and leaves the others as they are.

    Args:
        name: of the file; its ending says the format.
        content: of the file.

    Raises:
        InvalidRequest: it is no file of that format, or too large; the message says what to do.
    """
    form = _format_of(name)
    if len(content) > MAX_BYTES:
        raise InvalidRequest(said("file_too_large"))
    if not content.strip():
        raise InvalidRequest(said("file_empty"))
    _check_content(form, content)
    return _unique(form, form.read(content))


def write(format: str, entries: Sequence[EntryContent]) -> bytes:
    """A file of entries that ``read`` gives back as they are.

    Raises:
        InvalidRequest: there is no such format, it cannot hold an entry, or the file would be too large to be read.
    """
    form = format_named(format)
    if len(entries) > MAX_ROWS:
        raise InvalidRequest(said("export_too_many", most=MAX_ROWS))
    content = form.write(entries)
    if len(content) > MAX_BYTES:
        raise InvalidRequest(said("export_too_large"))
    return content


def format_named(name: str) -> Format:
    """The format that a caller asks for.

    Raises:
        InvalidRequest: there is none of that name.
    """
    if name not in FORMATS:
        raise InvalidRequest(said("format_unknown", format=name, formats=listed(FORMATS)))
    return FORMATS[name]


def fates(rows: Sequence[Row], known: Mapping[str, EntryContent]) -> list[Fate]:
    """What would become of each row.

    Args:
        rows: of a file.
        known: entries that there are, by id.
    """
    return [Fate(row, _fate(row, known)) for row in rows]


def _fate(row: Row, known: Mapping[str, EntryContent]) -> Literal["new", "changed", "same", "refused"]:
    if row.entry is None:
        return "refused"
    before = known.get(row.entry.id)
    if before is None:
        return "new"
    return "same" if before == row.entry else "changed"


def _format_of(name: str) -> Format:
    suffix = PurePath(name).suffix.lower()
    for form in FORMATS.values():
        if suffix in form.suffixes:
            return form
    if suffix in (".xls", ".xlsm", ".xlsb", ".ods", ".et"):
        raise InvalidRequest(said("ending_old", ending=suffix))
    endings = listed(form.suffixes[0] for form in FORMATS.values())
    raise InvalidRequest(said("ending_unknown", endings=endings))


def _check_content(form: Format, content: bytes) -> None:
    """Refuse a file that by its first bytes is not what its name says."""
    if content.startswith(_OLD_OFFICE):
        raise InvalidRequest(said("workbook_old"))
    if form.name == "xlsx":
        if not content.startswith(_ZIP):
            raise InvalidRequest(said("workbook_not"))
    elif content.startswith(_ZIP):
        raise InvalidRequest(said("workbook_misnamed"))


def _unique(form: Format, rows: list[Row]) -> list[Row]:
    """The rows, each id's second and further ones refused."""
    first: dict[str, int] = {}
    found: list[Row] = []
    for row in rows:
        if row.entry_id is None or first.setdefault(row.entry_id, row.number) == row.number:
            found.append(row)
        else:
            at = first[row.entry_id]
            place = said("in_row", number=at) if form.counted_in == "row" else said("in_line", number=at)
            problem = said("id_repeated", id=row.entry_id, place=place)
            found.append(Row(row.number, None, row.entry_id, "id", problem))
    return found
