"""What a customer and an agent do with their pages, in one line each."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from playwright.sync_api import Locator, Page, expect

from kb.content import Lang, read_folder
from kit.settings import Settings


@cache
def entry_question(entry_id: str, language: Lang) -> str:
    """The question of a shipped entry, as its answer card names it."""
    entries = {entry.id: entry for entry in read_folder(Settings(_env_file=None).content_dir)}
    return entries[entry_id].variant_for(language)[1].question


class Customer:
    """Somebody on the demonstration page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.get_by_test_id("panel")
        self.composer = page.get_by_test_id("composer")
        self.waiting = page.get_by_test_id("waiting")
        self.talk_to_person = page.get_by_test_id("talk-to-person")

    def open(self) -> None:
        self.page.goto("/")
        self.page.get_by_test_id("launcher").click()
        expect(self.panel).to_be_visible()

    def say(self, text: str) -> None:
        """Send, and wait until the server has it."""
        before = self.said(text).count()
        self.composer.fill(text)
        self.composer.press("Enter")
        expect(self.said(text)).to_have_count(before + 1)

    def said(self, text: str) -> Locator:
        """What the server has of this text."""
        return self.messages("customer").filter(has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))

    def messages(self, sender: str, kind: str = "text") -> Locator:
        return self.page.locator(f'[data-testid="message"][data-sender="{sender}"][data-kind="{kind}"][data-seq]')

    def answers(self) -> Locator:
        return self.messages("bot", "answer")

    def notices(self) -> Locator:
        return self.messages("system", "notice")

    def expect_answer(self, entry_id: str, language: Lang, count: int = 1) -> None:
        """The newest of ``count`` answers is this entry's."""
        expect(self.answers()).to_have_count(count)
        expect(self.answers().last).to_contain_text(entry_question(entry_id, language))

    @property
    def conversation(self) -> dict[str, Any]:
        """The id and the token that this browser keeps."""
        return json.loads(self.page.evaluate("localStorage.getItem('bilin.conversation')"))

    def focused(self) -> str | None:
        """The hook of what has the focus, also inside components."""
        return self.page.evaluate(
            """() => {
                let element = document.activeElement;
                while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
                return element?.dataset?.testid ?? null;
            }"""
        )


class Agent:
    """Somebody at the desk."""

    def __init__(self, page: Page, login: str, password: str) -> None:
        self.page = page
        self._login = login
        self._password = password

    def sign_in(self) -> None:
        self.page.goto("/desk/")
        self.page.get_by_test_id("login").fill(self._login)
        self.page.get_by_test_id("password").fill(self._password)
        self.page.get_by_test_id("sign-in").click()
        expect(self.page.get_by_test_id("connection")).to_have_attribute("data-state", "online")

    def waiting(self, conversation_id: str) -> Locator:
        return self._case("queue-case", conversation_id)

    def mine(self, conversation_id: str) -> Locator:
        return self._case("my-case", conversation_id)

    def take(self, conversation_id: str) -> None:
        self.waiting(conversation_id).get_by_test_id("take").click()
        expect(self.mine(conversation_id)).to_be_visible()

    def reply(self, text: str) -> None:
        box = self.page.get_by_test_id("reply")
        box.fill(text)
        box.press("Enter")
        expect(self.messages("agent").filter(has_text=text)).to_have_attribute("data-seq", re.compile(r"\d+"))

    def hand_back(self, conversation_id: str) -> None:
        self.page.get_by_test_id("return").click()
        expect(self.mine(conversation_id)).to_have_count(0)

    def messages(self, sender: str) -> Locator:
        return self.page.locator(f'[data-testid="desk-message"][data-sender="{sender}"]')

    def made_of(self, text: str) -> Locator:
        """What the bot made of a customer's words, unfolded."""
        turn = self.messages("customer").filter(has_text=text).get_by_test_id("turn")
        turn.locator("summary").click()
        return turn

    def _case(self, hook: str, conversation_id: str) -> Locator:
        return self.page.locator(f'[data-testid="{hook}"][data-id="{conversation_id}"]')


class Editor:
    """Somebody at the editors' console: an editor, or a reviewer."""

    def __init__(self, page: Page, login: str, password: str) -> None:
        self.page = page
        self._login = login
        self._password = password

    def sign_in(self) -> None:
        self.page.goto("/editor/")
        self.page.get_by_test_id("login").fill(self._login)
        self.page.get_by_test_id("password").fill(self._password)
        self.page.get_by_test_id("sign-in").click()
        expect(self.page.get_by_test_id("total")).to_be_visible()

    def go(self, view: str) -> None:
        self.page.get_by_test_id(f"view-{view}").click()

    def rows(self) -> Locator:
        return self.page.get_by_test_id("entry-row")

    def open(self, entry_id: str) -> None:
        self.page.goto(f"/editor/#/entries/{entry_id}")
        expect(self.page.get_by_test_id("entry-name")).to_contain_text(entry_id)

    def heading(self) -> Locator:
        """The id of the open entry with its status beside it."""
        return self.page.get_by_test_id("entry-name").locator("xpath=..")

    def written(self, field: str) -> str:
        return self.page.get_by_test_id(field).input_value()

    def write(self, field: str, text: str) -> None:
        self.page.get_by_test_id(field).fill(text)

    def save(self) -> None:
        self.page.get_by_test_id("save").click()
        expect(self.heading()).to_contain_text("草稿")

    def submit(self, comment: str) -> None:
        self.page.get_by_test_id("submit").click()
        self.confirm(comment)
        expect(self.heading()).to_contain_text("待审核")

    def confirm(self, comment: str) -> None:
        self.page.get_by_test_id("ask-comment").fill(comment)
        self.page.get_by_test_id("ask-yes").click()

    def waiting(self, entry_id: str) -> Locator:
        return self.page.locator(f'[data-testid="review-row"][data-id="{entry_id}"]')

    def publish(self, reason: str) -> None:
        """Approve what is open, in spite of its warnings and with a reason for them, and put it live."""
        self.page.get_by_test_id("approve").click()
        self.page.get_by_test_id("reason").fill(reason)
        self.page.get_by_test_id("publish").click()
        self.confirm(reason)
        expect(self.page.get_by_test_id("published")).to_be_visible()
