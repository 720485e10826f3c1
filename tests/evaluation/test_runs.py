"""A run is resumable, seeded, says what it was made with, and its exit code is a gate."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from evaluation.__main__ import main

WriteLines = Callable[..., Path]
QUERIES = [
    {"id": "1", "text": "银行卡丢了怎么办呢我", "language": "zh", "entry_id": "lost-card", "slice": "plain"},
    {"id": "2", "text": "怎么补一张新卡", "language": "zh", "entry_id": "new-card", "slice": "plain"},
    {"id": "3", "text": "I have lost my bank card", "language": "en", "entry_id": "lost-card", "slice": "plain"},
    {"id": "4", "text": "order one <b>new</b> card", "language": "en", "entry_id": "new-card", "slice": "typo"},
    {"id": "5", "text": "repay the mortgage early", "language": "en", "entry_id": "lost-card", "slice": "wrong"},
]


@pytest.fixture
def command(small_data_dir: Path, bank: list[Any], write_lines: WriteLines) -> list[str]:
    kb, asked = write_lines("kb.jsonl", bank), write_lines("queries.jsonl", QUERIES)
    return ["faq", "--kb", str(kb), "--queries", str(asked), "--leaks", "report"]


def rows_of(data_dir: Path, run: str) -> list[dict[str, Any]]:
    lines = (data_dir / "evaluation" / "runs" / run / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_run_that_was_interrupted_goes_on_and_asks_nothing_twice(
    command: list[str], small_data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--run", "first"]) == 0
    whole = json.loads(capsys.readouterr().out)
    rows = small_data_dir / "evaluation" / "runs" / "first" / "rows.jsonl"
    lines = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    rows.write_text("".join(lines[:2]) + lines[2][:40], encoding="utf-8")  # it ended while a line was being written
    assert main([*command, "--run", "first"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["scores"] == whole["scores"]
    kept = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    assert kept[:2] == lines[:2], "what was asked before is not asked again"
    assert main([*command, "--run", "first", "--seed", "5"]) == 2
    assert "was begun with other values of seed" in capsys.readouterr().err


def test_a_run_says_what_it_was_made_with_and_keeps_no_secret(
    command: list[str], small_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILIN_SECRET_KEY", "very-secret")
    monkeypatch.setenv("BILIN_DATABASE_URL", "postgresql+asyncpg://bank:very-secret@db/bank")
    assert main([*command, "--run", "first", "--sample", "3"]) == 0
    text = (small_data_dir / "evaluation" / "runs" / "first" / "run.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert "very-secret" not in text
    assert manifest["knowledge"]["entries"] == 3
    assert len(manifest["knowledge"]["hash"]) == 64
    assert [len(digest) for digest in manifest["data"]["faq"].values()] == [64]
    assert manifest["settings"]["answered_precision"] == 0.95
    assert manifest["encoder"].startswith("bundled")
    assert len(rows_of(small_data_dir, "first")) == 3, "a sample is only so large"


def test_the_gate_and_every_kind_of_report(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    html, markdown, junit = tmp_path / "r.html", tmp_path / "r.md", tmp_path / "r.xml"
    written = ["--html", str(html), "--markdown", str(markdown), "--junit", str(junit)]
    bars = ["--fail-under", "faq_accuracy=0.95", "--fail-over", "faq.false_answer_rate=0.5"]
    assert main([*command, "--run", "first", *written, *bars]) == 1
    report = json.loads(capsys.readouterr().out)
    failed = [condition["name"] for condition in report["gate"]["conditions"] if not condition["passed"]]
    assert failed == ["faq.faq_accuracy >= 0.95", "faq.false_answer_rate <= 0.5"], "nothing measured does not pass"
    page = html.read_text(encoding="utf-8")
    assert "order one <b>new" not in page, "a customer's words are no markup"
    assert "http" not in page.replace("http://www.w3.org", ""), "the file needs nothing else"
    assert "repay the mortgage early" in page
    assert "repay the mortgage early" in markdown.read_text(encoding="utf-8")
    suites = {suite.get("name"): suite for suite in ET.parse(junit).getroot()}
    assert suites["gate"].get("failures") == "2"
    assert len(list(suites["faq"])) == 5
    assert main([*command, "--run", "first", "--fail-under", "happiness=1"]) == 2
    assert "There is no metric 'happiness'" in capsys.readouterr().err
    assert main([*command, "--run", "first", "--fail-under", "faq_accuracy"]) == 2
    assert main([*command, "--no-worse-than", "absent"]) == 2


def test_two_runs_are_compared_question_by_question(
    command: list[str], bank: list[Any], write_lines: WriteLines, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--run", "first"]) == 0
    moved = [{**entry, "variants": dict(entry["variants"])} for entry in bank]
    moved[0]["variants"]["en"], moved[1]["variants"]["en"] = bank[1]["variants"]["en"], bank[0]["variants"]["en"]
    write_lines("kb.jsonl", moved)
    assert main([*command, "--run", "second"]) == 0
    capsys.readouterr()
    assert main(["compare", "first", "second"]) == 0
    found = json.loads(capsys.readouterr().out)["faq"]
    assert {question["id"] for question in found["questions"] if question["kind"] == "lost"} >= {"3"}
    assert {change["kind"] for change in found["knowledge"]} >= {"answer_swapped", "question_moved"}
    accuracy = next(change for change in found["metrics"] if change["metric"] == "faq_accuracy")
    assert (accuracy["lost"], accuracy["won"]) == (["3", "4"], [])
    assert main(["compare", "first", "absent"]) == 2
