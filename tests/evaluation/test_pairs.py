"""``python -m evaluation pairs``: translations become what ``faq`` reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.datasets import DatasetError, read_entries, read_queries
from evaluation.pairs import read_pairs

WriteLines = Callable[..., Path]

PAIRS = [
    {"id": "p1", "zh": "怎么买长期护理险？", "en": "Where can I buy long term care insurance?", "domain": "care"},
    {"id": "p2", "zh": "租客险怎么办理？", "en": "How do I get renters insurance?"},
]


def test_what_is_written_is_a_knowledge_base_and_its_questions(write_lines: WriteLines, tmp_path: Path) -> None:
    kb, queries = tmp_path / "kb.jsonl", tmp_path / "queries.jsonl"
    pairs = write_lines("pairs.jsonl", PAIRS)
    assert main(["pairs", str(pairs), "--kb", str(kb), "--queries", str(queries)]) == 0
    entries = read_entries(kb)
    assert [(entry.id, entry.scenario, entry.variants["en"].question) for entry in entries] == [
        ("p1", "care", PAIRS[0]["en"]),
        ("p2", "translated", PAIRS[1]["en"]),
    ]
    asked = read_queries(queries, {entry.id for entry in entries})
    assert [(query.text, query.language, query.entry_id) for query in asked] == [
        (PAIRS[0]["zh"], "zh", "p1"),
        (PAIRS[1]["zh"], "zh", "p2"),
    ]


def test_either_side_may_ask_and_a_limit_keeps_the_first(write_lines: WriteLines) -> None:
    translated = read_pairs(write_lines("pairs.jsonl", PAIRS), "en", limit=1)
    assert [entry["variants"] for entry in translated.entries] == [
        {"zh": {"question": PAIRS[0]["zh"], "similar": [], "answer": "[p1]"}}
    ]
    assert [query["text"] for query in translated.queries] == [PAIRS[0]["en"]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{**PAIRS[0], "en": " "}], "line 1: 'en' must be a text"),
        ([PAIRS[0], {"id": "p2", "zh": "租客险"}], "line 2: 'en' must be a text"),
        ([PAIRS[0], {**PAIRS[1], "id": "p1"}], "line 2: the id 'p1' stands in an earlier line"),
    ],
)
def test_a_line_that_is_no_pair_is_named(write_lines: WriteLines, rows: list[dict[str, str]], said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        read_pairs(write_lines("pairs.jsonl", rows), "zh")
