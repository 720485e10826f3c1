"""From a question that nobody had written, through its suggestion, to the widget that answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import System
from tests.browser.people import Agent, Customer, Editor

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser

ASKED = "你们大厅里那台擦鞋机在哪一层"
ANSWER = "擦鞋机在一楼大堂东侧，免费使用。"
REPLY = "纪念币册在二楼文创柜台，可以刷卡。"

People = Callable[[str], Editor]


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], system: System) -> People:
    """Somebody of these demonstration accounts, signed in at the console."""

    def sign_in(login: str) -> Editor:
        somebody = Editor(new_context().new_page(), login, system.password(login))
        somebody.sign_in()
        return somebody

    return sign_in


@pytest.fixture
def arrive(new_context: Callable[..., BrowserContext]) -> Callable[[], Customer]:
    """A customer with a browser of their own."""

    def come() -> Customer:
        somebody = Customer(new_context().new_page())
        somebody.open()
        return somebody

    return come


def test_what_was_asked_in_vain_is_written_reviewed_and_answered(
    person: People, arrive: Callable[[], Customer]
) -> None:
    customer = arrive()
    customer.say(ASKED)
    expect(customer.answers()).to_have_count(0)
    expect(customer.notices().or_(customer.messages("bot")).first).to_be_visible()

    editor, reviewer = person("he"), person("wu")
    editor.go("suggestions")
    row = editor.page.get_by_test_id("suggestion").filter(has_text=ASKED)
    for _ in range(10):  # it comes within seconds, and the list is read when it is opened
        if row.count():
            break
        editor.page.wait_for_timeout(3000)
        editor.page.get_by_test_id("suggestions-open").click()
    row.click()
    expect(editor.page.get_by_test_id("suggestion-open")).to_contain_text(ASKED)
    editor.page.keyboard.press("n")
    editor.page.get_by_test_id("open-draft").click()
    expect(editor.page.get_by_test_id("question-zh")).to_have_value(ASKED)
    entry_id = editor.page.get_by_test_id("entry-name").inner_text()
    editor.write("answer-zh", ANSWER)
    editor.save()
    editor.submit("customers ask for it")

    reviewer.go("review")
    reviewer.page.locator('[data-testid="review-row"]', has_text=ASKED).click()
    expect(reviewer.page.get_by_text(ANSWER).first).to_be_visible()
    reviewer.publish("only in Chinese, and few ways to ask yet")

    other = arrive()
    other.say(ASKED)
    expect(other.answers()).to_have_count(1)
    expect(other.answers().last).to_contain_text(ANSWER)

    editor.go("insight")
    expect(editor.page.get_by_test_id("unanswered")).to_contain_text(ASKED)
    found = editor.page.get_by_test_id("insight-row").filter(has_text=ASKED)
    expect(found).to_be_visible()
    assert entry_id


def test_an_agents_reply_becomes_a_draft_and_an_answer_is_traced(
    person: People, arrive: Callable[[], Customer], agent: Agent
) -> None:
    customer = arrive()
    customer.say("房贷想提前还清，会收违约金吗")
    expect(customer.answers()).to_have_count(1)
    customer.talk_to_person.click()
    conversation_id = customer.conversation["id"]
    expect(agent.mine(conversation_id).or_(agent.waiting(conversation_id)).first).to_be_visible()
    if agent.mine(conversation_id).count() == 0:
        agent.take(conversation_id)
    agent.mine(conversation_id).locator("button").first.click()
    customer.say("纪念币册在哪里买")
    agent.reply(REPLY)
    agent.messages("bot").filter(has=agent.page.get_by_test_id("trace")).first.get_by_test_id("trace").click()
    expect(agent.page.get_by_test_id("trace-done").first).to_contain_text("content-files")
    agent.messages("agent").get_by_test_id("keep").click()
    expect(agent.page.get_by_test_id("keep-done")).to_be_visible()
    agent.hand_back(conversation_id)

    editor = person("he")
    editor.page.keyboard.press("/")
    editor.page.keyboard.type("纪念币册")
    expect(editor.rows()).to_have_count(1)
    editor.rows().first.click()
    expect(editor.page.get_by_test_id("answer-zh")).to_have_value(REPLY)
    editor.page.get_by_test_id("dock-history").click()
    expect(editor.page.get_by_test_id("origin")).to_contain_text("纪念币册在哪里买")
    expect(editor.page.get_by_test_id("origin")).not_to_contain_text(conversation_id)
