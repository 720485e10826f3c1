"""What a cell of a sheet holds, and the value of an entry's field that it stands for.

A cell says what it holds as plainly as an editor would write it. What no editor would write stands in the cell as a
JSON string: a text with spaces at its ends or with control characters, a similar question that is empty or has two
lines. Only such a text is taken for one when it is read; a question in quotation marks keeps them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from kit.sentences import Bilingual

# The longest text that Excel keeps in a cell.
LONGEST_CELL = 32_767
# Excel counts days from 1900 and has a 29th of February in that year; a date before is written as text.
FIRST_DATE = date(1900, 3, 1)

_ID = re.compile(r"[\w.?:-]+")
_BETWEEN_IDS = re.compile(r"[\s,，、;；]+")
_LINE_END = re.compile(r"\r\n?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "是"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否"), False),
}
# The full-width signs are operators in Chinese and Japanese programs.
_FORMULA = re.compile(r"['\s]*[=+\-@＝＋－＠]")


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds no plain value; the sentence says where it is and what to do."""

    problem: Bilingual


class Unfit(Exception):
    """A cell does not hold what its column needs.

    Args:
        key: of the sentence that says what it must be.
    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


Kind = Literal["text", "lines", "ids", "choice", "flag", "date"]
Value = str | bool | date | Unreadable
Written = str | bool | date | None
# A row's number from 1, and its values by column from 0.
Line = tuple[int, dict[int, Value]]


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing that anybody sees."""
    return isinstance(value, str) and not value.strip()


def could_be_evaluated(text: str) -> bool:
    """Whether a spreadsheet program might take a text for a formula, also behind blanks and apostrophes."""
    return bool(_FORMULA.match(text))


def excel_length(text: str) -> int:
    """Characters as Excel counts them: one outside the basic plane counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def write_cell(kind: Kind, value: Any) -> Written:
    """What stands in the cell of a field's value; nothing for None."""
    return _WRITERS[kind](value)


def read_cell(kind: Kind, cell: Value) -> Any:
    """The field's value of a cell that is not blank.

    Raises:
        Unfit: it is not of this kind.
    """
    return _READERS[kind](cell)


# ── values to cells ───────────────────────────────────────────────────────────────────────────────────────────────────


def _written_text(text: str | None) -> str:
    return "" if text is None else _quoted_if_needed(text, _is_odd)


def _written_lines(texts: Sequence[str] | None) -> str:
    return "\n".join(_quoted_if_needed(text, _is_odd_line) for text in texts or ())


def _written_ids(ids: Sequence[str]) -> str:
    return "\n".join(_quoted_if_needed(each, _is_no_id) for each in ids)


def _written_date(day: date | None) -> Written:
    return day.isoformat() if day and day < FIRST_DATE else day


_WRITERS: dict[Kind, Callable[[Any], Written]] = {
    "text": _written_text,
    "lines": _written_lines,
    "ids": _written_ids,
    "choice": _written_text,
    "flag": bool,
    "date": _written_date,
}


# ── cells to values ───────────────────────────────────────────────────────────────────────────────────────────────────


def _read_text(value: Value) -> str:
    if isinstance(value, date):
        raise Unfit("cell_not_plain_text")
    text = str(value).upper() if isinstance(value, bool) else str(value)
    return _unquoted(_LINE_END.sub("\n", text).strip(), _is_odd)


def _read_lines(value: Value) -> list[str]:
    return [_unquoted(line, _is_odd_line) for line in _lines(value)]


def _lines(value: Value) -> list[str]:
    """The lines of a cell that are not blank."""
    text = value if isinstance(value, str) else _read_text(value)
    return [line.strip() for line in _LINE_END.sub("\n", text).split("\n") if line.strip()]


def _read_ids(value: Value) -> list[str]:
    found: list[str] = []
    for line in _lines(value):
        text = _unquoted(line, _is_no_id)
        found.extend([text] if text != line else filter(None, _BETWEEN_IDS.split(line)))
    return found


def _read_choice(value: Value) -> str:
    return _read_text(value).lower()


def _read_flag(value: Value) -> bool:
    flag = value if isinstance(value, bool) else _FLAGS.get(_read_text(value).lower())
    if flag is None:
        raise Unfit("cell_not_a_flag")
    return flag


def _read_date(value: Value) -> date:
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        return value if isinstance(value, date) else date(*map(int, found.groups() if found else ()))
    except (TypeError, ValueError):
        raise Unfit("not_a_date") from None


_READERS: dict[Kind, Callable[[Value], Any]] = {
    "text": _read_text,
    "lines": _read_lines,
    "ids": _read_ids,
    "choice": _read_choice,
    "flag": _read_flag,
    "date": _read_date,
}


# ── texts that no editor would write ──────────────────────────────────────────────────────────────────────────────────


def _is_odd(text: str) -> bool:
    """Whether a text would not come back from a cell as it is."""
    return text != text.strip() or not text or bool(_UNPRINTABLE.search(text)) or _unquoted(text, _is_odd) != text


def _is_odd_line(text: str) -> bool:
    """Whether a text would not come back as one of several lines."""
    return "\n" in text or _is_odd(text) or _unquoted(text, _is_odd_line) != text


def _is_no_id(text: str) -> bool:
    return not _ID.fullmatch(text)


def _quoted(text: str) -> str:
    return re.sub("[\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _quoted_if_needed(text: str, is_odd: Callable[[str], bool]) -> str:
    return _quoted(text) if is_odd(text) else text


def _unquoted(cell: str, is_odd: Callable[[str], bool]) -> str:
    """The odd text that a cell quotes; any other cell as it is."""
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"':
        return cell
    try:
        text = json.loads(cell)
    except ValueError:
        return cell
    return text if isinstance(text, str) and _quoted(text) == cell and is_odd(text) else cell
