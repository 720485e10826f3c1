"""A system that was down is no good system: what broke is asked again, and no gate overlooks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluation.runs.conftest import IDS, Conditions, Judge, Visits


def test_what_broke_is_asked_again_and_counts_once(judge: Judge, visits: Visits, tmp_path: Path) -> None:
    visits.broken = frozenset(IDS[3:])
    _, report = judge("--run", "first")
    assert report["scores"]["broken_rate"]["value"] == 0.7
    visits.broken = frozenset(IDS[9:])
    _, report = judge("--run", "first")
    assert visits.asked[1] == frozenset(IDS[3:])
    assert report["cases"] == {"asked": 10, "planned": 10}
    assert report["n"] == 10
    assert (report["scores"]["broken_rate"]["value"], report["scores"]["diversion_share"]["n"]) == (0.1, 9)
    kept = next(tmp_path.rglob("rows.jsonl")).read_text(encoding="utf-8").splitlines()
    assert len(kept) == 17, "what was known of the broken ones is kept"


def test_what_is_whole_is_not_asked_again(judge: Judge, visits: Visits) -> None:
    judge("--run", "first")
    judge("--run", "first")
    assert visits.asked == [frozenset(IDS)]


@pytest.mark.parametrize(
    ("bars", "code", "named"),
    [
        (("--fail-under", "diversion_share=0.5"), 1, {"channel.broken_rate <= 0.02": False}),
        (("--fail-under", "diversion_share=0.5", "--fail-over", "broken_rate=0.8"), 0, {}),
        (("--fail-under", "diversion_share=0.5", "--fail-over", "channel.broken_rate=0.8"), 0, {}),
        ((), 0, {}),
    ],
)
def test_no_gate_is_passed_by_the_survivors(
    judge: Judge, visits: Visits, conditions: Conditions, bars: tuple[str, ...], code: int, named: dict[str, bool]
) -> None:
    visits.broken = frozenset(IDS[3:])
    found, report = judge(*bars)
    assert found == code
    own = {name: passed for name, passed in conditions(report).items() if name.endswith("<= 0.02")}
    assert own == named


def test_a_run_in_which_nothing_broke_passes_and_says_so(judge: Judge, conditions: Conditions) -> None:
    code, report = judge("--fail-under", "diversion_share=0.5")
    assert code == 0
    assert conditions(report) == {"channel.diversion_share >= 0.5": True, "channel.broken_rate <= 0.02": True}
