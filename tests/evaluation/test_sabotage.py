"""A gate that lets damage through is no gate: each of these is done to a small bank, and has to be caught and named."""

import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.__main__ import main
from handoff.policy import TurnSignals
from handoff.rules import SHIPPED
from kit.language import detect
from kit.settings import Settings

STOLEN = {"zh": "钱包在地铁上被人偷了", "en": "somebody stole my wallet on the train"}
BANK: dict[str, dict[str, tuple[list[str], str]]] = {
    "lost-card": {
        "zh": (["银行卡丢了怎么办", "怎么挂失银行卡", STOLEN["zh"]], "请立即在手机银行挂失，或拨打客服电话。"),
        "en": (["I have lost my bank card", "how do I block my card", STOLEN["en"]], "Block it in the app at once."),
    },
    "mortgage-early": {
        "zh": (["房贷可以提前还款吗", "想提前还清按揭", "提前还房贷要违约金吗"], "满一年可提前还款，免收违约金。"),
        "en": (
            ["Can I repay my mortgage early", "pay off the home loan", "early repayment fee"],
            "After a year, free.",
        ),
    },
    "foreign-cash": {
        "zh": (["怎么预约外币现钞", "想换点美元现金", "网点有日元吗"], "提前两个工作日在手机银行预约取钞。"),
        "en": (
            ["How do I order foreign banknotes", "I need some dollars in cash", "yen notes"],
            "Order two days ahead.",
        ),
    },
    "statement": {
        "zh": (["怎么打印银行流水", "在哪里下载交易明细", "要盖章的流水"], "手机银行“我的账户”里可以导出流水。"),
        "en": (
            ["How do I get a bank statement", "download my transactions", "stamped statement"],
            "Export it in Accounts.",
        ),
    },
}
QUESTIONS: dict[str, dict[str, list[str]]] = {
    "lost-card": {
        "zh": ["我钱包在地铁上被人偷了啊", "刚才钱包在地铁上被人偷了", "钱包在公交上被人偷了", "我要挂失银行卡"],
        "en": [
            "help, somebody stole my wallet on a train",
            "somebody stole my wallet on the bus today",
            "can I block my card",
            "lost my bank card",
        ],
    },
    "mortgage-early": {
        "zh": ["想一次还清按揭", "提前还房贷行不行", "房贷提前还有没有违约金"],
        "en": [
            "repay my mortgage sooner",
            "is there a fee for paying off a home loan early",
            "clear my mortgage early",
        ],
    },
    "foreign-cash": {
        "zh": ["想换点日元现金", "能取日元现钞吗", "预约一点外币"],
        "en": ["get dollars in cash", "order some foreign notes", "can I have yen banknotes"],
    },
    "statement": {
        "zh": ["流水怎么打", "交易明细哪里下", "银行流水要盖章"],
        "en": ["where is my bank statement", "get a statement with a stamp", "all my transactions of May"],
    },
}


def entries(bank: dict[str, dict[str, tuple[list[str], str]]]) -> list[dict[str, Any]]:
    return [
        {
            "id": entry_id,
            "scenario": entry_id,
            "variants": {
                language: {"question": texts[0], "similar": texts[1:], "answer": answer}
                for language, (texts, answer) in variants.items()
            },
        }
        for entry_id, variants in bank.items()
    ]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class Bench:
    """Runs on the small bank; the first is the base that the others must not be worse than."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rows = [
            {"id": f"{entry_id}-{language}-{number}", "text": text, "language": language, "entry_id": entry_id}
            for entry_id, by_language in QUESTIONS.items()
            for language, texts in by_language.items()
            for number, text in enumerate(texts)
        ]
        self.queries = write(folder / "queries.jsonl", rows)

    def run(self, name: str, bank: dict[str, Any], *options: str) -> tuple[int, dict[str, Any], str]:
        """The exit code, the figures, and the report."""
        kb = write(self.folder / f"{name}.jsonl", entries(bank))
        out, html = self.folder / f"{name}.json", self.folder / f"{name}.html"
        command = ["faq", "--kb", str(kb), "--queries", str(self.queries), "--run", name]
        code = main([*command, "--json", str(out), "--html", str(html), *options])
        return code, json.loads(out.read_text(encoding="utf-8")), html.read_text(encoding="utf-8")


@pytest.fixture
def bench(small_data_dir: Path, tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    code, report, _ = bench.run("base", BANK)
    assert code == 0
    assert report["top1"] >= 0.9, "the base has to be whole, or the sabotage proves nothing"
    return bench


def failed(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {condition["name"]: condition for condition in report["gate"]["conditions"] if not condition["passed"]}


def test_the_same_again_passes(bench: Bench) -> None:
    code, report, html = bench.run("again", BANK, "--no-worse-than", "base", "--fail-under", "faq_accuracy=0.9")
    assert code == 0
    assert report["gate"]["passed"] is True
    assert 'class="state passed"' in html


def test_an_answer_that_was_swapped(bench: Bench) -> None:
    swapped = {**BANK, "lost-card": {**BANK["lost-card"]}, "statement": {**BANK["statement"]}}
    for language in ("zh", "en"):
        mine, other = BANK["lost-card"][language], BANK["statement"][language]
        swapped["lost-card"][language], swapped["statement"][language] = (mine[0], other[1]), (other[0], mine[1])
    code, report, html = bench.run("swapped", swapped, "--no-worse-than", "base")
    assert code == 1
    assert report["top1"] >= 0.9, "the right entry is found all the same: only the comparison can tell"
    named = failed(report)
    for entry_id, other in (("lost-card", "statement"), ("statement", "lost-card")):
        for language in ("zh", "en"):
            condition = named[f"faq answer of {entry_id} ({language})"]
            assert condition["reason"] == f"it now says what {other} said"
    assert "It now says what statement said" in html


def test_a_similar_question_that_was_moved_to_another_entry(bench: Bench) -> None:
    moved = {**BANK, "lost-card": {**BANK["lost-card"]}, "foreign-cash": {**BANK["foreign-cash"]}}
    for language, text in STOLEN.items():
        mine, other = BANK["lost-card"][language], BANK["foreign-cash"][language]
        moved["lost-card"][language] = ([t for t in mine[0] if t != text], mine[1])
        moved["foreign-cash"][language] = ([*other[0], text], other[1])
    code, report, html = bench.run("moved", moved, "--no-worse-than", "base")
    assert code == 1
    condition = failed(report)["faq lost-card no worse than base"]
    assert len(condition["questions"]) >= 3
    assert all(question.startswith("faq:lost-card-") for question in condition["questions"])
    assert all(question in html for question in condition["questions"])
    assert STOLEN["zh"] in html
    assert 'class="t-en" lang="en">Similar question moved' in html


@pytest.fixture
def forgetful_detector() -> Iterator[None]:
    """What a broken detector said of a text is forgotten."""
    yield
    detect.cache_clear()


@pytest.mark.usefixtures("forgetful_detector")
def test_a_language_detector_that_is_broken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.language._HAN", re.compile("[A-Za-z㐀-鿿]"))
    detect.cache_clear()
    code, report, html = bench.run("deaf", BANK, "--no-worse-than", "base", "--fail-under", "language_accuracy=0.99")
    assert code == 1
    named = failed(report)
    assert "faq.language_accuracy >= 0.99" in named
    lost = named["faq.language_accuracy no worse than base"]["questions"]
    assert {question.split("-")[-2] for question in lost} == {"en"}
    assert "faq.language_accuracy no worse than base" in html


HEARD = {
    "person": TurnSignals(asked=0.95),
    "complaint": TurnSignals(complaint=0.95),
    "question": TurnSignals(),
}


class Heard:
    """The signals of the test's utterances, as the product reads them."""

    def __init__(self, settings: Settings) -> None:
        pass

    def read(self, texts: Sequence[tuple[str, str]]) -> list[TurnSignals]:
        return [HEARD[text.split()[0]] for text, _ in texts]


class Understood:
    """The bot that understands a question in everything."""

    async def understand(self, text: str) -> dict[str, Any]:
        return {"intent": {"name": "faq", "confidence": 0.9}}


@pytest.fixture
def hand_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Runs the suite on the policy of the settings; signals and bot, which the unit is not about, are stand-ins."""

    @contextlib.asynccontextmanager
    async def running_bot(settings: Settings) -> AsyncIterator[Understood]:
        yield Understood()

    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr("evaluation.handoff.ManySignals", Heard)
    monkeypatch.setattr("evaluation.handoff.running_bot", running_bot)
    rows = [
        {"id": f"{kind}-{number}", "text": f"{kind} {number}", "language": "en", "needed": reason is not None}
        | ({"reason": reason} if reason else {})
        for kind, reason in (("person", "asked_for_human"), ("complaint", "complaint"), ("question", None))
        for number in range(8)
    ]
    utterances = write(tmp_path / "utterances.jsonl", rows)

    def run(name: str, *options: str) -> tuple[int, dict[str, Any], str]:
        out, html = tmp_path / f"{name}.json", tmp_path / f"{name}.html"
        command = ["handoff", "--queries", str(utterances), "--run", name, "--json", str(out), "--html", str(html)]
        code = main([*command, *options])
        return code, json.loads(out.read_text(encoding="utf-8")), html.read_text(encoding="utf-8")

    return run


@pytest.mark.parametrize(
    ("kind", "reason", "rules"),
    [("person", "asked_for_human", {"asked_plainly", "asked"}), ("complaint", "complaint", {"complaint"})],
)
def test_a_handoff_rule_that_was_removed(
    kind: str,
    reason: str,
    rules: set[str],
    hand_over: Callable[..., tuple[int, dict[str, Any], str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, report, _ = hand_over("base", "--fail-under", "handoff_recall=0.95")
    assert (code, report["recall"]) == (0, 1.0)
    table = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    table["rules"] = [rule for rule in table["rules"] if rule["rule"] not in rules]
    (tmp_path / "policy.yml").write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("BILIN_HANDOFF_POLICY", str(tmp_path / "policy.yml"))
    code, report, html = hand_over("removed", "--no-worse-than", "base", "--fail-under", "handoff_recall=0.95")
    assert code == 1
    named = failed(report)
    assert "handoff.handoff_recall >= 0.95" in named
    lost = named["handoff.handoff_recall no worse than base"]["questions"]
    assert lost == [f"handoff:{kind}-{number}" for number in range(8)]
    assert named[f"handoff person: {reason} no worse than base"]["questions"] == lost
    assert f"handoff person: {reason} no worse than base" in html
