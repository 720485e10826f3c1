"""YAML and JSON Lines as people and programs write them; a mistake is said by line and field, and breaks one entry."""

import json
from typing import Any

import pytest

from kb.content import EntryContent, Variant
from kb.exchange.interchange import Row, read
from kit.errors import InvalidRequest

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
    assert said in (rows[0].problem or "")
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
    assert said in (rows[0].problem or "")


LAUGHS = "scenario: s\nentries:\n- &a {id: a}\n" + "".join(
    f"- &{name} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_aliases_do_not_multiply() -> None:
    rows = yaml_rows(LAUGHS)
    assert len(rows) == 9
    assert all("Anchors and aliases" in (row.problem or "") for row in rows)


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
    assert said in (rows[1].problem or "")


def test_a_line_that_is_not_utf8_breaks_alone() -> None:
    rows = read("a.jsonl", json.dumps(GOOD).encode() + b'\n{"id": "\xff"}\n')
    assert [row.problem for row in rows] == [None, "The line is not UTF-8; save the file in UTF-8."]
