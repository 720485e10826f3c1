"""A bar is for a metric that there is: known before anything is asked, and a run that was made has its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.commands.suites import SUITES
from evaluation.datasets import DatasetError
from evaluation.metrics.catalogue import CATALOGUE
from evaluation.reports.conditions import gate as gate_section
from evaluation.runs.analysis import Analysis
from evaluation.runs.gate import check_bars, read_bars
from evaluation.runs.store import StoredRun
from evaluation.suite import Suite
from tests.evaluation.runs.conftest import IDS, Conditions, Judge, Visits


@pytest.mark.parametrize("bar", ["divertion_share=0.5", "chanel.diversion_share=0.5", "channel.coverage=0.5"])
def test_a_bar_for_no_metric_of_the_run_is_refused_before_anything_is_asked(
    judge: Judge, visits: Visits, bar: str
) -> None:
    with pytest.raises(DatasetError, match=r"There are: channel: .*diversion_share"):
        judge("--fail-under", bar)
    assert visits.asked == []


@pytest.mark.parametrize("name", ["wait_p90", "channel.wait_p90"])
def test_a_metric_of_which_the_run_has_nothing_does_not_pass_and_the_run_has_its_report(
    judge: Judge, conditions: Conditions, name: str
) -> None:
    code, report = judge("--fail-over", f"{name}=60")
    assert code == 1
    assert conditions(report)[f"{name} <= 60"] is False
    assert report["gate"]["conditions"][0]["reason"] == "nothing was measured: no case counts"


def test_a_bar_that_no_suite_has_a_figure_for_is_shown_in_the_report() -> None:
    verdicts = tuple(check_bars(read_bars((), ("wait_p90=60",)), {"channel": {}}))
    assert "wait_p90 &lt;= 60" in gate_section(Analysis(StoredRun(Path("r"), {}, (), {}), (), verdicts, ()))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_every_suite_names_its_metrics_without_a_question(suite: Suite) -> None:
    names = suite.measure(())
    assert names
    assert names.keys() <= CATALOGUE.keys()


def test_goals_that_were_dropped_pass_the_gate_only_where_that_is_said(
    judge: Judge, visits: Visits, conditions: Conditions
) -> None:
    judge("--run", "first")
    visits.cases = IDS[:8]
    code, report = judge("--no-worse-than", "first")
    assert (code, conditions(report)["channel no question of first removed"]) == (1, False)
    assert report["gate"]["conditions"][-1]["questions"] == ["channel:g8", "channel:g9"]
    assert judge("--no-worse-than", "first", "--data-changed")[0] == 0
    visits.cases = IDS
    code, report = judge("--no-worse-than", "first", "--sample", "5")
    assert (code, report["cases"]["asked"]) == (0, 5), "what was not drawn is not dropped"
