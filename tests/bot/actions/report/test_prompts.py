"""bot.actions.report.prompts"""

from __future__ import annotations

import pytest

from bot.actions.report.prompts import prompt
from bot.actions.report.steps import CHANGE_WHAT, CONFIRM, FIELDS

SLOTS = {"card_kind": "debit", "card_tail": "1234", "lost_when": "昨天"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("asked", [*FIELDS, CONFIRM, CHANGE_WHAT])
@pytest.mark.parametrize("tries", [0, 1, 2])
def test_shape(asked: str, language: str, tries: int) -> None:
    message = prompt(asked, SLOTS, tries, language)
    assert message["kind"] == "form"
    assert message["text"]
    assert "{" not in message["text"]
    assert message["data"]["form"] == "report_lost_card"
    assert [field["name"] for field in message["data"]["fields"]] == [*FIELDS, CONFIRM]
    assert [field["state"] for field in message["data"]["fields"]].count("current") == 1
    texts = [button["text"] for button in message["data"]["buttons"]]
    assert {"zh": "取消", "en": "Cancel"}[language] == texts[-1]
    assert ({"zh": "转人工", "en": "Talk to a person"}[language] in texts) == (tries >= 2)


def test_states_follow_the_fields() -> None:
    message = prompt("card_tail", {"card_kind": "credit"}, 0, "en")
    assert message["data"]["fields"] == [
        {"name": "card_kind", "label": "Kind of card", "state": "done"},
        {"name": "card_tail", "label": "Last four digits", "state": "current"},
        {"name": "lost_when", "label": "When it was lost", "state": "todo"},
        {"name": "confirm", "label": "Confirm", "state": "todo"},
    ]


def test_the_summary_has_everything() -> None:
    text = prompt(CONFIRM, SLOTS, 0, "zh")["text"]
    assert all(part in text for part in ("储蓄卡", "1234", "昨天"))


def test_braces_in_the_customers_words_are_only_words() -> None:
    assert "{kind}" in prompt(CONFIRM, {**SLOTS, "lost_when": "{kind}"}, 0, "en")["text"]
