"""What a board reads: the figures that keep each other honest, what limits them, and what went wrong, in words."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.commands.channel import SUITE as CHANNEL
from evaluation.commands.handoff import SUITE as HANDOFF
from evaluation.metrics.conversations import MeasuredConversation
from evaluation.reports.html import page
from evaluation.reports.markdown import markdown
from evaluation.reports.plain import plain
from evaluation.runs.analysis import Analysis, analysed
from evaluation.runs.comparing import BrokenGroup, Comparison
from evaluation.runs.gate import check_bars, check_comparison, incomplete, read_bars
from evaluation.runs.knowledge_changes import KnowledgeChange
from evaluation.runs.metric_changes import MetricChange
from evaluation.runs.store import StoredRun
from evaluation.statistics.intervals import Interval
from evaluation.statistics.paired import Difference
from evaluation.suite import Candidate, Row

MANIFEST: dict[str, Any] = {
    "started_at": "2026-11-02T09:00:00+00:00",
    "code": "c0de",
    "knowledge": {"hash": "ab" * 32, "entries": 3},
    "encoder": "bundled",
    "settings": {},
    "data": {},
    "systems": {"channel": {"release_id": 7}},
    "seed": 1,
    "sample": None,
    "cases": {"channel": 3, "handoff": 1},
}
VISIT = {
    "steps": [
        {"say": "my card <is> gone", "heard": [{"kind": "choices", "choices": ["card-new", "card-pin"]}]},
        {"say": "no, it was stolen", "heard": [{"kind": "notice", "text": "A person is coming."}]},
    ]
}


def visited(number: int, **facts: Any) -> Row:
    """A simulated customer; without facts, one who was helped."""
    measured = {"answered": True, "needs_human": False, "last_answer_right": True, "broken": False, **facts}
    handed_off = measured.get("handed_off", False)
    return Row(
        suite="channel",
        id=f"c{number}",
        text="my card is gone",
        language="en",
        scenario="lost_cards",
        slice="plain",
        expected="card-lost",
        got="person" if handed_off else "card-lost",
        right=not handed_off,
        details={
            "measured": asdict(MeasuredConversation(f"c{number}", True, scenario="lost_cards", **measured)),
            "failure": "handed_off_needlessly" if handed_off else None,
            "visit": VISIT,
        },
    )


NEEDLESS = {"handed_off": True, "human_joined": True, "answered": False, "last_answer_right": None}
UTTERANCE = Row(
    "handoff", "u1", "a person!", "en", "", "asked_for_human", "person: asked_for_human", "person: asked_for_human",
    True, details={"needed": True, "reason": "asked_for_human"},
)  # fmt: skip


def analysis(*visits: Row, bars: tuple[str, ...] = (), **manifest: Any) -> Analysis:
    run = StoredRun(Path("run-1"), {**MANIFEST, **manifest}, (UTTERANCE, *visits), {})
    suites = (analysed(HANDOFF, run, {}), analysed(CHANNEL, run, {}))
    verdicts = check_bars(read_bars(bars, ()), {suite.name: suite.scores for suite in suites})
    verdicts += [incomplete(s.name, len(s.rows), s.planned) for s in suites if not s.is_complete]
    return Analysis(run, suites, tuple(verdicts), ())


def seen(html: str, language: str) -> str:
    """The text of a page in one language, without what the other one reads."""
    other = {"zh": "en", "en": "zh"}[language]
    shown = re.sub(rf'<(span|text) class="t-{other}[^>]*>.*?</\1>', "", html.split("<body>")[1])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.split("<script>")[0]))


def headline(html: str) -> str:
    section = html.split('<section id="headline">')[1].split("</section>")[0]
    return seen(f"<body>{section}", "en")


def test_diversion_stands_beside_what_it_costs_even_where_nobody_needed_a_person() -> None:
    said = headline(page(analysis(visited(1), visited(2), visited(3))))
    card = said.split("Diversion share")[1].split("Verified resolution")[0]
    assert "Self-service diversion 100.0 %" in card
    assert "Wrong containment 0.0 %" in card
    assert "Handoff recall –" in card, "that nothing was measured is said"


def test_handoffs_of_whole_conversations_are_told_before_those_of_single_sentences() -> None:
    needed = {"handed_off": True, "human_joined": True, "needs_human": True}
    said = headline(page(analysis(visited(1, **needed), visited(2, **NEEDLESS), visited(3))))
    card = said.split("Handoff recall")[-1]
    assert "Whole conversations" in card
    assert "Handoff precision 50.0 %" in card


@pytest.mark.parametrize(
    ("language", "sample", "cut_short"),
    [
        ("zh", "抽样结果：每部分至多 30 例", "428 例中只完成 3 例"),
        ("en", "A sample: at most 30 cases of each part", "only 3 of 428 cases were asked"),
    ],
)
def test_what_is_not_the_whole_is_said_at_the_top(language: str, sample: str, cut_short: str) -> None:
    found = analysis(
        *map(visited, (1, 2, 3)), bars=("diversion_share=0.5",), sample=30, cases={"channel": 428, "handoff": 1}
    )
    top = seen(page(found), language).split({"zh": "核心指标", "en": "The numbers that matter"}[language])[0]
    assert sample in top
    assert cut_short in top
    assert not found.passed, "figures of whoever came first are no gate"
    assert "3 of 428 cases" in markdown(found)
    assert plain(found)["suites"]["channel"]["cases"] == {"asked": 3, "planned": 428}
    whole = seen(page(analysis(*map(visited, (1, 2, 3)))), language)
    assert sample not in whole
    assert cut_short not in whole


def test_a_condition_is_named_as_people_say_it() -> None:
    html = page(analysis(*map(visited, (1, 2, 3)), bars=("channel.diversion_share=0.7",)))
    assert "完整对话 · 分流率 ≥ 70.0 %" in seen(html, "zh")
    assert "Whole conversations · Diversion share ≥ 70.0 %" in seen(html, "en")
    assert " to " not in seen(html, "zh").split("数据与涉及的问题")[1].split("转人工")[0]


def test_every_kind_of_damage_is_named_in_both_languages() -> None:
    groups = (BrokenGroup("card-lost", 4, 1, 4, ("c1", "c2", "c3")),)
    changes = (
        MetricChange("coverage", 0.9, 0.5, Difference(-0.4, Interval(-0.6, -0.2)), None, ("c1",), (), "worse"),
        MetricChange("mrr", 0.9, 0.9, None, None, (), (), "not judged"),
    )
    swapped = (KnowledgeChange("answer_swapped", "card-lost", "en", "Pay.", "loan-early"),)
    damaged = Comparison("faq", "run-0", "run-1", 4, 0, 0, changes, (), groups, swapped)
    found = analysis(*map(visited, (1, 2, 3)))
    apart = replace(damaged, n=0)
    verdicts = (
        *check_comparison(damaged),
        *check_comparison(apart),
        *check_comparison(replace(damaged, metrics=(), broken=(), knowledge=())),
    )
    html = page(replace(found, verdicts=verdicts))
    for language, said in (
        (
            "zh",
            (
                "问答 · 回答覆盖率 不差于 run-0",
                "4 题中之前对 4 题，现在对 1 题",
                "现在说的是 loan-early 原来的答案",
                "两次运行没有共同的问题",
                "对比了 4 题",
            ),
        ),
        (
            "en",
            (
                "Answers · Coverage no worse than run-0",
                "4 of 4 right before, 1 now",
                "It now says what loan-early said",
                "have no question in common",
                "4 questions compared",
            ),
        ),
    ):
        assert [text for text in said if text not in seen(html, language)] == []


def test_a_failed_conversation_shows_what_was_said_and_the_cause() -> None:
    html = page(analysis(visited(1), visited(2), visited(3, **NEEDLESS)))
    for language, cause, transcript in (
        ("zh", "不必要地转给人工", "客户 : my card &lt;is&gt; gone 选项 : card-new, card-pin"),
        ("en", "Handed to a person needlessly", "Customer : my card &lt;is&gt; gone Choices : card-new, card-pin"),
    ):
        said = seen(html, language)
        assert cause in said
        assert transcript in said
    assert "应为 : card-lost · 实际 : 人工" in seen(html, "zh"), "what came is told in the reader's language"
    assert "挂失与补办" in seen(html, "zh").split("按业务场景")[-1], "a scenario has the name that editors know"


def test_the_weakest_scenarios_are_those_that_keep_customers_wrongly_and_not_those_that_need_people() -> None:
    needed = {"needs_human": True, "handed_off": True, "human_joined": True}
    kept = {"needs_human": True, "answered": False, "last_answer_right": None}
    of_scenarios = {
        "complaints": [needed] * 6,
        "mortgages": [{}] * 5 + [{"last_answer_right": False}],
        "statements": [NEEDLESS] * 6,
        "lost_cards": [{}] * 4 + [needed, kept],
        "pension": [{}] * 6,
    }
    rows = [
        in_scenario(f"{scenario}-{number}", scenario, facts)
        for scenario, customers in of_scenarios.items()
        for number, facts in enumerate(customers)
    ]
    found = analysis(*rows)
    order = ["lost_cards", "mortgages", "statements", "complaints", "pension"]
    told = markdown(found).split("Weakest scenarios, by wrong_containment, then handoff_recall")[1].split("\n\n")[1]
    assert [line.split(" | ")[0].strip("| ").replace("\\", "") for line in told.splitlines()[2:]] == order
    assert "0.1667 (0.0301 – 0.5635, n = 6) | 0.5000 (0.0945 – 0.9055, n = 2) | 1.0000" in told
    assert "– (n = 0)" in told, "nobody in statements needed a person"
    for language, title, end, metrics, says in (
        ("zh", "最弱的业务场景", "失败原因", "错误拦截率 转人工召回率 自助分流率", "先看错误拦截率"),
        ("en", "Weakest scenarios", "What went wrong", "Wrong containment Handoff recall Self-service", "By wrong"),
    ):
        shown = seen(page(found), language).split(title)[1].split(end)[0]
        assert metrics in shown
        assert says in shown
        assert re.search(r"16\.7 % 3\.0 – 56\.4 % n = 6 50\.0 % 9\.5 – 90\.5 % n = 2 100\.0 %", shown)
    assert "Diversion share" not in shown


def in_scenario(identifier: str, scenario: str, facts: dict[str, Any]) -> Row:
    row = visited(0, **facts)
    details = {**row.details, "measured": {**row.details["measured"], "id": identifier, "scenario": scenario}}
    return replace(row, id=identifier, scenario=scenario, details=details)


def test_the_report_names_the_release_of_the_running_system_and_another_that_went_live_meanwhile() -> None:
    found = analysis(*map(visited, (1, 2, 3)))
    assert "release 7 of its knowledge base" in seen(page(found), "en")
    assert "release 7 for channel" in markdown(found)
    run, suites = found.run, (found.suites[0], analysed(CHANNEL, found.run, {"release_id": 8}))
    assert "release 7 of its knowledge base at the beginning, 8 at the end" in seen(
        page(Analysis(run, suites, (), ())), "en"
    )


def test_the_figures_hold_what_the_curves_are_drawn_from() -> None:
    row = Row(
        "channel", "c1", "q", "en", "cards", "plain", "a", "a", True, confidence=0.8,
        details={**visited(1).details, "right": True},
    )  # fmt: skip
    sure = Row(**{**vars(row), "candidates": (Candidate("a", "a?", 0.8),)})
    run = StoredRun(Path("r"), MANIFEST, (sure,), {"a": {"en": {"scenario": "cards"}}})
    figures = plain(Analysis(run, (analysed(CHANNEL, run, {}),), (), ()))
    assert figures["risk_coverage"] == [{"coverage": 1.0, "risk": 0.0, "confidence": 0.8}]
    assert figures["reliability"][0]["n"] == 1
    assert figures["confusion"] == {"labels": ("cards",), "counts": ((1,),)}
    json.dumps(figures)
