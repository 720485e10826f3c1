"""Spreadsheets become questions; whatever is not one is refused by its row."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from evaluation.__main__ import main
from evaluation.datasets import DatasetError, read_queries
from evaluation.importing import read_sheet
from evaluation.splitting import split

HEAD = ["id", "text", "language", "entry_id", "slice"]
ROWS: list[list[Any]] = [
    ["q1", "卡丢了，怎么办", "zh", "lost-card", "plain"],
    [2, "where is “my” card", "en", "lost-card", None],
    [None, "明天下雨吗", None, None, "out_of_scope"],
    [None, None, None, None, None],
]


def csv_of(folder: Path, *, mark: str = "") -> Path:
    path = folder / "questions.csv"
    lines = [HEAD, *ROWS]
    text = "\r\n".join(",".join(f'"{cell}"' if cell is not None else "" for cell in line) for line in lines)
    path.write_bytes((mark + text).encode())
    return path


def xlsx_of(folder: Path) -> Path:
    book = Workbook()
    for line in [HEAD, *ROWS]:
        book.active.append(line)  # type: ignore[union-attr]
    book.save(folder / "questions.xlsx")
    return folder / "questions.xlsx"


EXPECTED = [
    {"id": "q1", "text": "卡丢了，怎么办", "language": "zh", "slice": "plain", "entry_id": "lost-card"},
    {"id": "2", "text": "where is “my” card", "language": "en", "entry_id": "lost-card"},
    {"id": "questions-4", "text": "明天下雨吗", "slice": "out_of_scope", "entry_id": None},
]


def test_empty_cells_at_the_end_of_a_row_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "questions.csv"
    path.write_text('entry_id,text\na,"help, card gone",,\n,,\n', encoding="utf-8")
    assert [row["text"] for row in read_sheet(path)] == ["help, card gone"]


def test_a_cell_of_xlsx_under_no_column_is_refused_and_one_at_the_end_may_be_missing(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in (["text", "entry_id"], ["where is it"], ["help", "lost-card", "card gone"]):
        sheet.append(line)
    book.save(tmp_path / "questions.xlsx")
    with pytest.raises(DatasetError, match="row 3: 'card gone' stands under no column"):
        read_sheet(tmp_path / "questions.xlsx")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_file_is_read(tmp_path: Path, mark: str) -> None:
    assert read_sheet(csv_of(tmp_path, mark=mark)) == EXPECTED


def test_an_xlsx_file_is_read_alike(tmp_path: Path) -> None:
    assert read_sheet(xlsx_of(tmp_path)) == EXPECTED


def test_what_the_command_writes_can_be_asked(tmp_path: Path) -> None:
    out = tmp_path / "queries.jsonl"
    assert main(["import", str(xlsx_of(tmp_path)), "--out", str(out)]) == 0
    assert [query.id for query in read_queries(out, {"lost-card"})] == ["q1", "2", "questions-4"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("text,entry_id\n", "no question below"),
        ("text\nwhere\n", "row 1: the column entry_id is missing"),
        ("text,entry_id,langauge\na,b,en\n", "row 1: unknown column langauge"),
        ("text,entry_id\nfine,a\n,b\n", "row 3: 'text' is empty"),
        ("entry_id,text\na,fine\na,help, card gone\n", "row 3: 'card gone' stands under no column. Put a text with a"),
        ("entry_id,text,\na,help, card gone\n", "row 2: 'card gone' stands under no column"),
        ("text,entry_id\nfine,a\nhelp\n", "row 3: the cell of entry_id is missing; leave it empty"),
        ("entry_id,text\na\n", "row 2: the cell of text is missing"),
        ('text,entry_id\n"open,a\n', "not valid CSV"),
    ],
)
def test_a_file_that_is_no_list_of_questions_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=said):
        read_sheet(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes("卡丢了".encode("gb18030"))
    with pytest.raises(DatasetError, match="Save it as"):
        read_sheet(tmp_path / "bad.csv")
    (tmp_path / "bad.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(DatasetError, match=r"bad\.xlsx"):
        read_sheet(tmp_path / "bad.xlsx")
    with pytest.raises(DatasetError, match="cannot be read"):
        read_sheet(tmp_path / "absent.csv")


questions = st.lists(
    st.fixed_dictionaries(
        {"text": st.sampled_from(["a", "A!", "b", "c", "d"]), "entry_id": st.none() | st.sampled_from("wxyz")}
    ),
    max_size=30,
)


@given(questions, st.floats(0.1, 0.9), st.integers(0, 5))
def test_a_split_keeps_an_entry_on_one_side_and_loses_nothing(
    rows: list[dict[str, Any]], share: float, seed: int
) -> None:
    numbered = [{**row, "id": str(number)} for number, row in enumerate(rows)]
    found = split(numbered, share, seed)
    assert sorted(row["id"] for row in found.development + found.test) == sorted(row["id"] for row in numbered)
    sides = [{row["entry_id"] for row in side} - {None} for side in (found.development, found.test)]
    assert not sides[0] & sides[1]
    loose = [
        {row["text"].strip("!").lower() for row in side if row["entry_id"] is None}
        for side in (found.development, found.test)
    ]
    assert not loose[0] & loose[1]
    assert len(found.test) >= share * len(rows)
    assert found == split(numbered, share, seed)


def test_both_sides_are_written(tmp_path: Path) -> None:
    source = tmp_path / "q.jsonl"
    source.write_text("".join(f'{{"id": "{n}", "text": "t{n}", "entry_id": "e{n // 2}"}}\n' for n in range(20)))
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    assert main(["split", str(source), "--development", str(one), "--test", str(other), "--test-share", "0.3"]) == 0
    assert (len(one.read_text().splitlines()), len(other.read_text().splitlines())) == (14, 6)
    assert main(["split", str(source), "--development", str(one), "--test", str(other), "--test-share", "3"]) == 2
