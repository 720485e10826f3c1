"""The knowledge through its pages: an editor writes, another approves, customers are told, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import System
from tests.browser.people import Customer, Editor

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser

ENTRY = "transfer-limit-view"
ASKED = "我用手机银行一天最多可以转出多少钱"
NEW_LINE = "请先打开“转账—限额查询”看您自己的限额。"

People = Callable[[str], Editor]


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], system: System) -> People:
    """Somebody of these demonstration accounts, signed in at the console."""

    def sign_in(login: str) -> Editor:
        somebody = Editor(new_context().new_page(), login, system.password(login))
        somebody.sign_in()
        return somebody

    return sign_in


def test_what_an_editor_writes_and_another_approves_is_what_customers_are_told(
    person: People, customer: Customer
) -> None:
    editor, reviewer = person("he"), person("wu")
    customer.say(ASKED)
    customer.expect_answer(ENTRY, "zh")
    expect(customer.answers().last).not_to_contain_text(NEW_LINE)

    editor.open(ENTRY)
    editor.write("answer-zh", NEW_LINE + "\n\n" + editor.written("answer-zh"))
    editor.save()
    customer.say(ASKED + "？")
    customer.expect_answer(ENTRY, "zh", count=2)
    expect(customer.answers().last).not_to_contain_text(NEW_LINE)
    editor.submit("clearer first line")

    editor.go("review")
    expect(editor.waiting(ENTRY)).to_be_visible()
    expect(editor.page.get_by_test_id("pick")).to_have_count(0)  # what one wrote oneself cannot be chosen

    reviewer.go("review")
    reviewer.waiting(ENTRY).click()
    expect(reviewer.page.get_by_text(NEW_LINE).first).to_be_visible()
    reviewer.publish("as it is in the app")
    customer.say(ASKED + "！")
    customer.expect_answer(ENTRY, "zh", count=3)
    expect(customer.answers().last).to_contain_text(NEW_LINE)

    reviewer.go("releases")
    reviewer.page.get_by_test_id("release").nth(1).click()
    reviewer.page.get_by_test_id("restore").click()
    reviewer.confirm("not yet")
    expect(reviewer.page.get_by_test_id("release").first).to_contain_text("not yet")
    customer.say(ASKED)
    customer.expect_answer(ENTRY, "zh", count=4)
    expect(customer.answers().last).not_to_contain_text(NEW_LINE)


def test_two_editors_on_one_entry_lose_nothing(person: People) -> None:
    one, other = person("he"), person("admin")
    for somebody in (one, other):
        somebody.open("mortgage-prepay")
    one.write("answer-zh", "甲写的。\n\n" + one.written("answer-zh"))
    one.save()
    other.write("answer-en", "Written by B.\n\n" + other.written("answer-en"))
    other.page.get_by_test_id("save").click()
    expect(other.page.get_by_test_id("merge")).to_be_visible()
    other.page.get_by_test_id("merge-save").click()
    expect(other.page.get_by_test_id("merge")).to_have_count(0)
    other.page.reload()
    expect(other.page.get_by_test_id("answer-zh")).to_have_value(one.written("answer-zh"))
    assert other.written("answer-en").startswith("Written by B.")


def test_what_was_typed_survives_a_reload(person: People) -> None:
    editor = person("he")
    editor.open("wealth-first-purchase")
    editor.write("question-zh", "第一次买理财要怎么做呢？")
    editor.page.wait_for_timeout(1500)
    editor.page.on("dialog", lambda dialog: dialog.accept())
    editor.page.reload()
    expect(editor.page.get_by_test_id("question-zh")).to_have_value("第一次买理财要怎么做呢？")


def test_a_file_is_looked_at_before_anything_changes(person: People) -> None:
    editor = person("he")
    editor.go("files")
    good = {
        "id": "test-import",
        "scenario": "test",
        "variants": {"zh": {"question": "测试导入的问题是什么？", "similar": [], "answer": "这是测试。", "risk": None}},
    }
    rows = "\n".join([json.dumps(good), '{"id": "broken"}'])
    editor.page.get_by_test_id("import-file").set_input_files(
        {"name": "kb.jsonl", "mimeType": "application/x-ndjson", "buffer": rows.encode()}
    )
    expect(editor.page.get_by_test_id("import-row")).to_have_count(2)
    editor.page.get_by_test_id("import-apply").click()
    expect(editor.page.get_by_test_id("import-done")).to_be_visible()
    editor.go("review")
    expect(editor.waiting("test-import")).to_be_visible()
    expect(editor.waiting("broken")).to_have_count(0)


def test_the_whole_list_by_keyboard(person: People) -> None:
    editor = person("he")
    editor.page.keyboard.press("/")
    editor.page.keyboard.type("lost-card-report")
    expect(editor.rows()).to_have_count(2)
    editor.page.keyboard.press("Escape")  # empties the search
    editor.page.keyboard.press("Escape")  # and leaves it
    expect(editor.rows()).not_to_have_count(2)
    names = []
    for key in ("j", "j", "k"):
        editor.page.keyboard.press(key)
        name = editor.page.get_by_test_id("entry-name")
        expect(name).not_to_have_text(names[-1] if names else "")
        names.append(name.inner_text())
    assert names[0] == names[2] != names[1]
    editor.page.keyboard.press("?")
    expect(editor.page.get_by_test_id("shortcuts")).to_be_visible()
