"""What is exported comes back as it was, in every format; a file that is none says what to do."""

import contextlib
import csv
import io
import json
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content import LANGUAGES, EntryContent, Variant, read_file, read_folder
from kb.exchange.interchange import FORMATS, MAX_ROWS, Fate, Row, fates, read, write
from kit.errors import InvalidRequest
from kit.settings import ROOT

EVERY = pytest.mark.parametrize("form", FORMATS)

# What spreadsheets, YAML, JSON and XML each take for something else.
AWKWARD = [
    "=1+1", "+86 400", "-1", "@SUM(A1)", "'", "'=1", "''=1", "'tis", "\t=1", "\r=1", "＝1", " =1", "　=1", '"', '"x"',
    '" x "', '""', '"\\" x \\""', '"a\\nb"', "a\nb", "a\r\nb", "a\rb", "a\n\n  b", "a  \nb", "a\n \nb", "a\n\tb", "",
    " ", " x ", "\u3000x", "x\u00a0", "1", "007", "1e5", "1.50", "true", "TRUE", "yes", "null", "~", "2026-11-01",
    "2026-13-45", "1:30", "<<", "=", "a: b", "a #b", "a:",
    "- x", "? x", "#x", "{x", "[x", "&x", "*x", "!x", "%x", "|", ">",
    "x, y; z", "a\tb", "_x000D_", "_x005F_x000D_", "_x0041_x0042_", "_xD83D_", "x005F_", "\x00", "\x07", "\x1c", "\x7f",
    "\x85", "\u2028", "\ufeff", "\ufffe", "\uffff", "😀", "😀\nx", "👨‍👩‍👧", "ＡＢＣ１２３", "鎖卡",
    "#N/A", "</t>&amp;<![CDATA[", "---", "...", "---\nx",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(alphabet=st.sampled_from("ab 1卡😀'\"=+-@\t\r\n\\:#,;_x0D|＝\u2028\x01"), max_size=12),
    st.text(max_size=12),
    st.lists(st.sampled_from(AWKWARD), min_size=2, max_size=4).map("".join),
)
SAID = TEXTS.filter(str.strip)


@st.composite
def entries(draw: st.DrawFn, identifier: str = "e1") -> EntryContent:
    product = draw(st.booleans())
    variants = {
        language: Variant(
            question=draw(SAID),
            similar=tuple(draw(st.lists(TEXTS, max_size=4))),
            answer=draw(TEXTS),
            risk=draw(SAID if product else st.one_of(st.none(), TEXTS)),
        )
        for language in draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=2, unique=True))
    }
    first, last = sorted(draw(st.tuples(st.dates(), st.dates())))
    return EntryContent(
        id=identifier,
        scenario=draw(TEXTS.filter(bool)),
        audience=draw(st.sampled_from(["personal", "corporate", "all"])),
        risk_class="product" if product else "none",
        featured=draw(st.booleans()),
        updated=draw(st.one_of(st.none(), st.dates())),
        valid_from=draw(st.sampled_from([None, first])),
        valid_to=draw(st.sampled_from([None, last])),
        related=tuple(draw(st.lists(st.one_of(TEXTS, st.sampled_from(["lost-card", "a.b:c?", "yes"])), max_size=3))),
        variants=variants,
    )


SEVERAL = st.integers(1, 3).flatmap(lambda count: st.tuples(*(entries(f"e{number}") for number in range(count))))


def file_name(form: str) -> str:
    return f"entries{FORMATS[form].suffixes[0]}"


def round_trip(form: str, written: list[EntryContent]) -> list[EntryContent | str | None]:
    rows = read(file_name(form), write(form, written))
    return [row.problem["en"] if row.problem else row.entry for row in rows]


def entry(identifier: str = "lost-card", **fields: object) -> EntryContent:
    return EntryContent.model_validate(
        {"id": identifier, "scenario": "cards", "variants": {"en": {"question": "I lost my card"}}, **fields}
    )


@pytest.fixture(scope="module")
def shipped() -> list[EntryContent]:
    return read_folder(ROOT / "kb" / "content")


# ── there and back ────────────────────────────────────────────────────────────────────────────────────────────────


@EVERY
@settings(max_examples=100, deadline=None)
@given(written=SEVERAL)
def test_what_is_written_is_read_as_it_was(form: str, written: tuple[EntryContent, ...]) -> None:
    assert round_trip(form, list(written)) == list(written)


@EVERY
@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_an_awkward_text_comes_back_in_every_field(form: str, text: str) -> None:
    variant = {"question": text.strip() or "?", "similar": [text, "x", text], "answer": text, "risk": text}
    written = [entry(scenario=text or "s", related=[text], variants={"zh": variant, "en": variant})]
    assert round_trip(form, written) == written


@EVERY
def test_the_shipped_content_comes_back(form: str, shipped: list[EntryContent]) -> None:
    assert round_trip(form, shipped) == shipped


@EVERY
def test_ten_thousand_entries_come_back(form: str, shipped: list[EntryContent]) -> None:
    small = [
        one.model_copy(update={"risk_class": "none", "variants": {"en": Variant(question="Q", answer="A")}})
        for one in shipped
    ]
    many = [small[number % len(small)].model_copy(update={"id": f"e{number}"}) for number in range(10_000)]
    assert round_trip(form, many) == many


@EVERY
def test_rows_are_numbered_as_the_person_sees_them(form: str) -> None:
    rows = read(file_name(form), write(form, [entry("a"), entry("b", scenario="loans")]))
    assert [row.number for row in rows] == {"yaml": [3, 11], "csv": [2, 3], "xlsx": [2, 3], "jsonl": [1, 2]}[form]
    assert [row.entry_id for row in rows] == ["a", "b"]


def test_a_scenario_in_yaml_is_a_content_file(shipped: list[EntryContent], tmp_path: object) -> None:
    wealth = [one for one in shipped if one.scenario == "wealth"]
    path = tmp_path / "wealth.yml"  # type: ignore[operator]
    path.write_bytes(write("yaml", wealth))
    assert list(read_file(path)) == wealth


KB_LINES = [
    {"id": "Card_gone", "scenario": "cards",
     "variants": {"en": {"question": "My card is gone", "similar": ["no card any more", "'gone'"], "answer": ""}}},
    {"id": "limit?", "scenario": "cards",
     "variants": {"zh": {"question": "限额多少", "similar": [], "answer": "五万元。"},
                  "en": {"question": "What is the limit", "similar": ["limit"], "answer": "50,000 yuan."}}},
]  # fmt: skip


def test_an_evaluation_file_goes_out_as_it_came() -> None:
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in KB_LINES).encode()
    found = [row.entry for row in read("kb.jsonl", content)]
    assert write("jsonl", [one for one in found if one]) == content


def test_a_full_entry_says_in_jsonl_all_that_is_not_usual() -> None:
    full = entry(audience="personal", featured=True, updated=date(2026, 11, 1), related=["b"])
    assert json.loads(write("jsonl", [full])) == {
        "id": "lost-card",
        "scenario": "cards",
        "audience": "personal",
        "featured": True,
        "updated": "2026-11-01",
        "related": ["b"],
        "variants": {"en": {"question": "I lost my card", "similar": [], "answer": ""}},
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_without_entries_is_a_form_to_fill_in(form: str) -> None:
    assert read(file_name(form), write(form, [])) == []


# ── what a spreadsheet program makes of it ────────────────────────────────────────────────────────────────────────

DANGEROUS = ["=1+1", "+1", "-1", "@x", "＝1", "'=1", "''-1", "=cmd|'/c calc'!A1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_csv_file_can_be_evaluated(text: str) -> None:
    content = write(
        "csv", [entry(scenario=text, variants={"zh": {"question": text, "similar": [text], "answer": text}})]
    )
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
    assert cells.count(f"'{text}") == 4
    assert [cell for cell in cells if cell[:1] in {*"=+-@＝\t\r"} - {""}] == []


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_workbook_is_a_formula(text: str) -> None:
    content = write(
        "xlsx", [entry(scenario=text, variants={"zh": {"question": text, "similar": [text], "answer": text}})]
    )
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells if cell.value} <= {"s", "b"}
    assert [(cell.value, cell.quotePrefix) for cell in cells if cell.value == text] == [(text, True)] * 4


def test_an_editor_opens_a_sheet_that_is_easy_to_read() -> None:
    written = entry(updated=date(2026, 11, 1), variants={"en": {"question": "Q", "similar": ["a", "b"], "answer": "A"}})
    sheet = openpyxl.load_workbook(io.BytesIO(write("xlsx", [written]))).active
    first = {cell.value: cell for cell in sheet[1]}
    second = {name: sheet[2][cell.column - 1] for name, cell in first.items()}
    assert sheet.freeze_panes == "B2"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.column_dimensions["L"].width > sheet.column_dimensions["E"].width
    assert second["en_similar"].value == "a\nb"
    assert second["en_similar"].alignment.wrap_text
    assert second["featured"].value is False
    assert (second["updated"].is_date, second["updated"].value.date()) == (True, date(2026, 11, 1))
    assert second["id"].number_format == "@"
    assert {rule.formula1 for rule in sheet.data_validations.dataValidation} == {
        '"all,personal,corporate"', '"none,product"', '"TRUE,FALSE"'
    }  # fmt: skip


# ── what cannot be written ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_more_than_a_cell_holds_is_refused_by_the_entrys_name(form: str) -> None:
    long = entry(variants={"en": {"question": "Q", "similar": ["x" * 20_000, "😀" * 6_384]}})
    with pytest.raises(InvalidRequest, match=r"'en_similar' of the entry 'lost-card' has more than 32,767 characters"):
        write(form, [long])
    fits = entry(variants={"en": {"question": "Q", "similar": ["x" * 20_000, "😀" * 6_383]}})
    assert round_trip(form, [fits]) == [fits]


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_what_no_cell_holds_is_written_to_a_text_file(form: str) -> None:
    long = entry(variants={"en": {"question": "Q", "similar": ["x" * 200_000]}})
    assert round_trip(form, [long]) == [long]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"no format 'pdf'. Choose one of yaml, csv, xlsx, jsonl"):
        write("pdf", [])


@EVERY
def test_a_file_that_could_not_be_read_is_not_written(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidRequest, match="more than 20,000 entries"):
        write(form, [entry()] * (MAX_ROWS + 1))
    for module in ("kb.exchange.interchange", "kb.exchange.workbook_writer"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 100)
    with pytest.raises(InvalidRequest, match="50 MB"):
        write(form, [entry()])


# ── which file it is ──────────────────────────────────────────────────────────────────────────────────────────────

NO_SUCH_FILE = [
    ("entries", b"x", "must end with one of .yml, .csv, .xlsx, .jsonl"),
    ("entries.pdf", b"%PDF", "must end with one of"),
    ("entries.xls", b"\xd0\xcf\x11\xe0", "save it as an Excel workbook"),
    ("entries.xlsm", b"PK\x03\x04", "save it as an Excel workbook"),
    ("entries.xlsx", b"\xd0\xcf\x11\xe0", "without one"),
    ("entries.xlsx", b"id,scenario", "no Excel workbook"),
    ("entries.xlsx", b"PK\x03\x04 cut", "damaged"),
    ("entries.csv", b"PK\x03\x04", "name it .xlsx"),
    ("entries.yml", b"PK\x03\x04", "name it .xlsx"),
    ("entries.csv", b"", "empty"),
    ("entries.yaml", b" \n", "empty"),
    ("entries.csv", b"\xef\xbb\xbf\r\n", "empty. Its first row must name the columns"),
    ("entries.csv", b"scenario: cards\nentries: []\n", "must name the columns"),
    ("entries.jsonl", b"scenario: cards\nentries: []\n", "not JSON Lines"),
    ("entries.jsonl", b"[1]\n2\n", "not JSON Lines"),
    ("entries.yml", b'{"id": "a"}', "needs 'scenario' and a list 'entries'"),
    ("entries.yml", b"id,scenario\na,b\n", "needs 'scenario' and a list 'entries'"),
    ("entries.yml", b"scenario: [cards", "not valid YAML at line 2"),
    ("entries.yml", b"scenario: \xff", "Line 1 of the file is not UTF-8"),
    ("entries.yml", b"scenario: a\x00b", "control characters"),
]


@pytest.mark.parametrize(("name", "content", "said"), NO_SUCH_FILE)
def test_a_file_that_is_none_says_what_to_do(name: str, content: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(name, content)
    assert said in refusal.value.message


def test_a_name_may_have_a_folder_and_capitals() -> None:
    assert read("C:/Export/Entries.JSONL", write("jsonl", [entry()]))[0].entry == entry()


@pytest.mark.parametrize("form", ["yaml", "csv", "jsonl"])
@settings(max_examples=100, deadline=None)
@given(written=SEVERAL, data=st.data())
def test_a_file_changed_anywhere_is_read_or_refused(
    form: str, written: tuple[EntryContent, ...], data: st.DataObject
) -> None:
    content = write(form, written)
    at, length = data.draw(st.integers(0, len(content))), data.draw(st.integers(0, 20))
    put = data.draw(
        st.one_of(st.binary(max_size=4), st.sampled_from([b'"', b"\n", b"- [", b": {", b"&a *a", b"!!int", b"\\u"]))
    )
    with contextlib.suppress(InvalidRequest):
        assert all(
            row.entry or row.problem for row in read(file_name(form), content[:at] + put + content[at + length :])
        )


@EVERY
def test_a_file_too_large_is_refused(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = write(form, [entry()])
    monkeypatch.setattr("kb.exchange.interchange.MAX_BYTES", 10)
    with pytest.raises(InvalidRequest, match=r"larger than 50 MB. Split it"):
        read(file_name(form), content)


@EVERY
def test_a_file_with_too_many_rows_is_refused(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = write(form, [entry("a"), entry("b"), entry("c")])
    for module in ("kb.exchange.documents", "kb.exchange.sheets"):
        monkeypatch.setattr(f"{module}.MAX_ROWS", 2)
    with pytest.raises(InvalidRequest, match="Split it into several files"):
        read(file_name(form), content)


@EVERY
def test_the_second_of_an_id_is_refused_and_names_the_first(form: str) -> None:
    rows = read(file_name(form), write(form, [entry("a"), entry("b"), entry("a", featured=True), entry("c")]))
    assert [row.entry and row.entry.id for row in rows] == ["a", "b", None, "c"]
    assert (rows[2].entry_id, rows[2].column) == ("a", "id")
    assert rows[2].problem
    assert f"The id 'a' is already in {FORMATS[form].counted_in} {rows[0].number};" in rows[2].problem["en"]
    assert f"ID“a”已用于第 {rows[0].number} 行" in rows[2].problem["zh"]


# ── what would become of it ───────────────────────────────────────────────────────────────────────────────────────


def test_each_row_has_its_fate() -> None:
    rows = [
        Row(2, entry("a"), "a"),
        Row(3, entry("b", featured=True), "b"),
        Row(4, entry("c"), "c"),
        Row(5, None, "b", "zh_question", "'zh_question' is missing; fill it in."),
    ]
    known = {"b": entry("b"), "c": entry("c"), "d": entry("d")}
    assert fates(rows, known) == [
        Fate(row, fate)  # type: ignore[arg-type]
        for row, fate in zip(rows, ["new", "changed", "same", "refused"], strict=True)
    ]


@EVERY
@settings(max_examples=30, deadline=None)
@given(written=SEVERAL)
def test_what_was_exported_is_the_same_when_it_is_imported(form: str, written: tuple[EntryContent, ...]) -> None:
    found = fates(read(file_name(form), write(form, written)), {one.id: one for one in written})
    assert {fate.fate for fate in found} == {"same"}
