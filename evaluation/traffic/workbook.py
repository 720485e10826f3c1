"""Workbooks in which two people judge the same masked conversations, each alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]  # openpyxl carries no types
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]  # openpyxl carries no types
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]  # openpyxl carries no types
from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]  # openpyxl carries no types

from evaluation.datasets import DatasetError

HEAD = ("id", "conversation", "needs_human", "last_answer_right", "note")
ANSWERS = {"needs_human": ("yes", "no"), "last_answer_right": ("yes", "no", "none")}
GUIDE = (
    "needs_human: yes where the customer asks for a person, complains, is in distress or angry,",
    "where no entry of the knowledge base is right, or where only staff may do it.",
    "needs_human 需要人工：客户要求人工、投诉、求助或愤怒，知识库没有正确条目，或只有员工能办的，选 yes。",
    "last_answer_right: whether the bot's last answer is right; none where it gave no answer.",
    "last_answer_right 最后的回答是否正确：机器人没有给出回答的，选 none。",
    "Judge alone, and judge every row. 请独立判断，每行都要填。",
)
FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Label:
    """One judgement: ``last_answer_right`` is yes, no or none."""

    needs_human: str
    last_answer_right: str


def write_workbook(path: Path, conversations: Mapping[str, str], notes: Mapping[str, str] | None = None) -> None:
    """A row a conversation, with lists to choose from; ``notes`` say where two judgements differ."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "labels"
    sheet.append(HEAD)
    for identifier, text in conversations.items():
        sheet.append([identifier, _as_text(text), None, None, _as_text((notes or {}).get(identifier, ""))])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDE", (36, 90, 16, 20, 40), strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=2, max_col=2):
        row[1].alignment = Alignment(wrap_text=True, vertical="top")
    for column, name in (("C", "needs_human"), ("D", "last_answer_right")):
        choice = DataValidation(type="list", formula1=f'"{",".join(ANSWERS[name])}"', allow_blank=True)
        sheet.add_data_validation(choice)
        choice.add(f"{column}2:{column}{len(conversations) + 1}")
    sheet.freeze_panes = "A2"
    guide = book.create_sheet("guide")
    for line in GUIDE:
        guide.append([line])
    book.save(path)


def read_labels(path: Path, ids: Sequence[str]) -> dict[str, Label]:
    """The judgements of one person.

    Raises:
        DatasetError: it is no such workbook, or a row of ``ids`` is missing or not judged; the message names it.
    """
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = list(book["labels"].iter_rows(values_only=True))
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}") from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
        raise DatasetError(f"{path} is no workbook of labels: {error}") from error
    if not rows or tuple(rows[0][: len(HEAD)]) != HEAD:
        raise DatasetError(f"{path}, row 1: the columns must be {', '.join(HEAD)}")
    labels = {}
    for number, row in enumerate(rows[1:], start=2):
        given = {name: str(row[HEAD.index(name)] or "").strip().lower() for name in ANSWERS}
        for name, value in given.items():
            if value not in ANSWERS[name]:
                raise DatasetError(f"{path}, row {number}: {name!r} must be {' or '.join(ANSWERS[name])}")
        labels[str(row[0])] = Label(given["needs_human"], given["last_answer_right"])
    if missing := [identifier for identifier in ids if identifier not in labels]:
        raise DatasetError(f"{path}: {missing[0]} is not judged, and {len(missing) - 1} more")
    return labels


def _as_text(text: str) -> str:
    """A customer's words, which a spreadsheet must not take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
