"""Sheets as editors leave them: what Excel makes of cells is understood, and a mistake is said by row and column."""

import contextlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from kb.content import EntryContent, Variant
from kb.exchange.interchange import Row, read, write
from kit.errors import InvalidRequest

HEADER = ["id", "scenario", "zh_question", "zh_similar", "zh_answer", "featured", "updated"]


def workbook(*rows: list[Any], change: Callable[[Worksheet], None] = lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    change(book.active)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The same workbook with one of its parts rewritten; characters stand for themselves in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            if part == name:
                plain = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), text.decode())
                text = change(plain).encode()
            new.writestr(part, text)
    return buffer.getvalue()


def table(*rows: str, header: str = ",".join(HEADER), encoding: str = "utf-8") -> bytes:
    return "\r\n".join((header, *rows, "")).encode(encoding)


def only(rows: list[Row]) -> EntryContent:
    [row] = rows
    assert row.problem is None
    assert row.entry is not None
    return row.entry


def told(row: Row) -> str:
    """What an English editor reads of a row."""
    return row.problem["en"] if row.problem else ""


def problem(rows: list[Row]) -> tuple[int, str | None, str | None]:
    [row] = [row for row in rows if row.problem]
    assert row.entry is None
    return row.number, row.column, row.problem["en"]


SHEET = "xl/worksheets/sheet1.xml"
GOOD = ["lost-card", "cards", "卡丢了怎么办", "挂失\n卡不见了", "请挂失。", True, date(2026, 11, 1)]
ENTRY = EntryContent(
    id="lost-card",
    scenario="cards",
    featured=True,
    updated=date(2026, 11, 1),
    variants={"zh": Variant(question="卡丢了怎么办", similar=("挂失", "卡不见了"), answer="请挂失。")},
)

# ── cells of either kind of file ──────────────────────────────────────────────────────────────────────────────────


def of_csv(cells: list[str]) -> list[Row]:
    return read("a.csv", table(",".join('"' + cell.replace('"', '""') + '"' for cell in cells)))


def of_xlsx(cells: list[Any]) -> list[Row]:
    return read("a.xlsx", workbook(cells))


EITHER = pytest.mark.parametrize("read_cells", [of_csv, of_xlsx])


@EITHER
@pytest.mark.parametrize("flag", ["TRUE", "true", "Yes", "1", "是"])
@pytest.mark.parametrize("day", ["2026-11-01", "2026/11/1", "2026.11.01", "2026年11月1日", " 2026/11/1 0:00"])
def test_flags_and_days_are_read_as_people_and_programs_write_them(
    read_cells: Callable[[list[Any]], list[Row]], flag: str, day: str
) -> None:
    assert only(read_cells([*GOOD[:5], flag, day])) == ENTRY


@EITHER
@pytest.mark.parametrize("flag", ["FALSE", "no", "0", "否", "", "  "])
def test_what_is_not_featured_says_so_or_nothing(read_cells: Callable[[list[Any]], list[Row]], flag: str) -> None:
    assert only(read_cells([*GOOD[:5], flag, ""])).featured is False


@EITHER
@pytest.mark.parametrize(
    ("at", "cell", "column", "said"),
    [
        (0, "lost card", "id", "'id' may only have letters, digits"),
        (0, "", "id", "'id' is missing; fill it in."),
        (1, " ", "scenario", "'scenario' is missing"),
        (2, "", "zh_question", "'zh_question' is missing"),
        (2, "长" * 1001, "zh_question", "'zh_question' has more than 1000 characters"),
        (5, "maybe", "featured", "'featured' must be TRUE or FALSE"),
        (6, "11/1/2026", "updated", "'updated' must be a date such as 2026-11-01"),
        (6, "2026-13-01", "updated", "'updated' must be a date such as 2026-11-01"),
        (6, "46327", "updated", "'updated' must be a date such as 2026-11-01"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(
    read_cells: Callable[[list[Any]], list[Row]], at: int, cell: str, column: str, said: str
) -> None:
    cells = [*GOOD[:5], "TRUE", "2026-11-01"]
    cells[at] = cell
    number, found, sentence = problem(read_cells(cells))
    assert (number, found) == (2, column)
    assert said in (sentence or "")


@EITHER
def test_quotation_marks_that_an_editor_types_stay(read_cells: Callable[[list[Any]], list[Row]]) -> None:
    found = only(read_cells(["a", "s", '"Q"', '"one"\n"two" or "three"', '"A"', "", ""]))
    assert found.variants["zh"] == Variant(question='"Q"', similar=('"one"', '"two" or "three"'), answer='"A"')


@EITHER
def test_lines_of_a_cell_may_end_as_in_windows_and_be_blank(read_cells: Callable[[list[Any]], list[Row]]) -> None:
    found = only(read_cells(["a", "s", "Q", " one \r\n\r\n two\r", "A\r\nB", "", ""]))
    assert found.variants["zh"] == Variant(question="Q", similar=("one", "two"), answer="A\nB")


@pytest.mark.parametrize("said", ["b,c", "b, c", "b，c", "b；c;", "b c", "b\nc", "b\n\n c、"])
def test_related_ids_are_parted_as_people_part_them(said: str) -> None:
    rows = read("a.csv", table(f'a,s,Q,"{said}"', header="id,scenario,zh_question,related"))
    assert only(rows).related == ("b", "c")


@pytest.mark.parametrize(
    ("header", "row", "column", "said"),
    [
        (
            "id,scenario,zh_question,audience",
            "a,s,Q,everyone",
            "audience",
            "'audience' must be 'personal', 'corporate' or",
        ),
        (
            "id,scenario,zh_question,risk_class",
            "a,s,Q,product",
            "zh_risk",
            "'zh_risk' is empty, but a product with risk",
        ),
        ("id,scenario,zh_question,valid_from,valid_to", "a,s,Q,2026-02-01,2026-01-01", "valid_to", "is before"),
        ("id,scenario,zh_question,en_answer", "a,s,Q,A", "en_question", "'en_question' is missing"),
        ("id,scenario,zh_question,en_question", "a,s,,", "zh_question", "There is no question"),
        ("id,scenario,zh_question,zh_anwser", "a,s,Q,A", "zh_anwser", "'zh_anwser' is not known; correct its name"),
        ("id,scenario,zh_question,", "a,s,Q,A", None, "Column 4 holds something but has no name"),
        ("id,scenario,zh_question", "a,s,Q,A", None, "Column 4 holds something but has no name"),
        ("id,scenario,zh_question,en_answer", ",,,A", "id", "'id' is missing; fill it in. 'scenario' is missing"),
    ],
)
def test_a_row_that_is_no_entry_says_why(header: str, row: str, column: str | None, said: str) -> None:
    rows = read("a.csv", table("good,s,Q", row, "fine,s,Q", header=header))
    number, found, sentence = problem(rows)
    assert (number, found) == (3, column)
    assert said in (sentence or "")
    assert [one.entry and one.entry.id for one in rows] == ["good", None, "fine"]


def test_many_problems_of_a_row_are_told_in_part() -> None:
    header = "id,scenario,zh_answer,en_answer,risk_class,audience"
    rows = read("a.csv", table(",,A,A,some,all", header=f"{header},zh_question"))
    assert (problem(rows)[2] or "").endswith("There are 2 more problems like these.")


def test_an_unknown_column_that_is_empty_does_no_harm() -> None:
    assert only(read("a.csv", table("a,s,Q,,", header="id,scenario,zh_question,notes,"))).id == "a"


def test_column_names_may_be_written_freely_and_in_any_order() -> None:
    rows = read(
        "a.csv", table("cards,Q,A,product,R,a", header="Scenario,ZH Question, zh-answer ,RISK_CLASS,zh_risk,Id")
    )
    assert only(rows).variants["zh"] == Variant(question="Q", answer="A", risk="R")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,zh_question", "these are not there: scenario."),
        ("scenario,zh_answer", "these are not there: id, zh_question or en_question."),
        ("id,scenario,en_question,En Question", "The column 'en_question' is there twice"),
    ],
)
def test_a_header_that_lacks_a_column_is_refused(header: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read("a.csv", table("a,s,Q", header=header))
    assert said in refusal.value.message


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────

LINE = 'lost-card,cards,卡丢了怎么办,"挂失\n卡不见了",请挂失。,TRUE,2026/11/1'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_of_a_chinese_excel_is_read(encoding: str) -> None:
    assert only(read("a.csv", table(LINE, encoding=encoding))) == ENTRY


def test_traditional_characters_are_read_in_gbk() -> None:
    assert (
        only(read("a.csv", table("a,s,我張卡唔見咗，點樣掛失呀,,,,", encoding="gbk"))).variants["zh"].question[1]
        == "張"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            table("a,s,I don’t know,,,,", encoding="cp1252"),
            "cannot be told, from line 2 on. Open it in Excel and save it",
        ),
        (table("a,s,Caf\u00e9 \u00ff,,,,", encoding="cp1252"), "Line 2 of the file is neither UTF-8 nor GB 18030"),
        (table(LINE.replace("\n", "")).replace("怎么".encode(), "怎么".encode()[:-2]), "Line 2 of the file"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read("a.csv", content)
    assert said in refusal.value.message
    assert "CSV UTF-8" in refusal.value.message


@pytest.mark.parametrize("separator", [";", "\t"])
def test_another_separator_is_read(separator: str) -> None:
    assert only(read("a.csv", table(LINE.replace(",", separator), header=separator.join(HEADER)))) == ENTRY


def test_rows_are_counted_as_excel_shows_them() -> None:
    rows = read("a.csv", table("", 'a,s,"Q\nQ",,,,', ",,,,,,", "b,s,Q,,,,"))
    assert [(row.number, row.entry_id) for row in rows] == [(3, "a"), (5, "b")]


def test_a_broken_quotation_breaks_its_row_alone() -> None:
    rows = read("a.csv", table('a,s,"Q" and,,,,', "b,s,Q,,,,"))
    assert [(row.number, row.entry_id) for row in rows] == [(2, None), (3, "b")]
    assert "up to line 2 of the file: a quotation mark is missing" in told(rows[0])
    assert "quotation mark" in (problem(read("a.csv", table("a,s,Q,,,,", 'b,s,"Q,,,,')))[2] or "")


def test_a_file_of_blank_lines_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.exchange.csv_table.MOST_ROWS", 10)
    with pytest.raises(InvalidRequest, match="Delete the blank ones"):
        read("a.csv", table(*[""] * 20))


def test_a_problem_does_not_repeat_a_name_of_any_length() -> None:
    _, column, sentence = problem(read("a.csv", table("a,s,Q,A", header=f"id,scenario,zh_question,{'x' * 10_000}")))
    assert len(column or "") < 200
    assert len(sentence or "") < 300


def test_a_formula_in_csv_is_only_a_text() -> None:
    assert only(read("a.csv", table("a,s,=1+1,,,,"))).variants["zh"].question == "=1+1"


# ── XLSX ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cells_of_excel_are_read_as_they_look() -> None:
    assert only(of_xlsx(GOOD)) == ENTRY
    assert only(of_xlsx([*GOOD[:6], datetime(2026, 11, 1)])) == ENTRY


@pytest.mark.parametrize(
    ("cell", "text"), [(95588, "95588"), (95588.0, "95588"), (0.1 + 0.2, "0.3"), (-1.5, "-1.5"), (True, "TRUE")]
)
def test_a_number_where_a_text_belongs_is_its_text(cell: object, text: str) -> None:
    found = only(of_xlsx([17, "s", cell, cell, cell, "", ""]))
    assert found.id == "17"
    assert found.variants["zh"] == Variant(question=text, similar=(text,), answer=text)


@pytest.mark.parametrize("code", ["0_ ", "0_);[Red]\\(0\\)", "@", "General"])
def test_a_number_in_a_plain_format_is_read(code: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A2"].number_format = code

    assert only(read("a.xlsx", workbook([1001, *GOOD[1:]], change=change))).id == "1001"


def format_as(code: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet["C2"].number_format = code

    return change


@pytest.mark.parametrize(
    ("cell", "change", "said"),
    [
        (0.05, format_as("0%"), "The cell C2 holds a number with a format of its own"),
        (50, format_as("¥#,##0.00"), "The cell C2 holds a number with a format of its own"),
        (6222020000000000, format_as("General"), "The cell C2 holds a number of more than 15 digits"),
        (time(9, 30), format_as("h:mm"), "The cell C2 holds a time of day"),
        (1e9, format_as("yyyy-mm-dd"), "The cell C2 holds a date that Excel cannot show"),
        (date(2026, 11, 1), format_as("yyyy-mm-dd"), "'zh_question' holds a date; format the cell as text"),
        ("=1+1", format_as("General"), "The cell C2 holds a formula; copy it and paste it as a value."),
        ("=HYPERLINK(\"http://a.example\")", format_as("General"), "The cell C2 holds a formula"),
        ("#N/A", format_as("General"), "The cell C2 holds the error #N/A"),
    ],
)  # fmt: skip
def test_a_cell_that_looks_otherwise_than_it_is_is_refused(
    cell: object, change: Callable[[Worksheet], None], said: str
) -> None:
    rows = read("a.xlsx", workbook([*GOOD[:2], cell, *GOOD[3:]], ["b", *GOOD[1:]], change=change))
    number, column, sentence = problem(rows)
    assert (number, column, rows[0].entry_id) == (2, "zh_question", "lost-card")
    assert said in (sentence or "")
    assert rows[1].entry == ENTRY.model_copy(update={"id": "b"})


def test_a_day_with_an_hour_is_refused() -> None:
    assert problem(of_xlsx([*GOOD[:6], datetime(2026, 11, 1, 17)]))[1] == "updated"


@pytest.mark.parametrize("builtin", [14, 31, 57, 58])
def test_the_date_formats_of_a_chinese_excel_are_dates(builtin: int) -> None:
    content = workbook([*GOOD[:6], date(2026, 11, 1)])
    content = with_part(content, "xl/styles.xml", lambda text: text.replace('numFmtId="164"', f'numFmtId="{builtin}"'))
    assert only(read("a.xlsx", content)) == ENTRY


def test_a_workbook_that_counts_from_1904_is_read() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.active.append(HEADER)
    book.active.append(GOOD)
    assert only(read("a.xlsx", saved(book))) == ENTRY


def test_shared_and_rich_strings_are_read_without_their_reading_aids() -> None:
    strings = (
        "<sst><si><t>lost-card</t></si><si><r><t>卡</t></r><r><rPr><b/></rPr><t>丢了_x000D_\n怎么办</t></r>"
        "<rPh sb='0' eb='1'><t>ka</t></rPh></si><si><t>_x005F_x000D_</t></si></sst>"
    )

    def change(text: str) -> str:
        for place, number in (("A2", 0), ("C2", 1), ("E2", 2)):
            text = re.sub(rf'<c r="{place}".*?</c>', f'<c r="{place}" t="s"><v>{number}</v></c>', text, flags=re.DOTALL)
        return text

    relation = (
        '<Relationship Id="rId9" Type="http://a.example/sharedStrings" Target="/xl/strings.xml"/></Relationships>'
    )
    content = with_part(workbook(GOOD), SHEET, change)
    content = with_part(content, "xl/_rels/workbook.xml.rels", lambda text: text.replace("</Relationships>", relation))
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/strings.xml", strings)
    found = only(read("a.xlsx", buffer.getvalue()))
    assert found.variants["zh"].question == "卡丢了\n怎么办"
    assert found.variants["zh"].answer == "_x000D_"


def test_rows_are_counted_as_in_the_sheet() -> None:
    rows = read("a.xlsx", workbook([], GOOD, [None, " "], ["b", *GOOD[1:]]))
    assert [(row.number, row.entry_id) for row in rows] == [(3, "lost-card"), (5, "b")]


def test_hidden_sheets_are_passed_over() -> None:
    book = openpyxl.Workbook()
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_chartsheet("chart")
    second = book.create_sheet("entries")
    second.append(HEADER)
    second.append(GOOD)
    book.create_sheet("notes").append(["later"])
    book.active = 2
    assert only(read("a.xlsx", saved(book))) == ENTRY


def test_a_workbook_with_nothing_to_see_is_refused() -> None:
    content = with_part(
        workbook(GOOD), "xl/workbook.xml", lambda text: text.replace('state="visible"', 'state="hidden"')
    )
    with pytest.raises(InvalidRequest, match="no visible sheet"):
        read("a.xlsx", content)


def test_what_is_merged_over_rows_stands_in_each() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("B2:B9")

    rows = read("a.xlsx", workbook(GOOD, ["b", None, *GOOD[2:]], change=change))
    assert [row.entry and row.entry.scenario for row in rows] == ["cards", "cards"]


def test_an_id_merged_over_rows_is_the_same_id_twice() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")

    number, column, sentence = problem(read("a.xlsx", workbook(GOOD, [None, *GOOD[1:]], change=change)))
    assert (number, column) == (3, "id")
    assert "already in row 2" in (sentence or "")


def test_what_is_merged_over_columns_is_refused() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("C3:D3")

    number, column, sentence = problem(read("a.xlsx", workbook(GOOD, ["b", *GOOD[1:]], change=change)))
    assert (number, column, sentence) == (3, "zh_question", "The cells C3:D3 are merged across columns; unmerge them.")


def test_a_formula_in_the_header_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"The first row must name the columns. The cell H1 holds a formula"):
        read("a.xlsx", workbook(change=lambda sheet: sheet.cell(1, 8, '=A1&"x"') and None))


FULL = workbook(GOOD, [17, "s", 0.5, True, "=1+1", False, datetime(2026, 11, 1)], ["c", *GOOD[1:]])

# ── files that mean harm ──────────────────────────────────────────────────────────────────────────────────────────

ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"]
)
@pytest.mark.parametrize("declared", [ENTITIES, OUTSIDE, "<!DOCTYPE x>"])
def test_a_workbook_that_declares_entities_is_refused(part: str, declared: str) -> None:
    content = with_part(workbook(GOOD), part, lambda text: declared + text)
    with pytest.raises(InvalidRequest, match="declares entities"):
        read("a.xlsx", content)


def test_a_workbook_that_grows_is_refused_before_it_has_grown() -> None:
    content = with_part(workbook(GOOD), SHEET, lambda text: text + " " * (51 << 20))
    assert len(content) < 1 << 20
    with pytest.raises(InvalidRequest, match="holds more than 50 MB"):
        read("a.xlsx", content)


def test_a_string_that_stands_in_every_cell_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(*([["long" * 100] * 7] * 20))
    monkeypatch.setattr("kb.exchange.workbook_reader.MAX_BYTES", 50_000)
    with pytest.raises(InvalidRequest, match="holds more than 50 MB"):
        read("a.xlsx", content)


@pytest.mark.parametrize("limit", ["MAX_CELLS", "_PARTS_OF_A_BOMB"])
def test_too_many_cells_and_parts_are_refused(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"kb.exchange.workbook_reader.{limit}", 4)
    with pytest.raises(InvalidRequest, match="Split it into several files"):
        read("a.xlsx", workbook(GOOD))


def test_a_merge_of_a_million_rows_is_refused() -> None:
    merges = '</sheetData><mergeCells><mergeCell ref="B2:B1048576"/></mergeCells>'
    content = with_part(workbook(GOOD), SHEET, lambda text: text.replace("</sheetData>", merges))
    with pytest.raises(InvalidRequest, match="holds more than 50 MB"):
        read("a.xlsx", content)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (SHEET, lambda text: text[:-200]),
        (SHEET, lambda text: ""),
        (SHEET, lambda text: text.replace('r="A2"', 'r="2A"')),
        (SHEET, lambda text: text.replace('r="2"', 'r="two"')),
        (
            SHEET,
            lambda text: text.replace('r="C2" t="inlineStr"><is><t>', 'r="C2" t="s"><v>7</v><is><t>'),
        ),
        (SHEET, lambda text: text.replace('r="G2" s="', 'r="G2" s="9')),
        (SHEET, lambda text: text.replace("<v>46327</v>", "<v>soon</v>")),
        ("xl/workbook.xml", lambda text: text.replace("r:id=", "id=")),
        ("xl/workbook.xml", lambda text: text.replace('r:id="rId1"', 'r:id="rId77"')),
        ("xl/_rels/workbook.xml.rels", lambda text: text.replace("sheet1.xml", "sheet7.xml")),
        ("xl/_rels/workbook.xml.rels", lambda text: text.replace("Target=", "Goal=")),
        ("xl/styles.xml", lambda text: text.replace('numFmtId="164"', 'numFmtId="x"')),
    ],
)
def test_a_damaged_workbook_is_refused(part: str, change: Callable[[str], str]) -> None:
    good = workbook(GOOD)
    content = with_part(good, part, change)
    assert zipfile.ZipFile(io.BytesIO(content)).read(part) != zipfile.ZipFile(io.BytesIO(good)).read(part)
    with pytest.raises(InvalidRequest, match="damaged"):
        read("a.xlsx", content)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_workbook_changed_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]))

    def change(text: str) -> str:
        at, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 20))
        put = data.draw(
            st.sampled_from(["", "<", '"', "9" * 30, "</c>", "<is>", "<f/>", "-1", "nan", "1e400", "\x00", "s"])
        )
        return text[:at] + put + text[at + length :]

    with contextlib.suppress(InvalidRequest):
        assert all(row.entry or row.problem for row in read("a.xlsx", with_part(FULL, part, change)))


def test_another_archive_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(InvalidRequest, match="damaged"):
        read("a.xlsx", buffer.getvalue())


def test_a_cell_longer_than_excel_allows_is_refused() -> None:
    content = with_part(workbook(GOOD), SHEET, lambda text: text.replace("请挂失。", "x" * 32_768))
    assert problem(read("a.xlsx", content)) == (
        2,
        "zh_answer",
        "The cell E2 has more than 32,767 characters; shorten it.",
    )


def test_what_a_workbook_looks_like_by_any_program_is_read() -> None:
    """With prefixes, without places of cells, and with a byte order mark, as other programs write them."""

    def change(text: str) -> str:
        text = re.sub(r'(<(?:c|row)) r="[A-Z]*\d+"', r"\1", text)
        text = re.sub(r"<(/?)(\w)", r"<\1x:\2", text)
        return "\ufeff" + text.replace("xmlns=", "xmlns:x=")

    content = with_part(workbook(GOOD, ["b", *GOOD[1:]]), SHEET, change)
    assert [row.entry_id for row in read("a.xlsx", content)] == ["lost-card", "b"]


def test_nothing_of_a_row_is_lost_between_csv_and_xlsx() -> None:
    rows = read("a.csv", write("csv", [ENTRY]))
    assert write("csv", [only(read("a.xlsx", write("xlsx", [only(rows)])))]) == write("csv", [ENTRY])
