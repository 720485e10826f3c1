"""CSV files as rows of cells, in the encodings and with the separators of Excel."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from kb.exchange.cells import Line, Unreadable, Value, Written, could_be_evaluated
from kb.exchange.sentences import said
from kit.errors import InvalidRequest

# Of a sheet in Excel.
MOST_ROWS = 1_048_576


def read_table(content: bytes) -> Iterator[Line]:
    """The rows of a CSV file, numbered as Excel shows them; in UTF-8, GB 18030 or, with its mark, UTF-16.

    Raises:
        InvalidRequest: its encoding cannot be told, or it has more rows than Excel shows.
    """
    text = _decoded(content)
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in itertools.count(1):
        if number > MOST_ROWS:
            raise InvalidRequest(said("csv_too_many_lines", most=MOST_ROWS))
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, {-1: Unreadable(said("csv_row_broken", line=reader.line_num))}
        else:
            yield number, {at: _plain(cell) for at, cell in enumerate(cells) if cell}


def write_table(rows: Iterable[Sequence[Written]]) -> bytes:
    """A CSV file in UTF-8 with a mark. Texts that look like formulas have an apostrophe before them."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([_neutral(_shown(value)) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _shown(value: Written) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return value.isoformat() if isinstance(value, date) else value or ""


def _plain(cell: str) -> Value:
    return cell[1:] if cell.startswith("'") and could_be_evaluated(cell) else cell


def _neutral(cell: str) -> str:
    return f"'{cell}" if could_be_evaluated(cell) else cell


def _decoded(content: bytes) -> str:
    """The text of a CSV file of Excel: UTF-8, or in a Chinese Windows GB 18030.

    Raises:
        InvalidRequest: it is neither, or GB 18030 only by chance.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        raise InvalidRequest(said("csv_encoding_other", line=line)) from None
    strange = "".join(re.findall(r"[^\x00-\x7f]+", text))
    if 2 * len(strange.encode("gb2312", "ignore").decode("gb2312")) < len(strange):
        raise InvalidRequest(said("csv_encoding_unclear", line=line))
    as_utf8 = content.decode("utf-8", "replace")
    if len(re.findall(r"[^\x00-\x7f\ufffd]", as_utf8)) > 4 * as_utf8.count("\ufffd"):
        raise InvalidRequest(said("csv_encoding_damaged", line=line))
    return text
