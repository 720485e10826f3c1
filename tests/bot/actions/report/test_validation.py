"""bot.actions.report.validation against a stub of the services."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.report.validation import ValidateReportLostCardForm
from bot.actions.services import Services
from bot.actions.texts import degraded_message, say
from bot.settings import Settings

COLLECTED = {"card_kind": "credit", "card_tail": "1234", "lost_when": "昨天"}
EMPTY = {
    "card_kind": None, "card_tail": None, "lost_when": None, "confirm": None,
    "change_what": None, "report_tries": None, "requested_slot": None,
}  # fmt: skip


def run(
    web: Any, asked: str | None, text: str, intent: str, language: str = "zh", **slots: Any
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Returns what was said, and the slots that were set."""
    settings = {
        "BILIN_WEB_URL": web.url, "BILIN_INTERNAL_TOKEN": "internal-token",
        "BILIN_WEB_TIMEOUT_SECONDS": "0.5",
    }  # fmt: skip
    services = Services(Settings.from_environment(settings))
    action = ValidateReportLostCardForm(services)
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "metadata": {"language": language},
    }
    state = Tracker("c-1", {**EMPTY, **slots, "requested_slot": asked}, message, [], False, None, {}, None)
    dispatcher = CollectingDispatcher()

    async def finished() -> list[dict[str, Any]]:
        try:
            return await action.run(dispatcher, state, {})
        finally:
            await services.close()

    events = asyncio.run(finished())
    assert all(event["event"] == "slot" for event in events)
    said = [message["custom"] for message in dispatcher.messages]
    return said, {event["name"]: event["value"] for event in events}


def test_a_value_is_set_and_rasa_picks_the_next_field(web: Any) -> None:
    said, slots = run(web, "card_kind", "信用卡", "inform", report_tries=1)
    assert (said, slots) == ([], {"card_kind": "credit", "report_tries": 0})
    assert web.requests == []


def test_an_invalid_answer_is_counted_and_asked_again(web: Any) -> None:
    said, slots = run(web, "card_tail", "123", "inform", report_tries=1)
    assert (said, slots) == ([], {"report_tries": 2, "requested_slot": "card_tail"})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_full_number_is_never_repeated(web: Any, language: str) -> None:
    said, slots = run(web, "card_tail", "6222021234567890123", "inform", language)
    assert [message["text"] for message in said] == [say(language, "full_number")]
    assert slots == {"card_tail": "0123", "report_tries": 0}


def test_a_question_is_answered_and_the_field_asked_again(web: Any) -> None:
    said, slots = run(web, "card_tail", "手续费多少？", "ask_question")
    assert said[0]["kind"] == "answer"
    assert slots == {"report_tries": 0, "requested_slot": "card_tail"}


def test_a_question_that_needs_a_person_ends_the_form(web: Any) -> None:
    web.outcome = "handoff"
    _, slots = run(web, "card_tail", "手续费多少？", "ask_question", card_kind="debit")
    assert slots == EMPTY
    assert web.requests[0][1]["slots"] == {"card_kind": "debit"}


@pytest.mark.parametrize(
    ("text", "intent", "reason"),
    [("转人工", "ask_human", "asked_for_human"), ("我要投诉", "complaint", "complaint")],
)
def test_a_person_gets_what_was_collected(web: Any, text: str, intent: str, reason: str) -> None:
    said, slots = run(web, "lost_when", text, intent, card_kind="credit", card_tail="1234")
    assert said[0]["kind"] == "notice"
    assert slots == EMPTY
    collected = {"card_kind": "credit", "card_tail": "1234"}
    body = {"conversation_id": "c-1", "reason": reason, "slots": collected}
    assert web.requests == [("/internal/handoffs", body)]


def test_submitting_hands_off_to_staff(web: Any) -> None:
    _, slots = run(web, "confirm", "确认提交", "affirm", **COLLECTED)
    assert slots == EMPTY
    body = {"conversation_id": "c-1", "reason": "staff_only_action", "slots": COLLECTED}
    assert web.requests == [("/internal/handoffs", body)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("fault", ["status_500", "slow"])
def test_a_failed_submission_is_said_and_can_be_repeated(web: Any, fault: str, language: str) -> None:
    web.fault = fault
    said, slots = run(web, "confirm", "yes", "affirm", language, **COLLECTED)
    assert said == [degraded_message(language, "degraded_submit")]
    assert slots == {"report_tries": 0, "requested_slot": "confirm"}


def test_a_handoff_that_is_not_accepted_keeps_the_form(web: Any) -> None:
    web.accepted = False
    _, slots = run(web, "lost_when", "转人工", "ask_human", card_kind="credit")
    assert slots == {"report_tries": 0, "requested_slot": "lost_when"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cancelling_empties_the_form(web: Any, language: str) -> None:
    said, slots = run(web, "confirm", "取消", "cancel", language, **COLLECTED)
    assert [message["text"] for message in said] == [say(language, "cancelled")]
    assert slots == EMPTY
    assert web.requests == []


def test_a_no_asks_what_to_change(web: Any) -> None:
    _, slots = run(web, "confirm", "不对", "deny", **COLLECTED)
    assert slots == {"report_tries": 0, "requested_slot": "change_what"}


def test_starting_over_empties_the_fields(web: Any) -> None:
    _, slots = run(web, "change_what", "全部重填", "inform", **COLLECTED)
    assert slots == {"card_kind": None, "card_tail": None, "lost_when": None, "report_tries": 0}
