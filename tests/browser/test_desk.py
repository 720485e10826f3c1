"""The desk on the real system: two agents, a supervisor and three customers at once, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import System
from tests.browser.people import Agent, Customer

pytestmark = pytest.mark.browser

ASK_ZH, ASK_EN = "转人工", "Let me talk to a person, please."
NOTE = "内部：先核实身份"
SIZES = [(1280, 720), (375, 720)]


@pytest.fixture
def customers(new_context: Callable[..., BrowserContext]) -> list[Customer]:
    """Three customers who wait for a person, one of them in English."""
    people = []
    for locale, words in (("zh-CN", ASK_ZH), ("en-US", ASK_EN), ("zh-CN", ASK_ZH)):
        somebody = Customer(new_context(locale).new_page())
        somebody.open()
        somebody.say(words)
        people.append(somebody)
    for somebody in people:
        expect(somebody.waiting.or_(somebody.page.get_by_text("Lin Xiao").first).first).to_be_visible()
    return people


@pytest.fixture
def staff(new_context: Callable[..., BrowserContext], system: System) -> Callable[[str], Agent]:
    def make(login: str, **options: Any) -> Agent:
        somebody = Agent(new_context(**options).new_page(), login, system.password(login))
        somebody.sign_in()
        return somebody

    return make


def own(agent: Agent, customer: Customer) -> str:
    """Make sure that the agent has the customer's conversation, given by the queue or taken; returns its id."""
    conversation = customer.conversation["id"]
    expect(agent.mine(conversation).or_(agent.waiting(conversation)).first).to_be_visible()
    if agent.mine(conversation).count() == 0:
        agent.take(conversation)
    agent.mine(conversation).locator("button").first.click()
    return conversation


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_two_agents_and_three_customers_at_once(customers: list[Customer], staff: Callable[..., Agent]) -> None:
    lin = staff("lin")
    ids = [own(lin, customer) for customer in customers]
    chen = staff("chen")

    # a note stays among staff
    lin.page.keyboard.press("Alt+m")
    expect(lin.page.get_by_test_id("note-box")).to_be_focused()
    lin.page.keyboard.type(NOTE)
    lin.page.keyboard.press("Control+Enter")
    expect(lin.page.get_by_test_id("note")).to_contain_text(NOTE)

    # a canned reply, by keyboard alone
    lin.page.keyboard.press("Alt+r")
    lin.page.keyboard.type("/hello")
    expect(lin.page.get_by_test_id("canned")).to_be_visible()
    lin.page.keyboard.press("Enter")
    expect(lin.page.get_by_test_id("reply")).to_have_value(re.compile("林晓"))
    lin.page.keyboard.press("Enter")
    expect(customers[2].messages("agent")).to_contain_text("林晓")
    expect(customers[2].panel).not_to_contain_text(NOTE)

    # what the others write meanwhile is counted as unread
    customers[0].say("还在吗")
    expect(lin.mine(ids[0]).get_by_test_id("unread")).to_contain_text("1")
    lin.page.keyboard.press("Alt+n")
    expect(lin.messages("customer").filter(has_text="还在吗")).to_be_visible()

    # transferred, the colleague has everything and the customer is told
    lin.mine(ids[2]).locator("button").first.click()
    lin.page.keyboard.press("Alt+x")
    dialog = lin.page.get_by_test_id("transfer-dialog")
    dialog.get_by_test_id("destination").filter(has_text="Chen Fan").click()
    dialog.get_by_test_id("memo").fill("请核实身份")
    dialog.get_by_test_id("transfer-yes").click()
    expect(lin.mine(ids[2])).to_have_count(0)
    expect(chen.mine(ids[2])).to_be_visible()
    chen.mine(ids[2]).locator("button").first.click()
    expect(chen.page.get_by_test_id("note")).to_have_count(2)
    expect(chen.page.get_by_test_id("note").last).to_contain_text("请核实身份")
    expect(customers[2].notices().last).to_contain_text("陈帆")
    chen.reply("您好，我来继续处理")
    expect(customers[2].messages("agent").last).to_contain_text("我来继续处理")

    # closed with an outcome, and rated
    chen.page.keyboard.press("Alt+w")
    chen.page.get_by_test_id("outcome-not_solved").check()
    chen.page.get_by_test_id("confirm-yes").click()
    expect(chen.mine(ids[2])).to_have_count(0)
    card = customers[2].page.get_by_test_id("rating-agent")
    card.get_by_test_id("rate-4").click()
    card.get_by_test_id("rating-comment").fill("很快")
    card.get_by_test_id("rating-send").click()
    expect(card.get_by_test_id("rating-thanks")).to_be_visible()

    # a supervisor reads along and takes over
    zhao = staff("zhao")
    zhao.page.get_by_test_id("view-live").click()
    case = zhao.page.locator(f'[data-testid="live-case"][data-id="{ids[1]}"]')
    case.locator("button").first.click()
    expect(zhao.messages("customer").filter(has_text=ASK_EN)).to_be_visible()
    before = customers[1].notices().count()
    zhao.page.get_by_test_id("open-ratings").click()
    expect(zhao.page.get_by_test_id("csat-agent")).to_contain_text(re.compile(r"\d\.\d\d"))
    zhao.page.keyboard.press("Escape")
    assert customers[1].notices().count() == before
    zhao.page.keyboard.press("Alt+o")
    expect(lin.mine(ids[1])).to_have_count(0)
    expect(customers[1].notices()).to_have_count(before + 1)


def test_two_tabs_of_one_agent_never_collide(customers: list[Customer], staff: Callable[..., Agent]) -> None:
    first, second = staff("lin"), staff("lin")
    conversation = own(first, customers[0])
    expect(second.mine(conversation)).to_be_visible()
    second.mine(conversation).locator("button").first.click()

    first.reply("第一个窗口")
    expect(second.messages("agent").filter(has_text="第一个窗口")).to_have_count(1)
    first.hand_back(conversation)
    expect(second.mine(conversation)).to_have_count(0)
    expect(customers[0].talk_to_person).to_be_visible()
    expect(customers[0].messages("agent").filter(has_text="第一个窗口")).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_everything_fits(
    new_context: Callable[..., BrowserContext], system: System, width: int, height: int, locale: str
) -> None:
    page = new_context(locale).new_page()
    page.set_viewport_size({"width": width, "height": height})
    Agent(page, "chen", system.password("chen")).sign_in()
    assert overflow(page) <= 0
    for name in ("sounds", "notifications"):
        expect(page.get_by_test_id(name)).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("?")
    expect(page.get_by_test_id("shortcuts")).to_be_visible()
