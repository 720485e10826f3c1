"""The page of a rater, opened from the disk: judged by keyboard, kept through a reload, saved as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from evaluation.traffic.labelling_page import Shown, labelling_page
from evaluation.traffic.labels import Label, read_labels

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CONVERSATIONS = {
    "c1": [("customer", "我的卡 [card *0128] 丢了"), ("bot", "请马上挂失。")],
    "c2": [("customer", "<b>who</b> are you"), ("bot", "I am Bilin."), ("customer", "a person please")],
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en")
    yield context.new_page()
    context.close()


def opened(page: Page, folder: Path, name: str, conversations: list[Shown]) -> None:
    path = folder / f"{name}.html"
    path.write_text(labelling_page(name, list(CONVERSATIONS), conversations), encoding="utf-8")
    page.goto(path.as_uri())


def test_a_rater_judges_by_keyboard_and_saves_the_file(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, "rater1", [Shown(each, turns) for each, turns in CONVERSATIONS.items()])
    expect(page.get_by_text("[card *0128]")).to_be_visible()
    for key in ("n", "1", "j"):
        page.keyboard.press(key)
    expect(page.get_by_text("<b>who</b> are you")).to_be_visible()
    page.keyboard.press("y")
    expect(page.locator("#count")).to_have_text("1 / 2")
    page.reload()  # what was judged stays, and the first that is not judged is shown
    expect(page.get_by_text("<b>who</b> are you")).to_be_visible()
    expect(page.get_by_label("Yes")).to_be_checked()
    page.get_by_label("It gave no answer").check()
    page.get_by_label("Note, if you like").fill("n and 1 are letters here")
    expect(page.locator("#count")).to_have_text("2 / 2")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save file").click()
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    assert path.name == "rater1.json"
    assert read_labels(path, list(CONVERSATIONS)) == {"c1": Label("no", "yes"), "c2": Label("yes", "none")}


def test_where_two_differ_the_page_says_what_each_said(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, "settled", [Shown("c2", CONVERSATIONS["c2"], {"needs_human": ("yes", "no")})])
    said = page.locator('[data-of="needs_human"]')
    expect(said).to_contain_text("First rater: Yes", use_inner_text=True)
    expect(said).to_contain_text("Second rater: No", use_inner_text=True)
    expect(page.locator('[data-of="last_answer_right"]')).to_be_hidden()
    page.get_by_role("button", name="中文").click()
    expect(said).to_contain_text("第一位: 需要", use_inner_text=True)
