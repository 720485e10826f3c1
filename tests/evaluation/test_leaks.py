"""A question that stands in the knowledge base ends the run, as it is or nearly."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.commands.suites import SUITES
from evaluation.leaks import Leaked, find_leaks, refuse_leaks
from kb.content import EntryContent

ENTRIES = [
    EntryContent.model_validate(
        {
            "id": "account",
            "scenario": "accounts",
            "variants": {
                "en": {"question": "How do I open a savings account?", "similar": ["open account"], "answer": "."},
                "zh": {"question": "怎么开卡？", "similar": ["我想在你们银行开一个储蓄账户"], "answer": "。"},
            },
        }
    )
]


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("How do I open a savings account?", True),
        ("how do i open a SAVINGS account", True),
        ("How do I open a savings  account ！", True),
        ("How do I open my savings account?", True),
        ("how do I open savings account", True),
        ("我想在你们银行开个储蓄账户", True),
        ("怎么开卡", True),
        ("怎么关卡", False),
        ("How do I close a loan account?", False),
        ("在哪里能办储蓄账户", False),
        ("！？", False),
    ],
)
def test_what_leaks(text: str, leaks: bool) -> None:
    assert [leak.id for leak in find_leaks([("q", text)], ENTRIES)] == (["q"] if leaks else [])


def test_a_leak_names_what_it_is_like() -> None:
    found = find_leaks([("a", "something else entirely"), ("b", "How do I open my savings account?")], ENTRIES)
    assert [(leak.id, leak.where, leak.found) for leak in found] == [
        ("b", "account", "How do I open a savings account?")
    ]
    assert 93 <= found[0].similarity < 100


def test_leaks_are_refused_by_name() -> None:
    with pytest.raises(Leaked, match="1 of 1 questions stand in the knowledge base: q 'open account' ~ account"):
        refuse_leaks([("q", "open account")], ENTRIES)


LEAKED = {
    "followups": {
        "turns": ["怎么挂失银行卡！", "那补一张呢"],
        "entry_ids": ["lost-card", "new-card"],
        "slice": "subject",
    },
    "doubles": {"text": "怎么挂失银行卡！", "entry_ids": ["lost-card"], "slice": "single"},
}


@pytest.mark.parametrize("command", LEAKED)
def test_follow_ups_and_double_questions_may_not_leak_either(
    command: str,
    small_data_dir: Path,
    bank: list[Any],
    write_lines: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    kb = write_lines("kb.jsonl", bank)
    cases = write_lines("cases.jsonl", [{"id": "q1", "language": "zh", **LEAKED[command]}])
    assert main([command, "--kb", str(kb), "--cases", str(cases)]) == 2
    assert "stand in the knowledge base: q1" in capsys.readouterr().err
    assert main([command, "--kb", str(kb), "--cases", str(cases), "--leaks", "report"]) == 0


@pytest.mark.parametrize(
    ("text", "needed", "where"),
    [
        ("怎么挂失银行卡！", False, "lost-card"),
        ("怎么挂失银行卡！", True, "lost-card"),
        ("Human, NOW!", True, "handoff/data/requests.yml"),
        ("i am furious", True, "handoff/data/emotion.yml"),
    ],
)
def test_an_utterance_may_leak_neither_from_the_knowledge_base_nor_from_the_examples(
    text: str,
    needed: bool,
    where: str,
    small_data_dir: Path,
    bank: list[Any],
    write_lines: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = tmp_path / "content"
    content.mkdir()
    entry = {"id": bank[0]["id"], **bank[0]["variants"]}
    (content / "cards.yml").write_text(json.dumps({"scenario": "cards", "entries": [entry]}), encoding="utf-8")
    monkeypatch.setenv("BILIN_CONTENT_DIR", str(content))
    said = write_lines("said.jsonl", [{"id": "u1", "text": text, "needed": needed}])
    assert main(["handoff", "--queries", str(said)]) == 2
    named = f"1 of 1 questions stand in the knowledge base or among the examples: u1 '{text}' ~ {where}"
    assert named in capsys.readouterr().err


NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def goals(tmp_path: Path, bank: list[Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A goal in the words of the content files."""
    content, folder = tmp_path / "content", tmp_path / "wishes"
    for each in (content, folder):
        each.mkdir()
    entry = {"id": bank[0]["id"], **bank[0]["variants"]}
    (content / "cards.yml").write_text(json.dumps({"scenario": "cards", "entries": [entry]}), encoding="utf-8")
    monkeypatch.setenv("BILIN_CONTENT_DIR", str(content))
    card = {
        **dict.fromkeys(("source", "licence", "how_written"), "any"),
        **{"name": "wishes", "version": "1.0.0", "languages": ["zh"], "slices": {"plain": "any"}},
        **{"research_only": False, "purpose": "test", "files": {"goals": ["cards.yml"]}},
    }
    goal = {
        "id": "g1",
        "language": "zh-Hans",
        "says": ["在地铁上卡不见了", "怎么挂失银行卡！"],
        "entries": ["lost-card"],
    }
    (folder / "card.yml").write_text(json.dumps(card), encoding="utf-8")
    (folder / "cards.yml").write_text(json.dumps({"scenario": "cards", "goals": [goal]}), encoding="utf-8")
    return folder


def test_customers_sentences_may_not_leak_unless_they_are_to_be_reported(
    small_data_dir: Path, goals: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["channel", "--url", NOWHERE, "--goals", str(goals)]
    assert main(command) == 2
    assert (
        "1 of 2 questions stand in the knowledge base: g1:1 '怎么挂失银行卡！' ~ lost-card" in capsys.readouterr().err
    )
    assert main([*command, "--leaks", "report"]) == 2
    assert f"{NOWHERE} cannot be reached" in capsys.readouterr().err, "it is the system that is missing now"


def test_turns_of_recorded_dialogues_may_not_leak_either(
    small_data_dir: Path, goals: Path, write_lines: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    wish = {"said": "always", "self_serviceable": True, "entries": ["lost-card"], "why": "an entry says how"}
    policy = write_lines("policy.yml", [{"intents": {"lost": wish}}])
    turn = {"turn": 0, "text": "怎么挂失银行卡！", "intents": ["lost"]}
    said = write_lines("d.jsonl", [{"dialogue_id": "d1", "domain": "finance", "customer_turns": [turn]}])
    command = ["dialogues", "--url", NOWHERE, "--dialogues", str(said), "--policy", str(policy)]
    assert main(command) == 2
    assert "1 of 1 questions stand in the knowledge base: d1:0" in capsys.readouterr().err
    assert main([*command, "--leaks", "report"]) == 2
    assert f"{NOWHERE} cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize("command", [*(suite.name for suite in SUITES), "all"])
def test_every_suite_may_be_told_to_report_leaks(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "--leaks {fail,report}" in capsys.readouterr().out


def test_a_run_on_leaked_questions_ends_with_two_unless_they_are_to_be_reported(
    small_data_dir: Path,
    bank: list[Any],
    write_lines: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kb = write_lines("kb.jsonl", bank)
    asked = write_lines("q.jsonl", [{"id": "q1", "text": "怎么挂失银行卡！", "entry_id": "lost-card"}])
    command = ["faq", "--kb", str(kb), "--queries", str(asked), "--run", "leaky"]
    assert main(command) == 2
    assert "1 of 1 questions stand in the knowledge base: q1" in capsys.readouterr().err
    assert main([*command, "--leaks", "report"]) == 0
    rows = (small_data_dir / "evaluation" / "runs" / "leaky" / "rows.jsonl").read_text(encoding="utf-8")
    assert json.loads(rows)["details"]["leaked"] is True
