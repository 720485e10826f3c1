"""What is worse is found, what only looks like it is not, and what was not compared is said."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.commands.channel import SUITE as CHANNEL
from evaluation.commands.faq import SUITE as FAQ
from evaluation.reports.html import page
from evaluation.runs.analysis import Analysis, analysed
from evaluation.runs.comparing import Comparison, compare
from evaluation.runs.gate import check_comparison
from evaluation.runs.metric_changes import MetricChange
from evaluation.runs.pooled import CURVES, statistic_of, values_of
from evaluation.runs.store import StoredRun
from evaluation.suite import Row, Suite
from tests.evaluation.runs.conftest import visit

MANIFEST: dict[str, Any] = {
    "started_at": "2026-11-02T09:00:00+00:00",
    "code": "c0de",
    "knowledge": {"hash": "ab" * 32, "entries": 0},
    "encoder": "bundled",
    "settings": {},
    "data": {},
    "seed": 1,
}


def question(case: str, **facts: Any) -> Row:
    """A row of ``faq``: an in-scope question with a right answer, unless the facts say something else."""
    found = {"confidence": 0.9, "answered": True, "right": True, "in_scope": True, **facts}
    right_entry = "a" if found["right"] else "b"
    details = {
        **found,
        "ranked": [right_entry],
        "offered": found.pop("offered", []),
        "searched_in": "en",
        "language": "en",
    }
    return Row(
        "faq", case, f"text of {case}", "en", "cards", "plain", "a" if found["in_scope"] else "no answer",
        right_entry if found["answered"] else "no answer",
        (found["right"] and found["answered"]) if found["in_scope"] else not found["answered"],
        confidence=found["confidence"], details=details,
    )  # fmt: skip


def stored(name: str, rows: Sequence[Row], **manifest: Any) -> StoredRun:
    return StoredRun(Path(name), {**MANIFEST, **manifest}, tuple(rows), {})


def compared(before: Sequence[Row], after: Sequence[Row], suite: Suite = FAQ, **options: Any) -> Comparison:
    return compare(stored("old", before), stored("new", after), suite.name, suite.measure, seed=1, **options)


def change(comparison: Comparison, metric: str) -> MetricChange:
    return next(each for each in comparison.metrics if each.metric == metric)


def questions(n: int, **facts: Any) -> list[Row]:
    return [question(f"q{number}", **facts) for number in range(n)]


def test_one_clarification_that_was_lost_is_not_worse() -> None:
    before = [*questions(20), question("c", answered=False, offered=["a"])]
    after = [*questions(20), question("c", answered=False, offered=["b"])]
    found = change(compared(before, after), "clarification_success")
    assert (found.before, found.after, found.p, found.verdict) == (1.0, 0.0, 1.0, "no difference shown")


@pytest.mark.parametrize(("lost", "verdict"), [(5, "no difference shown"), (6, "worse")])
def test_a_share_is_worse_from_six_lost_and_none_won_on(lost: int, verdict: str) -> None:
    after = [*(question(f"q{number}", right=False) for number in range(lost)), *questions(200)[lost:]]
    found = change(compared(questions(200), after), "faq_accuracy")
    assert (found.test.lost, found.verdict) == (lost, verdict) if found.test else False


def test_two_answers_of_different_questions_are_no_evidence() -> None:
    before = [question("1"), question("2", answered=False, right=False)]
    after = [question("1", answered=False), question("2", right=False)]
    found = change(compared(before, after), "answered_precision")
    assert (found.before, found.after, found.verdict) == (1.0, 0.0, "no difference shown")


def test_new_wrong_answers_make_precision_worse_though_no_answer_was_lost() -> None:
    unsure = [question(f"u{number}", answered=False, right=False) for number in range(20)]
    wrong = [question(f"u{number}", answered=True, right=False) for number in range(20)]
    found = change(compared([*questions(40), *unsure], [*questions(40), *wrong]), "answered_precision")
    assert found.test
    assert (found.test.lost, found.verdict) == (0, "worse")


def test_out_of_scope_questions_that_are_answered_now_are_a_broken_group() -> None:
    before = [*questions(30), *(question(f"o{n}", in_scope=False, right=False, answered=False) for n in range(3))]
    after = [*questions(30), *(question(f"o{n}", in_scope=False, right=False) for n in range(3))]
    (group,) = compared(before, after).broken
    assert (group.expected, group.right_before, group.right_after) == ("no answer", 3, 0)


@pytest.mark.parametrize("metric", CURVES)
def test_a_figure_of_all_questions_is_the_one_that_the_suite_has(metric: str) -> None:
    rows, score = mixed(0.5), FAQ.measure(mixed(0.5))[metric]
    statistic, values = statistic_of(metric), values_of(metric, rows, score)
    assert statistic is not None
    assert values is not None
    assert statistic(values) == pytest.approx(score.value)


def mixed(knowing: float, n: int = 300) -> list[Row]:
    """Questions with and without an entry; the share ``knowing`` of the confidences says which."""
    drawn = random.Random(1)
    rows = []
    for number in range(n):
        good = number % 3 != 0
        known = 0.7 + 0.3 * drawn.random() if good else 0.3 * drawn.random()
        confidence = known if drawn.random() < knowing else drawn.random()
        rows.append(question(f"q{number}", confidence=confidence, right=good, in_scope=good, answered=confidence > 0.6))
    return rows


def test_a_confidence_that_knows_nothing_any_more_is_worse_in_every_figure_of_it() -> None:
    comparison = compared(mixed(1.0), mixed(0.0))
    names = {verdict.name for verdict in check_comparison(comparison) if not verdict.passed}
    assert names >= {f"faq.{metric} no worse than old" for metric in CURVES}


def test_the_same_confidence_is_no_different_in_any_figure_of_it() -> None:
    same = compared(mixed(0.5), mixed(0.5))
    assert {change(same, metric).verdict for metric in CURVES} == {"no difference shown"}


@pytest.mark.parametrize(("now", "verdict"), [(20.0, "worse"), (1.2, "no difference shown"), (0.1, "better")])
def test_a_time_is_compared_beyond_what_the_machine_explains(now: float, verdict: str) -> None:
    cases = [f"g{number}" for number in range(40)]
    comparison = compared([visit(c) for c in cases], [visit(c, seconds=now) for c in cases], CHANNEL)
    assert change(comparison, "first_response_p90").verdict == verdict
    failed = [each.name for each in check_comparison(comparison) if not each.passed]
    assert ("channel.first_response_p90 no worse than old" in failed) == (verdict == "worse")


def test_one_slow_reply_is_not_worse() -> None:
    found = change(compared([visit("g")], [visit("g", seconds=20.0)], CHANNEL), "first_response_p90")
    assert found.verdict == "no difference shown"


def test_what_cannot_be_compared_is_named() -> None:
    cases = [f"g{number}" for number in range(8)]
    comparison = compared([visit(c) for c in cases], [visit(c, seconds=None) for c in cases], CHANNEL)
    notes = {each.name: each for each in check_comparison(comparison) if each.kind == "not_compared"}
    assert notes["channel.first_response_p90 beside old"].reason == "1.0000 before, nothing now: not compared"
    assert notes.keys() == {"channel.first_response_p50 beside old", "channel.first_response_p90 beside old"}


def test_questions_that_were_removed_or_relabelled_are_named_and_fail_the_gate() -> None:
    before = [*questions(10), question("gone", right=False), question("eased", right=False)]
    relabelled = replace(question("eased"), expected="b")
    after = [*questions(10), relabelled, question("new")]
    comparison = compared(before, after, cases=[row.id for row in after])
    assert (comparison.n, comparison.only_before, comparison.only_after) == (10, 1, 1)
    failed = {each.name: each for each in check_comparison(comparison) if not each.passed}
    assert {name: each.questions for name, each in failed.items()} == {
        "faq no question of old removed": ("faq:gone",),
        "faq no question of old relabelled": ("faq:eased",),
    }
    assert failed["faq no question of old removed"].reason == "1 of 12 questions are not in the data any more"
    meant = check_comparison(comparison, data_changed=True)
    assert all(each.passed for each in meant)
    assert "1 of 12 questions are not in the data any more; --data-changed" in " ".join(each.reason for each in meant)


@pytest.mark.parametrize(
    "other",
    [
        replace(question("q0"), text="another text"),
        question("q0", answer_has=["2 %"]),
    ],
)
def test_another_text_or_a_label_that_only_the_details_have_is_a_change(other: Row) -> None:
    before = [question("q0", answer_has=[]), *questions(5)[1:]]
    comparison = compared(before, [other, *questions(5)[1:]])
    assert comparison.data.relabelled == ("q0",)


def test_what_a_run_has_not_stored_of_a_label_is_no_change() -> None:
    assert compared(questions(3), [question("q0", answer_has=["2 %"]), *questions(3)[1:]]).data.relabelled == ()


def test_what_a_sample_has_not_drawn_is_not_gone() -> None:
    before, after = questions(10), questions(3)
    assert compared(before, after, cases=[row.id for row in before]).data.removed == ()
    old, new = stored("old", before, data={"faq": {"q": "1"}}), stored("new", after, data={"faq": {"q": "2"}}, sample=3)
    assert compare(old, new, "faq", FAQ.measure, seed=1).data.removed == ()


def test_two_stored_runs_of_other_files_are_told_apart() -> None:
    old, new = (
        stored("old", questions(4), data={"faq": {"q": "1"}}),
        stored("new", questions(3), data={"faq": {"q": "2"}}),
    )
    assert compare(old, new, "faq", FAQ.measure, seed=1).data.removed == ("q3",)
    same = compare(old, stored("new", questions(4), data={"faq": {"q": "2"}}), "faq", FAQ.measure, seed=1)
    assert same.data.unseen
    assert [each.kind for each in check_comparison(same) if each.passed] == ["compared", "unseen"]


def test_the_report_names_what_was_removed_relabelled_and_not_compared_in_both_languages() -> None:
    before = [*questions(4), question("gone"), question("eased")]
    after = [*questions(4), replace(question("eased"), expected="b")]
    comparison = compared(before, after, cases=[row.id for row in after])
    missing = replace(change(comparison, "auroc"), verdict="not compared")
    comparison = replace(comparison, metrics=(*comparison.metrics, missing), data=replace(comparison.data, unseen=True))
    run = stored("new", after)
    found = page(Analysis(run, (analysed(FAQ, run, {"n": 5}),), tuple(check_comparison(comparison)), (comparison,)))
    for text in (
        "1 of 6 questions are not in the data any more",
        "6 题中有 1 题已不在数据里",
        "another text or label",
        "文字或标注变了",
        "files of questions differ",
        "未作对比",
        "faq:gone",
    ):
        assert text in found
