"""``python -m evaluation doubles``: what the customer sees of two questions in one message."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.asking import Told
from evaluation.datasets import DoubleQuestion
from evaluation.doubles import DoubleAsked, DoublesRun, ask, summary
from kb.finding import Search

Found = Callable[..., Search]
DOUBLE = DoubleQuestion("d1", "挂失，还有补卡", "zh", "double", ("lost", "again"))
SINGLE = DoubleQuestion("d2", "卡丢了，怎么挂失", "zh", "single", ("lost",))
NOTHING = {"both_answered": 0.0, "both_offered": 0.0, "one_only": 0.0}


async def test_a_message_is_asked_as_the_first_of_a_conversation(found: Found, scripted: type[Any]) -> None:
    search = found(questions=[("lost", 0.9), ("again", 0.7)], lost=0.4)
    result = await ask(scripted({(DOUBLE.text, None): search}), DOUBLE)
    assert result == DoubleAsked(DOUBLE, Told(("lost", "again"), (), 0.7), (("lost", 0.4),))


@pytest.mark.parametrize(
    ("answered", "offered", "figure"),
    [
        (("lost", "again"), (), "both_answered"),
        (("again", "lost"), (), "both_answered"),
        ((), ("other", "again", "lost"), "both_offered"),
        (("lost",), (), "one_only"),
        (("lost", "other"), (), "one_only"),
        ((), ("again", "other"), "one_only"),
        (("other",), (), None),
        (("other", "another"), (), None),
        ((), (), None),
    ],
)
def test_a_double_is_one_of_these(answered: tuple[str, ...], offered: tuple[str, ...], figure: str | None) -> None:
    figures = summary([DoubleAsked(DOUBLE, Told(answered, offered, 0.5))])
    assert {name: figures[name] for name in NOTHING} == {**NOTHING, **({figure: 1.0} if figure else {})}
    assert figures["split_wrongly"] is None


def test_a_single_is_split_wrongly_when_it_gets_two_answers_and_needs_nothing_beneath_its_one() -> None:
    told = [Told(("lost",), ("again",), 0.9), Told(("lost", "again"), (), 0.9), Told((), ("lost", "again"), 0.5)]
    assert summary([DoubleAsked(SINGLE, one) for one in told]) == {
        "n": 3,
        "doubles": 0,
        "singles": 3,
        "both_answered": None,
        "both_offered": None,
        "one_only": None,
        "split_wrongly": pytest.approx(1 / 3),
        "offered_besides": pytest.approx(1 / 3),
    }


def test_doubles_and_singles_are_counted_apart_and_by_language() -> None:
    english = DoubleQuestion("d3", "block it and send a new one", "en", "double", ("lost", "again"))
    report = DoublesRun(
        [
            DoubleAsked(DOUBLE, Told(("lost", "again"), (), 0.9)),
            DoubleAsked(english, Told(("lost",), (), 0.9)),
            DoubleAsked(SINGLE, Told(("lost",), (), 0.9)),
        ]
    ).report()
    assert (report["n"], report["doubles"], report["singles"]) == (3, 2, 1)
    assert (report["both_answered"], report["one_only"], report["split_wrongly"]) == (0.5, 0.5, 0.0)
    assert {name: figures["n"] for name, figures in report["by_language"].items()} == {"en": 1, "zh": 2}
    assert report["by_language"]["en"]["one_only"] == 1.0


def test_from_files_to_figures(
    small_data_dir: Path, bank: list[Any], write_lines: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    kb = write_lines("kb.jsonl", bank)
    text = "how do I get a new card and can I repay my mortgage early"
    rows = [
        {"id": "d1", "slice": "double", "text": text, "entry_ids": ["new-card", "mortgage-early"]},
        {"id": "d2", "slice": "single", "text": "I have lost my card", "entry_ids": ["lost-card"]},
    ]
    files = ["--cases", str(write_lines("d.jsonl", rows))]
    assert main(["doubles", "--kb", str(kb), *files, "--leaks", "report"]) == 0
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert (report["doubles"], report["singles"], report["split_wrongly"]) == (1, 1, 0.0)
    assert report["both_answered"] + report["both_offered"] + report["one_only"] <= 1
    assert "both_answered" in captured.err


def test_a_slice_that_is_neither_ends_with_two(
    small_data_dir: Path, bank: list[Any], write_lines: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    kb = write_lines("kb.jsonl", bank)
    row = {"id": "d1", "slice": "triple", "text": "一二三", "entry_ids": ["lost-card"]}
    assert main(["doubles", "--kb", str(kb), "--cases", str(write_lines("d.jsonl", [row]))]) == 2
    assert "line 1: 'slice' must be 'double' or 'single'" in capsys.readouterr().err
