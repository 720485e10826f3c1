"""XLSX files read as rows of cells, from the parts that hold them and within limits.

openpyxl is not used for reading. Without further packages it accepts entity declarations, keeps whole rows of any size
in memory, takes the built-in date formats of a Chinese Excel for numbers, and mixes up underscores that Excel has
escaped.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from xml.parsers import expat

from openpyxl.styles.numbers import is_date_format  # type: ignore[import-untyped]  # openpyxl carries no types
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # see above
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel  # type: ignore[import-untyped]  # see above

from kb.exchange.cells import LONGEST_CELL, Line, Unreadable, Value, excel_length
from kb.exchange.imported import MAX_BYTES
from kb.exchange.sentences import said
from kit.errors import InvalidRequest

MAX_CELLS = 1_000_000

_DIGITS = 15  # of a number that Excel keeps
_GENERAL, _WHOLE, _TEXT = 0, 1, 49
_PLAIN_FORMATS = frozenset({_GENERAL, _WHOLE, _TEXT})
_PLAIN_CODE = re.compile(r"(?:general|G/通用格式|@|0)(?:_.)?(?:;|$)", re.IGNORECASE)
# 27-36 and 50-58 are the dates of Chinese, Japanese and Korean programs (ECMA-376 part 1, 18.8.30).
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")  # half of a surrogate pair is no character

_PARTS_OF_A_BOMB = 10_000


def read_workbook(content: bytes) -> list[Line]:
    """The rows of the first visible sheet that hold anything: number from 1, and the values by column from 0.

    Numbers come as the text that the cell shows, dates as dates. A formula is never evaluated: it is unreadable.

    Raises:
        InvalidRequest: it is no workbook, is damaged, declares entities, or is too large.
    """
    if content.count(b"PK\x01\x02") > _PARTS_OF_A_BOMB:
        raise InvalidRequest(said("workbook_too_large"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Package(archive).lines()
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError) as error:
        raise InvalidRequest(said("workbook_damaged")) from error
    except (RuntimeError, NotImplementedError, ValueError, LookupError, OverflowError) as error:
        raise InvalidRequest(said("workbook_damaged")) from error


class _Package:
    """The parts of a workbook, each read once, together within ``MAX_BYTES``."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MAX_BYTES

    def lines(self) -> list[Line]:
        """The rows of the first visible sheet."""
        main = "xl/workbook.xml"
        for target, kind in self._relations("").values():
            if kind == "officeDocument":
                main = target
        relations = self._relations(main)
        sheet, epoch = self._visible_sheet(main, relations)
        parts = {kind: target for target, kind in relations.values()}
        styles, strings = _Styles(), _Strings()
        if "styles" in parts:
            self._parse(parts["styles"], styles.start)
        if "sharedStrings" in parts:
            self._parse(parts["sharedStrings"], strings.start, strings.end, strings.text)
        reader = _Sheet(strings.found, styles.formats, epoch)
        self._parse(sheet, reader.start, reader.end, reader.text)
        return reader.lines()

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] = lambda name: None,
        text: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Hand the elements of a part over by their local names."""
        info = self._archive.getinfo(part)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(part)
        with self._archive.open(info) as stream:
            content = stream.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            raise InvalidRequest(said("workbook_too_large"))
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_entities
        parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
        parser.CharacterDataHandler = text
        parser.Parse(content, True)  # at once: expat 2.5 takes quadratic time over a long token in pieces

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id to target and kind of what a part refers to inside the file."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                found[attributes["Id"]] = (target.lstrip("/"), attributes["Type"].rpartition("/")[2])

        if path in self._archive.namelist():
            self._parse(path, start)
        return found

    def _visible_sheet(self, main: str, relations: dict[str, tuple[str, str]]) -> tuple[str, datetime]:
        """The part of the first sheet that is not hidden, and the day from which the workbook counts."""
        sheets: list[str] = []
        epoch: datetime = WINDOWS_EPOCH

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal epoch
            if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                epoch = MAC_EPOCH
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                target, kind = relations[relation]
                if kind == "worksheet":
                    sheets.append(target)

        self._parse(main, start)
        if not sheets:
            raise InvalidRequest(said("workbook_all_hidden"))
        return sheets[0], epoch


def _refuse_entities(*_: object) -> None:
    raise InvalidRequest(said("workbook_with_entities"))


class _Strings:
    """The texts of rich or plain strings, without the reading aids that stand beside them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._inside = False
        self._aid = False

    def start(self, name: str, _: dict[str, str]) -> None:
        if name in ("si", "is"):
            self._pieces = []
        elif name == "rPh":
            self._aid = True
        self._inside = name == "t" and not self._aid

    def text(self, text: str) -> None:
        if self._inside:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._inside = False
        if name in ("si", "is"):
            self.found.append(_unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._aid = False


class _Styles:
    """The number format of each cell style."""

    def __init__(self) -> None:
        self.formats: list[int | str] = []
        self._codes: dict[int, str] = {}
        self._of_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            self._of_cells = name == "cellXfs"
        elif name == "xf" and self._of_cells:
            number = int(attributes.get("numFmtId", "0"))
            self.formats.append(self._codes.get(number, number))


class _Sheet:
    """The cells of a sheet as plain values."""

    def __init__(self, strings: Sequence[str], formats: Sequence[int | str], epoch: datetime) -> None:
        self._strings = strings
        self._formats = formats
        self._epoch = epoch
        self._rows: dict[int, dict[int, Value]] = {}
        self._merged: list[str] = []
        self._row = self._column = self._cells = self._length = 0
        self._place = self._type = ""
        self._style = 0
        self._inside = self._formula = False
        self._pieces: list[str] = []
        self._inline = _Strings()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._column += 1
            if "r" in attributes:
                self._column, self._row = _position(attributes["r"])
            self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self._pieces, self._formula = [], False
            self._inline.found.clear()
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        elif name == "f":
            self._formula = True
        elif name == "mergeCell":
            self._merged.append(attributes["ref"])
        else:
            self._inside = name == "v"
            self._inline.start(name, attributes)

    def text(self, text: str) -> None:
        if self._inside:
            self._pieces.append(text)
        self._inline.text(text)

    def end(self, name: str) -> None:
        self._inside = False
        self._inline.end(name)
        if name != "c":
            return
        value = self._value("".join(self._pieces))
        if value == "":
            return
        self._cells += 1
        self._length += len(value) if isinstance(value, str) else 0
        if self._cells > MAX_CELLS or self._length > MAX_BYTES:
            raise InvalidRequest(said("workbook_too_large"))
        self._rows.setdefault(self._row, {})[self._column - 1] = value

    def _value(self, raw: str) -> Value:
        if self._formula:
            return Unreadable(said("cell_formula", cell=self._cell))
        if self._type == "inlineStr":
            raw = self._inline.found[-1] if self._inline.found else ""
        elif self._type == "s" and raw:
            raw = self._strings[int(raw)]
        elif raw and self._type == "b":
            return raw.strip() in ("1", "true")
        elif raw and self._type == "e":
            return Unreadable(said("cell_error", cell=self._cell, error=raw))
        elif raw and self._type == "d":
            return self._day(datetime.fromisoformat(raw))
        elif raw and self._type == "n":
            return self._number(raw)
        if excel_length(raw) > LONGEST_CELL:
            return Unreadable(said("cell_too_long", cell=self._cell, most=LONGEST_CELL))
        return raw

    def _number(self, raw: str) -> Value:
        number, shown = float(raw), self._formats[self._style] if self._formats else _GENERAL
        if shown in _DATE_FORMATS or (isinstance(shown, str) and is_date_format(shown)):
            try:
                return self._day(from_excel(number, self._epoch))
            except (ValueError, OverflowError):
                return Unreadable(said("cell_date_impossible", cell=self._cell))
        if shown not in _PLAIN_FORMATS and not (isinstance(shown, str) and _PLAIN_CODE.match(shown)):
            return Unreadable(said("cell_number_formatted", cell=self._cell))
        if abs(number) >= 10**_DIGITS:
            return Unreadable(said("cell_number_cut", cell=self._cell, digits=_DIGITS))
        return str(int(number)) if number.is_integer() else f"{number:.{_DIGITS}g}"

    def _day(self, moment: object) -> Value:
        if isinstance(moment, datetime) and moment == datetime(moment.year, moment.month, moment.day):
            return moment.date()
        return Unreadable(said("cell_time", cell=self._cell))

    @property
    def _cell(self) -> str:
        """The reference of the cell that is being read."""
        return f"{get_column_letter(self._column)}{self._row}"

    def lines(self) -> list[Line]:
        """The rows in their order; what is merged over several rows stands in each of them."""
        filled = 0
        for area in self._merged:
            first, _, last = area.partition(":")
            (left, top), (right, bottom) = _position(first), _position(last or first)
            value = self._rows.get(top, {}).get(left - 1)
            if value is None:
                continue
            if left != right:
                value = Unreadable(said("cells_merged", cells=area))
            filled += bottom - top + 1
            if filled > MAX_CELLS:
                raise InvalidRequest(said("workbook_too_large"))
            for number in range(top, bottom + 1):
                if number in self._rows:
                    self._rows[number][left - 1] = value
        return sorted(self._rows.items())


def _position(reference: str) -> tuple[int, int]:
    """Column and row of a reference such as ``B12``, both from 1."""
    found = _CELL.fullmatch(reference)
    if not found:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])


def _unescaped(text: str) -> str:
    """The text of an ``ST_Xstring``, in which ``_x000D_`` is a character."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
