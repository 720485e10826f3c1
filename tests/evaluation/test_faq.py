"""``python -m evaluation faq``, from files to figures, on the real encoder and a real database."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.datasets import Query
from evaluation.faq import Asked, FaqRun, summary
from evaluation.metrics.answering import Answered

WriteLines = Callable[..., Path]

KNOWLEDGE = [
    {
        "id": "lost-card",
        "scenario": "cards",
        "variants": {
            "zh": {"question": "银行卡丢了怎么办？", "similar": ["怎么挂失", "卡不见了"], "answer": "请挂失。"},
            "en": {"question": "I have lost my card", "similar": ["report a stolen card"], "answer": "Block it."},
        },
    },
    {
        "id": "mortgage-early",
        "scenario": "loans",
        "variants": {
            "zh": {"question": "房贷可以提前还款吗？", "similar": ["提前还清按揭"], "answer": "一年后可以。"},
            "en": {"question": "Can I repay my mortgage early?", "answer": "After a year."},
        },
    },
    {
        "id": "foreign-cash",
        "scenario": "exchange",
        "variants": {"zh": {"question": "怎么预约外币现钞？", "similar": ["想换点美元"], "answer": "提前两天。"}},
    },
]
IN_SCOPE = [
    {"id": "1", "text": "怎么挂失银行卡", "language": "zh", "entry_id": "lost-card", "slice": "plain"},
    {"id": "2", "text": "房贷想提前还清", "language": "zh", "entry_id": "mortgage-early", "slice": "plain"},
    {"id": "3", "text": "换美元现金", "language": "zh", "entry_id": "foreign-cash", "slice": "keyword"},
    {"id": "4", "text": "my card was stolen", "language": "en", "entry_id": "lost-card", "slice": "plain"},
]
OUTSIDE = [
    {"id": "5", "text": "推荐一部科幻小说", "language": "zh", "entry_id": None, "slice": "out_of_scope"},
    {"id": "6", "text": "who wrote war and peace", "language": "en", "entry_id": None, "slice": "out_of_scope"},
]
SUMMARY = {
    "n",
    "in_scope",
    "top1",
    "top3",
    "coverage",
    "answered_precision",
    "false_answer_rate",
    "auroc",
    "precision_at_coverage",
    "calibration_error",
}


@pytest.fixture(autouse=True)
def loaded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session's encoder, so that not every test loads it again."""
    if "data_dir" in request.fixturenames:
        encoder = request.getfixturevalue("encoder").encoder
        monkeypatch.setattr("evaluation.publishing.load_encoder", lambda settings: encoder)


@pytest.fixture
def evaluate(data_dir: Path, write_lines: WriteLines, tmp_path: Path) -> Callable[[list[Any]], dict[str, Any]]:
    def run(queries: list[Any]) -> dict[str, Any]:
        kb, asked = write_lines("kb.jsonl", KNOWLEDGE), write_lines("queries.jsonl", queries)
        out = tmp_path / "report.json"
        assert main(["faq", "--kb", str(kb), "--queries", str(asked), "--json", str(out)]) == 0
        return json.loads(out.read_text(encoding="utf-8"))

    return run


def test_the_report_has_every_figure(evaluate: Callable[..., dict[str, Any]]) -> None:
    report = evaluate([*IN_SCOPE, *OUTSIDE])
    of_run = {"run", "cases", "scores", "groups", "risk_coverage", "reliability", "confusion", "gate"}
    assert set(report) == SUMMARY | of_run | {"by_slice", "by_language", "fit_seconds", "encode_ms", "search_ms"}
    assert (report["n"], report["in_scope"]) == (6, 4)
    assert (report["top1"], report["top3"], report["auroc"], report["false_answer_rate"]) == (1.0, 1.0, 1.0, 0.0)
    assert report["answered_precision"] == 1.0
    assert 0 < report["coverage"] <= 4 / 6
    assert set(report["precision_at_coverage"]) == {"0.5", "0.7", "0.8"}
    assert report["precision_at_coverage"]["0.5"] == 1.0
    assert 0 <= report["calibration_error"] <= 1
    assert min(report["fit_seconds"], report["encode_ms"], report["search_ms"]) > 0


def test_slices_and_languages_are_summed_up_alike_and_add_up(evaluate: Callable[..., dict[str, Any]]) -> None:
    report = evaluate([*IN_SCOPE, *OUTSIDE])
    for group in ("by_slice", "by_language"):
        assert sum(figures["n"] for figures in report[group].values()) == report["n"]
        assert all(set(figures) == SUMMARY for figures in report[group].values())
    assert {name: figures["n"] for name, figures in report["by_slice"].items()} == {
        "keyword": 1,
        "out_of_scope": 2,
        "plain": 3,
    }
    assert {name: figures["n"] for name, figures in report["by_language"].items()} == {"en": 2, "zh": 4}
    assert report["by_slice"]["plain"]["auroc"] is None
    assert report["by_slice"]["plain"]["false_answer_rate"] is None
    assert report["by_slice"]["out_of_scope"]["top1"] is None


@pytest.mark.parametrize(("queries", "null"), [(IN_SCOPE, "false_answer_rate"), (OUTSIDE, "top1")])
def test_figures_that_need_the_missing_kind_are_null(
    queries: list[Any], null: str, evaluate: Callable[..., dict[str, Any]]
) -> None:
    report = evaluate(queries)
    assert report["auroc"] is None
    assert report[null] is None


def test_without_a_file_the_figures_go_to_standard_output_alone(
    data_dir: Path, write_lines: WriteLines, capsys: pytest.CaptureFixture[str]
) -> None:
    kb, asked = write_lines("kb.jsonl", KNOWLEDGE), write_lines("a.jsonl", IN_SCOPE)
    more = write_lines("b.jsonl", [{**row, "slice": "odd [/slice]"} for row in OUTSIDE])
    assert main(["faq", "--kb", str(kb), "--queries", str(asked), "--queries", str(more)]) == 0
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert report["n"] == 6
    assert "odd [/slice]" in report["by_slice"]
    assert "answered_precision" in captured.err


def test_a_report_that_cannot_be_written_is_not_lost(
    data_dir: Path, write_lines: WriteLines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kb, asked = write_lines("kb.jsonl", KNOWLEDGE), write_lines("a.jsonl", IN_SCOPE)
    out = tmp_path / "absent" / "report.json"
    assert main(["faq", "--kb", str(kb), "--queries", str(asked), "--json", str(out)]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["n"] == 4
    assert str(out) in captured.err


BAD: list[tuple[str, list[Any], list[Any], str]] = [
    ("an unknown entry", KNOWLEDGE, [{**IN_SCOPE[0], "entry_id": "[/lost] card"}], "no entry '[/lost] card'"),
    ("queries that are not JSON", KNOWLEDGE, ["id,text"], "line 1: not valid JSON"),
    ("no queries", KNOWLEDGE, [], "is empty"),
    ("an empty knowledge base", [], IN_SCOPE, "is empty"),
    ("an entry without a question", [{**KNOWLEDGE[0], "variants": {"zh": {"answer": "A"}}}], IN_SCOPE, "question"),
]


@pytest.mark.parametrize(("knowledge", "queries", "said"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_ends_with_two_and_a_message(
    knowledge: list[Any],
    queries: list[Any],
    said: str,
    data_dir: Path,
    write_lines: WriteLines,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kb, asked = write_lines("kb.jsonl", knowledge), write_lines("queries.jsonl", queries)
    assert main(["faq", "--kb", str(kb), "--queries", str(asked)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1, "a path that is cut by a line end cannot be copied"


def test_files_that_are_not_there_end_with_two(
    data_dir: Path, write_lines: WriteLines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = write_lines("queries.jsonl", IN_SCOPE)
    assert main(["faq", "--kb", str(tmp_path / "absent.jsonl"), "--queries", str(asked)]) == 2
    assert f"{tmp_path / 'absent.jsonl'} cannot be read" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["faq", "--kb", str(tmp_path / "empty"), "--queries", str(asked)]) == 2
    assert "There are no entries under" in capsys.readouterr().err


def test_a_folder_of_content_files_is_a_knowledge_base(
    data_dir: Path, write_lines: WriteLines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "cards.yml").write_text(
        "scenario: cards\nentries: [{id: lost-card, zh: {question: 银行卡丢了怎么办, answer: 请挂失。}}]",
        encoding="utf-8",
    )
    asked = write_lines("queries.jsonl", IN_SCOPE[:1])
    assert main(["faq", "--kb", str(tmp_path / "content"), "--queries", str(asked)]) == 0
    assert json.loads(capsys.readouterr().out)["top1"] == 1.0


def test_a_wrong_command_line_says_how_it_should_be(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["faq", "--seed", "many"])
    assert ended.value.code == 2
    assert "--seed" in capsys.readouterr().err


def asked(entry_id: str | None, ranked: list[str], *, answered: bool, confidence: float) -> Asked:
    right = bool(ranked) and ranked[0] == entry_id
    query = Query("q", "text", "zh", entry_id, "plain")
    return Asked(query, ranked, Answered(confidence, answered, right, entry_id is not None))


def test_a_summary_by_hand() -> None:
    figures = summary(
        [
            asked("a", ["a", "b"], answered=True, confidence=0.9),
            asked("a", ["b", "c", "a"], answered=True, confidence=0.8),
            asked("a", ["b", "c", "d", "a"], answered=False, confidence=0.3),
            asked(None, ["b"], answered=True, confidence=0.7),
            asked(None, [], answered=False, confidence=0.0),
        ]
    )
    assert figures == {
        "n": 5,
        "in_scope": 3,
        "top1": pytest.approx(1 / 3),
        "top3": pytest.approx(2 / 3),
        "coverage": pytest.approx(3 / 5),
        "answered_precision": pytest.approx(1 / 3),
        "false_answer_rate": pytest.approx(1 / 2),
        "auroc": pytest.approx(5 / 6),
        "precision_at_coverage": {
            "0.5": pytest.approx(1 / 2),
            "0.7": pytest.approx(1 / 4),
            "0.8": pytest.approx(1 / 4),
        },
        "calibration_error": pytest.approx((0.1 + 0.8 + 0.3 + 0.7 + 0.0) / 5),
    }


def test_no_question_at_all_is_a_report_of_nothing() -> None:
    report = FaqRun([], 1.0, 0.0, 0.0).report()
    assert (report["n"], report["by_slice"], report["top1"], report["coverage"]) == (0, {}, None, None)


def test_a_slice_without_an_answer_is_told_from_all_questions_that_have_one() -> None:
    near = replace_slice(asked(None, ["a"], answered=True, confidence=0.8), "near")
    far = replace_slice(asked(None, ["a"], answered=False, confidence=0.1), "far")
    known = [asked("a", ["a"], answered=True, confidence=value) for value in (0.9, 0.7)]
    slices = FaqRun([*known, near, far], 1.0, 0.0, 0.0).report()["by_slice"]
    assert {name: figures["auroc"] for name, figures in slices.items()} == {"plain": None, "near": 0.5, "far": 1.0}


def replace_slice(item: Asked, name: str) -> Asked:
    return replace(item, query=replace(item.query, slice=name))
