"""Import and export of entries as files: what each format is, what a file holds, and what would become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from kb.content import EntryContent
from kb.exchange.documents import read_jsonl, read_yaml, write_jsonl, write_yaml
from kb.exchange.imported import MAX_BYTES, MAX_ROWS, Row
from kb.exchange.sheets import read_csv, read_xlsx, write_csv, write_xlsx
from kit.errors import InvalidRequest

__all__ = ["FORMATS", "MAX_BYTES", "MAX_ROWS", "Fate", "Format", "Row", "fates", "read", "write"]


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
        raise InvalidRequest("The file is larger than 50 MB. Split it into several files.")
    if not content.strip():
        raise InvalidRequest("The file is empty. Choose a file with entries.")
    _check_content(form, content)
    return _unique(form, form.read(content))


def write(format: str, entries: Sequence[EntryContent]) -> bytes:
    """A file of entries that ``read`` gives back as they are.

    Raises:
        InvalidRequest: there is no such format, it cannot hold an entry, or the file would be too large to be read.
    """
    form = FORMATS.get(format)
    if form is None:
        raise InvalidRequest(f"There is no format '{format}'. Choose one of {', '.join(FORMATS)}.")
    if len(entries) > MAX_ROWS:
        raise InvalidRequest(f"There are more than {MAX_ROWS:,} entries. Export them in several files.")
    content = form.write(entries)
    if len(content) > MAX_BYTES:
        raise InvalidRequest("The file would be larger than 50 MB. Export the entries in several files.")
    return content


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
    endings = ", ".join(form.suffixes[0] for form in FORMATS.values())
    if suffix in (".xls", ".xlsm", ".xlsb", ".ods", ".et"):
        raise InvalidRequest(f"A {suffix} file is not read. Open it and save it as an Excel workbook (.xlsx).")
    raise InvalidRequest(f"The file's name does not say what it is. It must end with one of {endings}.")


def _check_content(form: Format, content: bytes) -> None:
    """Refuse a file that by its first bytes is not what its name says."""
    if content.startswith(_OLD_OFFICE):
        raise InvalidRequest(
            "The file is an old Excel workbook, or has a password. Open it in Excel and save it as .xlsx without one."
        )
    if form.name == "xlsx":
        if not content.startswith(_ZIP):
            raise InvalidRequest(
                "The file is no Excel workbook, whatever its name. Open it in Excel and save it as .xlsx."
            )
    elif content.startswith(_ZIP):
        raise InvalidRequest("The file is an Excel workbook or an archive. If it is a workbook, name it .xlsx.")


def _unique(form: Format, rows: list[Row]) -> list[Row]:
    """The rows, each id's second and further ones refused."""
    first: dict[str, int] = {}
    found: list[Row] = []
    for row in rows:
        if row.entry_id is None or first.setdefault(row.entry_id, row.number) == row.number:
            found.append(row)
        else:
            problem = (
                f"The id '{row.entry_id}' is already in {form.counted_in} {first[row.entry_id]}; "
                "take one of the two out, or give it an id of its own."
            )
            found.append(Row(row.number, None, row.entry_id, "id", problem))
    return found
