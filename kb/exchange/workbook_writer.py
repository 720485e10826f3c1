"""Workbooks for Excel, written by openpyxl."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl carries no types
from openpyxl.cell import Cell  # type: ignore[import-untyped]  # see above
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]  # see above
from openpyxl.styles.cell_style import StyleArray  # type: ignore[import-untyped]  # see above
from openpyxl.styles.numbers import (  # type: ignore[import-untyped]  # see above
    FORMAT_DATE_YYYYMMDD2,
    FORMAT_GENERAL,
    FORMAT_TEXT,
)
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # see above
from openpyxl.worksheet._write_only import WriteOnlyWorksheet  # type: ignore[import-untyped]  # see above
from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]  # see above

from kb.exchange.cells import LONGEST_CELL, Written, could_be_evaluated, excel_length
from kb.exchange.imported import MAX_BYTES, MAX_ROWS
from kb.exchange.sentences import said
from kit.errors import InvalidRequest

_SHEET_TITLE = "entries"
# Excel reads _x000D_ as a character; its first underscore is written as one, _x005F_, where the text means itself.
_TO_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Heading:
    """A column of a sheet.

    Args:
        name: in the first row.
        width: in characters.
        choices: of which a cell holds one; none where it may hold anything.
        verbatim: whether what is typed stays text, also where it looks like a number or a date.
    """

    name: str
    width: int
    choices: tuple[str, ...] = ()
    verbatim: bool = False


def fits_a_cell(text: str) -> bool:
    """Whether Excel keeps the whole text in one cell."""
    return excel_length(_escaped(text)) <= LONGEST_CELL


def write_workbook(headings: Sequence[Heading], rows: Sequence[Sequence[Written]]) -> bytes:
    """A workbook with one sheet: the header is bold and stays in sight, texts are wrapped and are never formulas.

    Args:
        headings: of the columns.
        rows: one value a column; texts fit a cell and have no characters that XML has not.

    Raises:
        InvalidRequest: it would be larger than what is read.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET_TITLE)
    sheet.freeze_panes = "B2"
    for number, heading in enumerate(headings, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = heading.width
        if heading.verbatim:
            sheet.column_dimensions[letter].number_format = FORMAT_TEXT
        if heading.choices:
            listed = DataValidation(
                "list", formula1=f'"{",".join(heading.choices)}"', allow_blank=True, showErrorMessage=True
            )
            listed.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
            sheet.data_validations.append(listed)
    sheet.append([_header_cell(sheet, heading.name) for heading in headings])
    make = _Cells(sheet)
    for row in rows:
        sheet.append([make.cell(value, heading) for value, heading in zip(row, headings, strict=True)])
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_BYTES:
            raise InvalidRequest(said("export_workbook_too_large"))
    return buffer.getvalue()


class _Cells:
    """Cells in the few styles of a sheet, each made once: openpyxl looks a style up slowly."""

    def __init__(self, sheet: WriteOnlyWorksheet) -> None:
        self._sheet = sheet
        self._styles = {
            (verbatim, quoted): self._style(FORMAT_TEXT if verbatim else FORMAT_GENERAL, quoted)
            for verbatim in (False, True)
            for quoted in (False, True)
        }
        self._dates = self._style(FORMAT_DATE_YYYYMMDD2, False)

    def _style(self, shown: str, quoted: bool) -> StyleArray:
        cell = Cell(self._sheet, 1, 1)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.number_format = shown
        cell.quotePrefix = quoted
        return cell._style

    def cell(self, value: Written, heading: Heading) -> Cell | None:
        """A value's cell; none for an empty one."""
        if value is None or value == "":
            return None
        if isinstance(value, str):
            style = self._styles[heading.verbatim, could_be_evaluated(value)]
            cell = Cell(self._sheet, 1, 1, value=_escaped(value), style_array=style)
            cell.data_type = "s"  # whatever it looks like
            return cell
        style = self._styles[False, False] if isinstance(value, bool) else self._dates
        return Cell(self._sheet, 1, 1, value=value, style_array=style)


def _header_cell(sheet: WriteOnlyWorksheet, name: str) -> Cell:
    cell = Cell(sheet, 1, 1, value=name)
    cell.font = Font(name="Calibri", size=11, bold=True)
    return cell


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub("_x005F_", text)
