"""The curves of a report: what is drawn stands in it, in both languages, and the same figures in a table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from evaluation.reports.charts import TABLE_POINTS, curves_script, reliability_chart, risk_coverage_chart
from evaluation.statistics.calibration import reliability
from evaluation.statistics.risk_coverage import risk_coverage

CONFIDENCES = [1 - number / 2000 for number in range(2000)]
RIGHT = [number % 10 != 9 for number in range(2000)]


def drawn(figure: str) -> dict[str, Any]:
    (figures,) = re.findall(r'<script type="application/json">(.*?)</script>', figure)
    loaded: dict[str, Any] = json.loads(figures)
    return loaded


def test_the_curve_has_the_points_the_place_of_today_and_words_in_both_languages() -> None:
    points = risk_coverage(CONFIDENCES, RIGHT)
    figure = risk_coverage_chart(points, 0.8, 0.9)
    curve = drawn(figure)
    assert curve["kind"] == "risk_coverage"
    assert len(curve["points"]) == len(points)
    assert curve["points"][-1] == [1.0, 0.1, round(CONFIDENCES[-1], 4)]
    assert [round(each, 6) for each in curve["today"]] == [0.8, 0.1]
    assert curve["top"] == 0.1, "a round end that it reaches"
    assert curve["words"]["zh"]["risk"] == "答错的比例"
    assert curve["words"]["en"]["risk"] == "Wrong among answered"
    assert figure.count("<tr>") <= TABLE_POINTS + 2
    assert '<details class="" open>' in figure, "without a drawing the table is open"


def test_where_nothing_was_answered_there_is_no_place_of_today() -> None:
    assert drawn(risk_coverage_chart(risk_coverage([0.4, 0.2], [True, False]), 0.0, None))["today"] is None


def test_each_group_has_its_interval() -> None:
    groups = reliability(CONFIDENCES, RIGHT)
    bins = drawn(reliability_chart(groups))["bins"]
    assert [each["n"] for each in bins] == [each.n for each in groups]
    assert all(each["low"] <= each["right"] <= each["high"] for each in bins)


def test_the_script_cannot_end_before_its_end(tmp_path: Path) -> None:
    (tmp_path / "curves.js").write_text('const markup = "</script><b>";', encoding="utf-8")
    script = curves_script(tmp_path / "curves.js")
    assert script.count("</script>") == 1
    assert script.endswith("</script>")


def test_where_the_pages_were_not_built_that_is_said(tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert curves_script(tmp_path / "none.js") == ""
    assert "make setup" in logs[0]["change"]
