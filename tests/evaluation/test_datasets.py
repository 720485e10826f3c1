"""Data sets are read as they are, or refused with the file and the line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets import (
    Dialogue,
    DoubleQuestion,
    Query,
    Utterance,
    read_dialogues,
    read_double_questions,
    read_entries,
    read_queries,
    read_utterances,
)
from kit.errors import InvalidRequest

ENTRY = {"id": "lost-card", "scenario": "cards", "variants": {"zh": {"question": "卡丢了怎么办"}}}
QUERY = {"id": "q1", "text": "我的卡丢了", "language": "zh", "entry_id": "lost-card", "slice": "plain"}
UTTERANCE = {"id": "u1", "text": "转人工", "language": "zh", "needed": True, "reason": "asked_for_human"}
DIALOGUE = {
    "id": "f1",
    "language": "zh",
    "slice": "attribute",
    "turns": ["卡丢了怎么办", "补卡多少钱"],
    "entry_ids": ["lost-card", "card-fee"],
}
DOUBLE = {
    "id": "d1",
    "language": "zh",
    "slice": "double",
    "text": "卡丢了怎么办，还有补卡多少钱",
    "entry_ids": ["lost-card", "card-fee"],
}
SINGLE = {**DOUBLE, "id": "d2", "slice": "single", "entry_ids": ["lost-card"]}

Read = Callable[[Path], Any]


def queries_of(path: Path) -> list[Query]:
    return read_queries(path, {"lost-card"})


def dialogues_of(path: Path) -> list[Dialogue]:
    return read_dialogues(path, {"lost-card", "card-fee"})


def doubles_of(path: Path) -> list[DoubleQuestion]:
    return read_double_questions(path, {"lost-card", "card-fee"})


READERS: list[tuple[str, Read, dict[str, Any]]] = [
    ("kb.jsonl", read_entries, ENTRY),
    ("queries.jsonl", queries_of, QUERY),
    ("handoff.jsonl", read_utterances, UTTERANCE),
    ("followups.jsonl", dialogues_of, DIALOGUE),
    ("doubles.jsonl", doubles_of, DOUBLE),
]


def without(row: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != field}


def in_each(number: int, said: str, broken: Callable[[dict[str, Any]], list[Any]]) -> list[Any]:
    return [(name, read, broken(good), number, said) for name, read, good in READERS]


BROKEN = [
    *in_each(2, "not valid JSON", lambda good: [good, '{"id": "x",']),
    *in_each(2, "not valid JSON", lambda good: [good, "[" * 100_000]),
    *in_each(1, "not valid JSON", lambda good: ['{"id": ' + "9" * 5000 + "}"]),
    *in_each(1, "a JSON object", lambda good: ["[]", good]),
    *in_each(3, "a JSON object", lambda good: [good, "", '"text"']),
    *in_each(1, "id", lambda good: [without(good, "id")]),
    *in_each(1, "id", lambda good: [{**good, "id": 5}]),
    *in_each(1, "id", lambda good: [{**good, "id": ""}]),
    *in_each(3, "used twice", lambda good: [good, {**good, "id": "other"}, good]),
    ("queries.jsonl", queries_of, [without(QUERY, "text")], 1, "'text'"),
    ("queries.jsonl", queries_of, [{**QUERY, "text": "  "}], 1, "'text'"),
    ("queries.jsonl", queries_of, [{**QUERY, "text": ["a"]}], 1, "'text'"),
    ("queries.jsonl", queries_of, [without(QUERY, "entry_id")], 1, "write null where no answer is right"),
    ("queries.jsonl", queries_of, [QUERY, {**QUERY, "id": "q2", "entry_id": "lost-cart"}], 2, "no entry 'lost-cart'"),
    ("queries.jsonl", queries_of, [{**QUERY, "entry_id": 7}], 1, "'entry_id'"),
    ("queries.jsonl", queries_of, [{**QUERY, "entry_id": ["lost-card"]}], 1, "'entry_id'"),
    ("queries.jsonl", queries_of, [{**QUERY, "language": 1}], 1, "'language'"),
    ("queries.jsonl", queries_of, [{**QUERY, "slice": ["plain"]}], 1, "'slice'"),
    ("handoff.jsonl", read_utterances, [without(UTTERANCE, "text")], 1, "'text'"),
    ("handoff.jsonl", read_utterances, [without(UTTERANCE, "needed")], 1, "'needed' must be true or false"),
    ("handoff.jsonl", read_utterances, [{**UTTERANCE, "needed": "yes"}], 1, "'needed' must be true or false"),
    ("handoff.jsonl", read_utterances, [{**UTTERANCE, "needed": 1}], 1, "'needed' must be true or false"),
    ("followups.jsonl", dialogues_of, [without(DIALOGUE, "slice")], 1, "'slice'"),
    ("followups.jsonl", dialogues_of, [without(DIALOGUE, "turns")], 1, "'turns'"),
    ("followups.jsonl", dialogues_of, [{**DIALOGUE, "turns": "补卡多少钱"}], 1, "'turns'"),
    ("followups.jsonl", dialogues_of, [{**DIALOGUE, "turns": ["卡丢了怎么办", " "]}], 1, "'turns'"),
    ("followups.jsonl", dialogues_of, [{**DIALOGUE, "turns": ["补卡"], "entry_ids": ["card-fee"]}], 1, "two or more"),
    ("followups.jsonl", dialogues_of, [DIALOGUE, {**DIALOGUE, "entry_ids": ["card-fee"]}], 2, "2 turns need as many"),
    ("followups.jsonl", dialogues_of, [{**DIALOGUE, "entry_ids": ["lost-card", None]}], 1, "'entry_ids'"),
    (
        "followups.jsonl",
        dialogues_of,
        [{**DIALOGUE, "entry_ids": ["lost-cart", "card-fee"]}],
        1,
        "no entry 'lost-cart'",
    ),
    ("doubles.jsonl", doubles_of, [without(DOUBLE, "text")], 1, "'text'"),
    ("doubles.jsonl", doubles_of, [without(DOUBLE, "entry_ids")], 1, "'entry_ids'"),
    ("doubles.jsonl", doubles_of, [SINGLE, {**DOUBLE, "slice": "triple"}], 2, "'double' or 'single'"),
    ("doubles.jsonl", doubles_of, [{**DOUBLE, "slice": ["double"]}], 1, "'double' or 'single'"),
    ("doubles.jsonl", doubles_of, [{**DOUBLE, "entry_ids": ["card-fee"]}], 1, "must be two different ones"),
    ("doubles.jsonl", doubles_of, [{**DOUBLE, "entry_ids": ["card-fee"] * 2}], 1, "must be two different ones"),
    ("doubles.jsonl", doubles_of, [{**DOUBLE, "slice": "single"}], 1, "must be one"),
    ("doubles.jsonl", doubles_of, [{**DOUBLE, "entry_ids": ["lost-card", "fee"]}], 1, "no entry 'fee'"),
    ("kb.jsonl", read_entries, [without(ENTRY, "scenario")], 1, "scenario: Field required"),
    ("kb.jsonl", read_entries, [without(ENTRY, "variants")], 1, "variants: Field required"),
    ("kb.jsonl", read_entries, [{**ENTRY, "variants": {}}], 1, "variants: "),
    ("kb.jsonl", read_entries, [{**ENTRY, "variants": {"zh": "卡丢了"}}], 1, "variants.zh: "),
    ("kb.jsonl", read_entries, [{**ENTRY, "variants": {"fr": {"question": "Q"}}}], 1, "variants.fr"),
    ("kb.jsonl", read_entries, [{**ENTRY, "variants": {"zh": {"similar": ["a"]}}}], 1, "variants.zh.question: "),
    ("kb.jsonl", read_entries, [{**ENTRY, "variants": {"zh": {"question": "Q", "similar": "a"}}}], 1, "similar: "),
]


@pytest.mark.parametrize(
    ("name", "read", "rows", "number", "said"), BROKEN, ids=[f"{case[0]}: {case[4]}" for case in BROKEN]
)
def test_a_broken_line_is_named(
    name: str, read: Read, rows: list[Any], number: int, said: str, write_lines: Callable[..., Path]
) -> None:
    path = write_lines(name, rows)
    with pytest.raises(InvalidRequest) as failure:
        read(path)
    assert f"{path}, line {number}" in failure.value.message
    assert said in failure.value.message


@pytest.mark.parametrize(("name", "read", "good"), READERS, ids=[reader[0] for reader in READERS])
class TestEveryReader:
    @pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff"])
    def test_an_empty_file_is_refused(
        self, name: str, read: Read, good: dict[str, Any], content: str, tmp_path: Path
    ) -> None:
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(InvalidRequest, match="is empty: it needs one JSON object a line") as failure:
            read(tmp_path / name)
        assert str(tmp_path / name) in failure.value.message

    def test_a_file_that_is_not_utf8_is_refused_with_its_line(
        self, name: str, read: Read, good: dict[str, Any], tmp_path: Path
    ) -> None:
        (tmp_path / name).write_bytes(b'{"id": "a"}\n{"id": "' + "银行".encode("gb18030") + b'"}\n')
        with pytest.raises(InvalidRequest, match="not UTF-8") as failure:
            read(tmp_path / name)
        assert f"{tmp_path / name}, line 2" in failure.value.message

    @pytest.mark.parametrize("is_folder", [True, False])
    def test_a_file_that_cannot_be_read_is_refused(
        self, name: str, read: Read, good: dict[str, Any], is_folder: bool, tmp_path: Path
    ) -> None:
        if is_folder:
            (tmp_path / name).mkdir()
        with pytest.raises(InvalidRequest, match="cannot be read") as failure:
            read(tmp_path / name)
        assert str(tmp_path / name) in failure.value.message

    def test_what_other_programs_write_is_read(
        self, name: str, read: Read, good: dict[str, Any], write_lines: Callable[..., Path]
    ) -> None:
        """A byte order mark, Windows' line ends, blank lines, and fields of the data set's own."""
        path = write_lines(name, [{**good, "source": "survey"}, "", {**good, "id": "second"}])
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert [row.id for row in read(path)] == [good["id"], "second"]


def test_a_line_separator_inside_a_text_does_not_end_the_line(write_lines: Callable[..., Path]) -> None:
    text = "我的卡丢了\u2028怎么办\u0085谢谢"
    [query] = queries_of(write_lines("queries.jsonl", [{**QUERY, "text": text}]))
    assert query.text == text


def test_a_query_is_read_as_written(write_lines: Callable[..., Path]) -> None:
    assert queries_of(write_lines("q.jsonl", [QUERY])) == [
        Query("q1", "我的卡丢了", "zh", "lost-card", "plain", "zh-Hans")
    ]


@pytest.mark.parametrize(("entry_id", "kind"), [("lost-card", "in_scope"), (None, "out_of_scope")])
def test_a_query_without_a_slice_is_in_or_out_of_scope(
    entry_id: str | None, kind: str, write_lines: Callable[..., Path]
) -> None:
    [query] = queries_of(write_lines("q.jsonl", [{**without(QUERY, "slice"), "entry_id": entry_id}]))
    assert (query.entry_id, query.slice) == (entry_id, kind)


@pytest.mark.parametrize(
    ("named", "text", "language"),
    [
        ("zh", "lost card", "zh"),
        ("zh-Hant", "lost card", "zh"),
        ("yue", "lost card", "zh"),
        ("EN-gb", "卡丢了", "en"),
        (None, "卡丢了", "zh"),
        (None, "I lost my card", "en"),
        ("mixed", "我的card丢了怎么办", "zh"),
    ],
)
def test_the_language_is_the_named_one_or_the_one_it_is_written_in(
    named: str | None, text: str, language: str, write_lines: Callable[..., Path]
) -> None:
    [query] = queries_of(write_lines("q.jsonl", [{**QUERY, "language": named, "text": text}]))
    assert query.language == language


def test_an_utterance_is_read_as_written(write_lines: Callable[..., Path]) -> None:
    rows = [UTTERANCE, {**without(UTTERANCE, "reason"), "id": "u2", "needed": False}]
    assert read_utterances(write_lines("u.jsonl", rows)) == [
        Utterance("u1", "转人工", "zh", True, "asked_for_human"),
        Utterance("u2", "转人工", "zh", False, None),
    ]


def test_entries_may_lack_a_language_and_carry_empty_fields(write_lines: Callable[..., Path]) -> None:
    row = {**ENTRY, "title": "Cards", "variants": {**ENTRY["variants"], "en": None}}
    row["variants"]["zh"] = {"question": "卡丢了", "similar": ["挂失"], "answer": "请挂失", "risk": None}
    [entry] = read_entries(write_lines("kb.jsonl", [row]))
    assert set(entry.variants) == {"zh"}
    assert entry.variants["zh"].questions == ("卡丢了", "挂失")


def test_a_dialogue_is_read_as_written(write_lines: Callable[..., Path]) -> None:
    assert dialogues_of(write_lines("f.jsonl", [DIALOGUE])) == [
        Dialogue("f1", "zh", "attribute", ("卡丢了怎么办", "补卡多少钱"), ("lost-card", "card-fee"))
    ]


def test_the_language_of_a_dialogue_is_that_of_its_turns(write_lines: Callable[..., Path]) -> None:
    row = {**without(DIALOGUE, "language"), "turns": ["my card is gone", "what is a new one"]}
    [dialogue] = dialogues_of(write_lines("f.jsonl", [row]))
    assert dialogue.language == "en"


def test_a_double_question_is_read_as_written(write_lines: Callable[..., Path]) -> None:
    assert doubles_of(write_lines("d.jsonl", [DOUBLE, SINGLE])) == [
        DoubleQuestion("d1", DOUBLE["text"], "zh", "double", ("lost-card", "card-fee")),
        DoubleQuestion("d2", DOUBLE["text"], "zh", "single", ("lost-card",)),
    ]
