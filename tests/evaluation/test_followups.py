"""``python -m evaluation followups``: each turn with the one before it, and the last one alone as well."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.datasets import Dialogue
from evaluation.followups import Followed, FollowupsRun, follow, summary
from evaluation.metrics.answering import Answered
from kb.context import Earlier
from kb.finding import Search

Found = Callable[..., Search]
FIGURES = {"n", "top1", "top1_alone", "coverage", "answered_precision", "bent"}
THREE = Dialogue("f1", "zh", "attribute", ("开卡", "年费呢", "补卡呢"), ("open", "fee", "again"))


async def test_each_turn_follows_the_one_before_and_the_last_is_asked_alone_too(
    found: Found, scripted: type[Any]
) -> None:
    knowledge = scripted(
        {
            ("开卡", None): found(open=0.9),
            ("年费呢", Earlier("开卡", "open")): found(fee=0.5, other=0.3, in_context=True),
            ("补卡呢", Earlier("开卡，年费呢", None)): found(again=0.8, fee=0.1, in_context=True),
            ("补卡呢", None): found(fee=0.4, again=0.3),
        }
    )
    result = await follow(knowledge, THREE)
    right = Answered(0.8, True, True, True)
    assert result == Followed(THREE, ["again", "fee"], ["fee", "again"], right, (0.8, 0.1))


async def test_two_answers_to_one_question_are_not_a_right_answer(found: Found, scripted: type[Any]) -> None:
    dialogue = Dialogue("f2", "zh", "attribute", ("开卡", "补卡，年费"), ("open", "again"))
    last = found(questions=[("again", 0.9), ("fee", 0.9)], again=0.5)
    knowledge = scripted(
        {("开卡", None): found(open=0.9), ("补卡，年费", Earlier("开卡", "open")): last, ("补卡，年费", None): last}
    )
    result = (await follow(knowledge, dialogue)).result
    assert (result.answered, result.right) == (True, False)


def asked(kind: str, first: str, alone: str, *, answered: bool = False, language: Any = "zh") -> Followed:
    dialogue = Dialogue("f", language, kind, ("一", "二"), ("other", "right"))
    return Followed(dialogue, [first], [alone], Answered(0.5, answered, answered and first == "right", True))


def test_a_summary_by_hand() -> None:
    figures = summary(
        [
            asked("subject", "right", "wrong", answered=True),
            asked("subject", "wrong", "right", answered=True),
            asked("fresh", "wrong", "right"),
            asked("fresh", "wrong", "wrong"),
            asked("fresh", "right", "wrong"),
            asked("fresh", "right", "right", answered=True),
        ]
    )
    assert figures == {
        "n": 6,
        "top1": pytest.approx(3 / 6),
        "top1_alone": pytest.approx(3 / 6),
        "coverage": pytest.approx(3 / 6),
        "answered_precision": pytest.approx(2 / 3),
        "bent": pytest.approx(1 / 4),
    }


def test_groups_add_up_and_nothing_is_bent_where_nothing_is_fresh() -> None:
    report = FollowupsRun(
        [asked("fresh", "right", "right"), asked("subject", "right", "wrong", language="en")]
    ).report()
    assert set(report) == FIGURES | {"by_slice", "by_language"}
    assert {name: figures["n"] for name, figures in report["by_slice"].items()} == {"fresh": 1, "subject": 1}
    assert {name: figures["n"] for name, figures in report["by_language"].items()} == {"en": 1, "zh": 1}
    assert report["by_slice"]["subject"]["bent"] is None
    assert report["by_slice"]["fresh"]["bent"] == 0.0


def test_no_dialogue_at_all_is_a_report_of_nothing() -> None:
    assert summary([]) == {**dict.fromkeys(FIGURES), "n": 0}


def test_from_files_to_figures(
    small_data_dir: Path, bank: list[Any], write_lines: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    kb = write_lines("kb.jsonl", bank)
    row = {"id": "f1", "slice": "attribute", "turns": ["银行卡丢了怎么办", "补一张新卡多少钱"]}
    chinese = write_lines("zh.jsonl", [{**row, "entry_ids": ["lost-card", "new-card"]}])
    fresh = {"id": "f2", "slice": "fresh", "turns": ["how do I get a new card", "repay my mortgage early"]}
    english = write_lines("en.jsonl", [{**fresh, "entry_ids": ["new-card", "mortgage-early"]}])
    files = ["--cases", str(chinese), "--cases", str(english)]
    assert main(["followups", "--kb", str(kb), *files, "--leaks", "report"]) == 0
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert (report["n"], report["top1"], report["top1_alone"], report["bent"]) == (2, 1.0, 1.0, 0.0)
    assert "top1_alone" in captured.err


def test_a_dialogue_of_another_knowledge_base_ends_with_two(
    small_data_dir: Path, bank: list[Any], write_lines: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    kb = write_lines("kb.jsonl", bank)
    row = {"id": "f1", "slice": "fresh", "turns": ["一", "二"], "entry_ids": ["lost-card", "lost-cat"]}
    assert main(["followups", "--kb", str(kb), "--cases", str(write_lines("f.jsonl", [row]))]) == 2
    assert "line 1: the knowledge base has no entry 'lost-cat'" in capsys.readouterr().err
