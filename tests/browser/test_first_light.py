"""The whole way, through the pages: a customer asks, the bot answers, a person takes over and gives back."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import System
from tests.browser.people import Agent, Customer, entry_question

pytestmark = pytest.mark.browser

LIMIT_ZH = "我用手机银行一天最多可以转出多少钱"
PREPAY_ZH = "房贷想提前还清，会收违约金吗"
LIMIT_EN = "What is the most I can transfer per day with the app?"
ANGRY = "气死我了！问了三遍一点用都没有，你们这是什么破服务！"
VAGUE = ("password", "手续费", "证明", "打不开", "fee")
MANY_TABS = 60


def test_from_a_question_to_a_person_and_back(customer: Customer, agent: Agent) -> None:
    customer.say(LIMIT_ZH)
    customer.expect_answer("transfer-limit-view", "zh")
    customer.say(LIMIT_EN)
    customer.expect_answer("transfer-limit-view", "en", count=2)

    customer.say(ANGRY)
    expect(customer.waiting).to_be_visible()
    expect(customer.notices()).to_contain_text("人工")
    expect(customer.answers()).to_have_count(2)

    conversation = customer.conversation["id"]
    expect(agent.waiting(conversation)).to_contain_text("情绪激动")
    expect(agent.waiting(conversation)).to_contain_text("生气")
    agent.take(conversation)
    expect(agent.messages("customer")).to_have_count(3)
    for asked, language in ((LIMIT_ZH, "zh"), (LIMIT_EN, "en")):
        made = agent.made_of(asked)
        expect(made.get_by_role("listitem").first).to_contain_text(entry_question("transfer-limit-view", language))
        expect(made.get_by_role("listitem").first).to_contain_text(re.compile(r"\d+%"))

    expect(customer.panel).to_contain_text("林晓 Lin Xiao")
    expect(customer.waiting).to_have_count(0)
    agent.reply("您好，让您久等了。我来为您调整限额。")
    expect(customer.messages("agent")).to_contain_text("我来为您调整限额")

    agent.hand_back(conversation)
    expect(customer.talk_to_person).to_be_visible()
    customer.say(PREPAY_ZH)
    customer.expect_answer("mortgage-prepay", "zh", count=3)


def test_when_the_bot_dies_in_mid_conversation_a_person_takes_over(
    customer: Customer, agent: Agent, system: System
) -> None:
    customer.say(LIMIT_ZH)
    customer.expect_answer("transfer-limit-view", "zh")
    conversation = customer.conversation["id"]

    system.kill_bot()
    try:
        customer.say(PREPAY_ZH)
        expect(customer.notices()).to_contain_text("智能助手暂时无法回答")
        expect(customer.waiting).to_be_visible()
        expect(customer.said(PREPAY_ZH)).to_have_count(1)
        assert httpx.get(f"{system.url}/health").json()["status"] == "degraded"

        expect(agent.waiting(conversation)).to_contain_text("机器人不可用")
        agent.take(conversation)
        expect(agent.messages("customer").filter(has_text=PREPAY_ZH)).to_have_count(1)
    finally:
        system.start_bot()

    agent.hand_back(conversation)
    expect(customer.talk_to_person).to_be_visible()
    customer.say(PREPAY_ZH)
    customer.expect_answer("mortgage-prepay", "zh", count=2)


def test_by_keyboard_alone(customer: Customer) -> None:
    customer.page.get_by_test_id("close-panel").click()
    customer.page.reload()
    expect(customer.page.get_by_test_id("launcher")).to_be_visible()
    press = customer.page.keyboard.press
    for _ in range(MANY_TABS):
        press("Tab")
        if customer.focused() == "launcher":
            break
    assert customer.focused() == "launcher"

    press("Enter")
    expect(customer.composer).to_be_focused()
    customer.page.keyboard.type(PREPAY_ZH)
    press("Enter")
    customer.expect_answer("mortgage-prepay", "zh")
    expect(customer.composer).to_be_focused()

    press("Escape")
    expect(customer.panel).to_have_count(0)
    assert customer.focused() == "launcher"


def test_a_reload_goes_on_with_the_same_conversation(customer: Customer) -> None:
    customer.say(LIMIT_ZH)
    customer.expect_answer("transfer-limit-view", "zh")
    before = customer.conversation["id"]

    customer.page.reload()
    customer.expect_answer("transfer-limit-view", "zh")
    expect(customer.said(LIMIT_ZH)).to_have_count(1)
    customer.say(PREPAY_ZH)
    customer.expect_answer("mortgage-prepay", "zh", count=2)
    assert customer.conversation["id"] == before


def test_a_vague_question_is_clarified_by_a_button(customer: Customer) -> None:
    """Which wording is vague is the calibration's affair; that one of these is, and what then happens, is ours."""
    for vague in VAGUE:
        if customer.talk_to_person.count() == 0:
            customer.page.get_by_test_id("cancel-waiting").click()
        replies = customer.page.locator('[data-testid="message"]:not([data-sender="customer"])')
        before = replies.count()
        customer.say(vague)
        expect(replies.nth(before)).to_be_visible()
        if customer.messages("bot", "choices").count() > 0:
            break
    asked = customer.messages("bot", "choices").last
    choice = asked.get_by_test_id("choice").first
    label = choice.inner_text().strip()

    choice.click()

    expect(customer.said(label)).to_have_count(1)
    expect(customer.answers().last).to_contain_text(label)
    expect(choice).to_have_attribute("aria-disabled", "true")


def test_what_is_written_without_a_line_goes_out_once(customer: Customer, system: System) -> None:
    customer.say(LIMIT_ZH)
    customer.expect_answer("transfer-limit-view", "zh")

    customer.page.context.set_offline(True)
    expect(customer.panel.get_by_test_id("connection")).to_have_attribute("data-state", "offline")
    customer.composer.fill(PREPAY_ZH)
    customer.composer.press("Enter")
    pending = customer.page.locator('[data-testid="message"][data-state]')
    expect(pending).to_have_attribute("data-state", "unsent")

    customer.page.context.set_offline(False)
    customer.expect_answer("mortgage-prepay", "zh", count=2)
    expect(pending).to_have_count(0)
    expect(customer.said(PREPAY_ZH)).to_have_count(1)
    kept = customer.conversation
    stored = httpx.get(
        f"{system.url}/api/chat/conversations/{kept['id']}/messages",
        headers={"Authorization": f"Bearer {kept['token']}"},
    ).json()["messages"]
    assert [message["text"] for message in stored if message["sender"] == "customer"] == [LIMIT_ZH, PREPAY_ZH]
