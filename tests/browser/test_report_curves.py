"""The curves of a report, opened from the disk: drawn in both languages, with their figures at the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from evaluation.reports.charts import curves_script, reliability_chart, risk_coverage_chart
from evaluation.statistics.calibration import reliability
from evaluation.statistics.risk_coverage import risk_coverage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CONFIDENCES = [1 - number / 200 for number in range(200)]
RIGHT = [number % 10 != 9 for number in range(200)]


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page with both curves."""
    style = (Path(__file__).parents[2] / "evaluation" / "reports" / "report.css").read_text("utf-8")
    figures = risk_coverage_chart(risk_coverage(CONFIDENCES, RIGHT), 0.5, 0.9)
    figures += reliability_chart(reliability(CONFIDENCES, RIGHT))
    file = tmp_path / "report.html"
    file.write_text(
        f'<!doctype html><html lang="en" data-language="en"><meta charset="utf-8"><style>{style}</style>'
        f"<body>{figures}{curves_script()}</body></html>",
        encoding="utf-8",
    )
    context = browser.new_context(viewport={"width": 390, "height": 900})
    opened = context.new_page()
    thrown: list[Exception] = []
    opened.on("pageerror", lambda error: thrown.append(error))
    opened.goto(file.as_uri())
    yield opened
    assert thrown == []
    context.close()


def test_both_are_drawn_and_their_tables_are_folded(page: Page) -> None:
    expect(page.locator(".plot svg")).to_have_count(2)
    expect(page.locator("details[open]")).to_have_count(0)
    first = page.locator(".plot").first
    expect(first).to_contain_text("Wrong among answered")
    expect(first).to_contain_text("today")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "it fits a phone"


def test_the_other_language_is_drawn_when_it_is_chosen(page: Page) -> None:
    page.evaluate("document.documentElement.dataset.language = 'zh'")
    first = page.locator(".plot").first
    expect(first).to_contain_text("答错的比例")
    expect(first).not_to_contain_text("today")
    expect(page.get_by_role("img", name="答错比例随回答比例变化的曲线")).to_be_visible()


def test_the_pointer_tells_the_figures(page: Page) -> None:
    box = page.locator(".plot").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = page.locator(".plot dl").first
    expect(told).to_contain_text("Share answered")
    expect(told).to_contain_text("Confidence")
