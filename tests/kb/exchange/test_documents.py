"""YAML and JSON Lines as people and programs write them; a mistake is said by line and field, and breaks one entry."""

import json
from typing import Any

import pytest
import yaml

from kb.content import EntryContent, Variant
from kb.exchange.interchange import Row, read
from kb.exchange.sentences import said
from kit.errors import InvalidRequest
from kit.language import has_han

GOOD_YAML = """\
scenario: cards
title: {zh: 卡片, en: Cards}
entries:
  - id: lost-card
    featured: yes
    updated: 2026-11-01
    zh: {question: 卡丢了怎么办, similar: [挂失], answer: 请挂失。}
    en:
      question: I lost my card
"""
GOOD = {"id": "lost-card", "scenario": "cards", "variants": {"en": {"question": "I lost my card"}}}


def told(row: Row) -> str:
    """What an English editor reads of a row."""
    return row.problem["en"] if row.problem else ""


def yaml_rows(text: str) -> list[Row]:
    return read("a.yml", text.encode())


def json_rows(*lines: Any) -> list[Row]:
    return read("a.jsonl", "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines).encode())


# ── YAML ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_content_file_is_read_as_it_is_published() -> None:
    [row] = yaml_rows(GOOD_YAML)
    assert row.number == 4
    assert row.entry == EntryContent.model_validate(
        {
            "id": "lost-card",
            "scenario": "cards",
            "featured": True,
            "updated": "2026-11-01",
            "variants": {
                "zh": Variant(question="卡丢了怎么办", similar=("挂失",), answer="请挂失。"),
                "en": Variant(question="I lost my card"),
            },
        }
    )


def test_content_files_may_follow_each_other() -> None:
    other = GOOD_YAML.replace("lost-card", "limit").replace("scenario: cards", "scenario: 7")
    rows = yaml_rows(f"---\n{GOOD_YAML}---\n# nothing\n---\n{other}...\n")
    assert [(row.entry and row.entry.id, row.entry and row.entry.scenario) for row in rows] == [
        ("lost-card", "cards"),
        ("limit", "7"),
    ]


def test_the_scenario_may_stand_after_the_entries() -> None:
    [row] = yaml_rows("entries:\n- {id: a, en: {question: Q}}\nscenario: cards\n")
    assert row.entry
    assert row.entry.scenario == "cards"


ENTRY_MISTAKES = [
    ("id: lost-card", "audience: all", "id", "'id' is missing"),
    ("id: lost-card", "id: 17", "id", "'id' must be text; put it in quotation marks."),
    ("id: lost-card", "id: lost card", "id", "'id' may only have letters"),
    ("featured: yes", "featured: maybe", "featured", "'featured' must be true or false"),
    ("featured: yes", "colour: red", "colour", "'colour' is not known"),
    ("featured: yes", "scenario: loans", "scenario", "'scenario' is no field of an entry in YAML"),
    ("featured: yes", "variants: {}", "variants", "'variants' is no field of an entry in YAML"),
    ("featured: yes", "related: lost", "related", "'related' must be a list"),
    ("featured: yes", "related: [a, 7]", "related", "'related', number 2, must be text"),
    ("featured: yes", "audience: all\n    audience: all", None, "The field 'audience' is there twice"),
    ("featured: yes", "1: 2", None, "The name of a field must be text"),
    ("featured: yes", "[a]: 2", None, "The name of a field must be text"),
    ("featured: yes", "related: &r [a]", None, "Anchors and aliases"),
    ("featured: yes", "related: !!python/object:a.b []", None, "Tags (!) are not read"),
    ("2026-11-01", "20261101", "updated", "'updated' must be a date such as 2026-11-01"),
    ("2026-11-01", "2026-13-01", "updated", "'updated' must be a date such as 2026-11-01"),
    ("2026-11-01", "2026-11-01 17:00:00", "updated", "'updated' must be a date such as 2026-11-01"),
    ("[挂失]", "[挂失, 95588]", "zh.similar", "'zh.similar', number 2, must be text"),
    ("[挂失]", "挂失", "zh.similar", "'zh.similar' must be a list"),
    ("{question: 卡丢了怎么办, similar: [挂失], answer: 请挂失。}", "卡丢了", "zh", "'zh' must have fields of its own"),
    (
        "question: I lost my card",
        "anwser: x",
        "en.question",
        "'en.question' is missing; fill it in. 'en.anwser' is not",
    ),
    ("question: I lost my card", "question: ' '", "en.question", "'en.question' is empty"),
    ("en:\n      question: I lost my card", "fr: {question: Q}", "fr", "'fr' is not known"),
]


@pytest.mark.parametrize(("old", "new", "column", "said"), ENTRY_MISTAKES)
def test_a_mistake_in_yaml_breaks_its_entry_alone(old: str, new: str, column: str | None, said: str) -> None:
    assert old in GOOD_YAML
    rows = yaml_rows(GOOD_YAML.replace(old, new) + "  - {id: next, en: {question: Q}}\n")
    assert rows[0].entry is None
    assert rows[0].column == column
    assert said in told(rows[0])
    assert (rows[1].entry_id, rows[1].problem) == ("next", None)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("lost-card", "must have fields"),
        ("[lost-card]", "must have fields"),
        ("{id: a}", "There is no question"),
        ("*a", "Anchors and aliases"),
    ],
)
def test_what_is_no_entry_in_yaml_says_so(entry: str, said: str) -> None:
    rows = yaml_rows(f"scenario: &a cards\nentries: [{entry}]\n")
    assert said in told(rows[0])


LAUGHS = "scenario: s\nentries:\n- &a {id: a}\n" + "".join(
    f"- &{name} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_aliases_do_not_multiply() -> None:
    rows = yaml_rows(LAUGHS)
    assert len(rows) == 9
    assert all("Anchors and aliases" in told(row) for row in rows)


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.exchange.documents.MAX_VALUES", 10)
    with pytest.raises(InvalidRequest, match="more than 10 values"):
        yaml_rows(GOOD_YAML)


@pytest.mark.parametrize("deep", ["[" * 5_000, "- " * 5_000, "{a: " * 5_000])
def test_deep_nesting_is_refused(deep: str) -> None:
    with pytest.raises(InvalidRequest):
        yaml_rows(f"scenario: s\nentries:\n  - {deep}\n")


@pytest.mark.parametrize(
    "text",
    [
        "scenario: cards\n",
        "scenario: true\nentries: []\n",
        "scenario: cards\nentries: {a: b}\n",
        "scenario: cards\nscenario: loans\nentries: []\n",
        "scenario: cards\nentries: []\nentries: []\n",
        "entries: []\n",
        "- a\n",
        "--- |\n  text\n",
        "# nothing\n",
    ],
)
def test_a_document_that_is_no_content_file_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="needs 'scenario' and a list 'entries'"):
        yaml_rows(text)


# ── JSON Lines ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_counted_with_the_blank_ones_and_nulls_are_nothing() -> None:
    nothing = {**GOOD, "updated": None, "variants": {"zh": None, "en": {"question": "Q", "answer": None, "risk": None}}}
    rows = read("a.jsonl", b"\xef\xbb\xbf\n" + json.dumps(nothing).encode() + b"\r\n\r\n")
    assert [(row.number, row.problem) for row in rows] == [(2, None)]


def test_a_line_may_hold_a_line_separator() -> None:
    line = json.dumps({**GOOD, "scenario": "a\u2028b"}, ensure_ascii=False)
    [row] = read("a.jsonl", line.encode())
    assert row.entry
    assert row.entry.scenario == "a\u2028b"


LINES = [
    ("{", None, "not valid JSON at character 2"),
    ("[1]", None, "must be a JSON object"),
    ("[" * 100_000, None, "nested too deeply"),
    ('{"id": ' + "9" * 5_000 + "}", None, "a number that is too long"),
    ('{"id": "a", "id": "b"}', None, "The field 'id' is there twice"),
    ('{"id": "\\ud83d"}', None, "half of a pair"),
    ({**GOOD, "colour": "red"}, "colour", "'colour' is not known"),
    ({**GOOD, "id": 7}, "id", "'id' must be text"),
    ({**GOOD, "id": None}, "id", "'id' is missing"),
    ({**GOOD, "updated": 20261101}, "updated", "'updated' must be a date such as 2026-11-01"),
    ({**GOOD, "featured": "maybe"}, "featured", "'featured' must be true or false"),
    ({**GOOD, "related": [1] * 100_000}, "related", "'related', number 1, must be text"),
    ({**GOOD, "variants": {}}, "variants", "There is no question"),
    ({**GOOD, "variants": []}, "variants", "'variants' must have fields"),
    ({**GOOD, "variants": {"en": ["Q"]}}, "variants.en", "'variants.en' must have fields"),
    ({**GOOD, "variants": {"fr": {"question": "Q"}}}, "variants.fr", "The language 'fr' is not known; use zh or en."),
    ({**GOOD, "variants": {"en": {"question": "Q", "similar": "x"}}}, "variants.en.similar", "must be a list"),
    ({**GOOD, **{f"field{number}": 1 for number in range(100)}}, None, "too many fields"),
    ({**GOOD, "x" * 10_000: 1}, "x" * 120 + "…", "'" + "x" * 120 + "…' is not known"),
    ({**GOOD, "risk_class": "product"}, "variants.en.risk", "'variants.en.risk' is empty"),
    ({**GOOD, "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "valid_to", "'valid_to' (2026-01-01) is before"),
]


@pytest.mark.parametrize(("line", "column", "said"), LINES, ids=[case[2] for case in LINES])
def test_a_mistake_in_a_line_breaks_it_alone(line: Any, column: str | None, said: str) -> None:
    rows = json_rows({**GOOD, "id": "before"}, line, {**GOOD, "id": "after"})
    assert [row.entry and row.entry.id for row in rows] == ["before", None, "after"]
    assert (rows[1].number, rows[1].column) == (2, column)
    assert said in told(rows[1])


# ── in both languages ─────────────────────────────────────────────────────────────────────────────────────────────

BROKEN_JSON = [
    '{"id": }',
    '{"id": "a" "scenario": "s"}',
    '{"id" "a"}',
    "{id: 1}",
    '{"id": "a",}',
    '{"related": ["a",]}',
    '{"id": "a',
    '{"id": "a\tb"}',
    '{"id": "\\d"}',
    '{"id": "\\u12"}',
    '{"id": "a"} and',
]
BROKEN_YAML = [
    "scenario: a: b\n",
    "scenario: @a\n",
    "scenario: a\nb\nc: d\n",
    "scenario: a\n]\n",
    "entries:\n  - id: a\n   zh: {question: Q}\n",
    "entries: [a, b\n",
    "entries: {a: b\n",
    'scenario: "a\n',
    'scenario: "\\d"\n',
    "entries: - a\n",
    "entries:\n  a: b\n\tc: d\n",
]
# Said by Python 3.13 and newer in place of other reasons.
NEWER = {"Illegal trailing comma before end of object", "Illegal trailing comma before end of array"}


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml and says it in other words")
def test_every_reason_of_a_parser_that_is_known_is_told_in_both_languages() -> None:
    known = {key: reason for key, reason in said.by_key.items() if " " in key}
    found: set[str] = set()
    messages = [json_rows(GOOD, line)[1].problem or {} for line in BROKEN_JSON]
    for text in BROKEN_YAML:
        with pytest.raises(InvalidRequest) as refused:
            yaml_rows(text)
        messages.append(refused.value.messages)
    for message in messages:
        reasons = {key for key, reason in known.items() if all(reason[each] in message[each] for each in ("zh", "en"))}
        assert reasons, message
        found |= reasons
    assert known.keys() - found <= NEWER


def test_another_reason_is_told_as_the_parser_says_it() -> None:
    with pytest.raises(InvalidRequest) as refused:
        yaml_rows("%scenario\n")
    assert refused.value.messages["zh"].startswith("文件不是有效的 YAML（第 1 行：found ")


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        (
            {**GOOD, "audience": "everybody", "colour": "red"},
            "“audience”须为 personal、corporate 或 all，请改正。没有“colour”这个字段，请改正名称，或删去。",
            "'audience' must be 'personal', 'corporate' or 'all'; correct it. 'colour' is not known; correct its name, "
            "or take it out.",
        ),
        (
            {**GOOD, "risk_class": "product"},
            "“variants.en.risk”是空的，而有风险的产品须写明风险，请填写。",
            "'variants.en.risk' is empty, but a product with risk must say its risk; fill it in.",
        ),
        (
            {**GOOD, "valid_from": "2026-02-01", "valid_to": "2026-01-01"},
            "“valid_to”（2026-01-01）早于“valid_from”（2026-02-01），请改正。",
            "'valid_to' (2026-01-01) is before 'valid_from' (2026-02-01); correct it.",
        ),
        (
            {**GOOD, "scenario": "s" * 81},
            "“scenario”超过 80 个字符，请缩短。",
            "'scenario' has more than 80 characters; shorten it.",
        ),
    ],
)
def test_a_problem_is_told_in_both_languages(line: Any, zh: str, en: str) -> None:
    assert json_rows(line, GOOD)[0].problem == {"zh": zh, "en": en}


@pytest.mark.parametrize("mistake", [*LINES], ids=[case[2] for case in LINES])
def test_no_problem_of_a_line_is_told_in_english_alone(mistake: tuple[Any, Any, str]) -> None:
    problem = json_rows(mistake[0], GOOD)[0].problem
    assert problem
    assert has_han(problem["zh"])
    assert not has_han(problem["en"])


def test_a_line_that_is_not_utf8_breaks_alone() -> None:
    rows = read("a.jsonl", json.dumps(GOOD).encode() + b'\n{"id": "\xff"}\n')
    assert [told(row) for row in rows] == ["", "The line is not UTF-8; save the file in UTF-8."]
