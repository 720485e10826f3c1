"""The actions against a stub of the services that speaks the protocol."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.answer import ActionAnswer, ActionDefaultFallback
from bot.actions.handoff import ActionHandoff
from bot.actions.services import Services
from bot.actions.small_talk import ActionGoodbye, ActionGreet, ActionThanks
from bot.actions.texts import degraded_message, say
from bot.actions.turn import read_turn
from bot.settings import Settings

FAULTS = ["status_500", "slow", "not_json", "no_messages", "not_an_object"]


def services(url: str, token: str = "internal-token") -> Services:
    settings = {
        "BILIN_WEB_URL": url, "BILIN_INTERNAL_TOKEN": token, "BILIN_WEB_TIMEOUT_SECONDS": "0.5"
    }  # fmt: skip
    return Services(Settings.from_environment(settings))


def tracker(text: str, intent: str, language: str | None = "zh") -> Tracker:
    message: dict[str, Any] = {"text": text, "intent": {"name": intent, "confidence": 0.9}}
    if language:
        message["metadata"] = {"language": language}
    return Tracker("c-1", {}, message, [], False, None, {}, "action_listen")


async def finished(action: Any, dispatcher: CollectingDispatcher, state: Tracker) -> Any:
    """What an action returns; its connections go with the loop that they were opened in."""
    try:
        return await action.run(dispatcher, state, {})
    finally:
        if hasattr(action, "_services"):
            await action._services.close()


def run(action: Action, state: Tracker) -> list[dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    assert asyncio.run(finished(action, dispatcher, state)) == []
    return [message["custom"] for message in dispatcher.messages]


def test_an_answer_is_passed_on_as_it_is(web: Any) -> None:
    said = run(ActionAnswer(services(web.url)), tracker("年费多少", "ask_question"))
    assert said == [{"kind": "answer", "text": "answer to 年费多少", "data": {}}]
    assert web.requests == [
        (
            "/internal/answer",
            {
                "conversation_id": "c-1",
                "text": "年费多少",
                "intent": {"name": "ask_question", "confidence": 0.9},
                "slots": {},
            },
        )
    ]


def test_a_handoff_that_the_services_tell_the_customer_of_themselves_needs_no_message(web: Any) -> None:
    web.fault = "handed_off"
    assert run(ActionAnswer(services(web.url)), tracker("年费多少", "ask_question")) == []
    assert run(ActionHandoff(services(web.url)), tracker("转人工", "ask_human")) == []


def test_a_turn_without_an_intent_is_asked_about_too(web: Any) -> None:
    state = Tracker("c-1", {}, {"text": "", "intent": None}, [], False, None, {}, None)
    assert run(ActionDefaultFallback(services(web.url)), state)
    assert web.requests[0][1]["intent"] == {"name": None, "confidence": 0.0}


def test_the_fallback_takes_the_place_of_rasas() -> None:
    assert ActionDefaultFallback(services("http://x")).name() == "action_default_fallback"


@pytest.mark.parametrize(("intent", "reason"), [("ask_human", "asked_for_human"), ("complaint", "complaint")])
def test_a_handoff_has_its_reason(web: Any, intent: str, reason: str) -> None:
    said = run(ActionHandoff(services(web.url)), tracker("转人工", intent))
    assert said == [{"kind": "notice", "text": "please wait", "data": {"event": "waiting"}}]
    body = {"conversation_id": "c-1", "reason": reason, "slots": {}}
    assert web.requests == [("/internal/handoffs", body)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_the_services_are_said_honestly(web: Any, fault: str, language: str) -> None:
    web.fault = fault
    asked = tracker("x", "ask_question", language)
    assert run(ActionAnswer(services(web.url)), asked) == [degraded_message(language)]
    wanted = tracker("x", "ask_human", language)
    line = degraded_message(language, "degraded_handoff")
    assert run(ActionHandoff(services(web.url)), wanted) == [line]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_services_that_are_down(language: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        asked = tracker("x", "ask_question", language)
        assert run(ActionAnswer(services(url)), asked) == [degraded_message(language)]


def test_a_wrong_token(web: Any) -> None:
    said = run(ActionAnswer(services(web.url, token="wrong")), tracker("x", "ask_question"))
    assert said == [degraded_message("zh")]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("action", "key"),
    [(ActionGreet, "greet"), (ActionThanks, "thanks"), (ActionGoodbye, "goodbye")],
)
def test_small_talk_is_in_the_customers_language(action: Any, key: str, language: str) -> None:
    (message,) = run(action(), tracker("hi", "greet", language))
    assert message["kind"] == "text"
    assert message["text"] == say(language, key)


def test_the_greeting_has_buttons() -> None:
    (message,) = run(ActionGreet(), tracker("hi", "greet", "en"))
    texts = [button["text"] for button in message["data"]["buttons"]]
    assert texts == ["I want to report a lost card", "Talk to a person"]


@pytest.mark.parametrize(
    ("text", "metadata", "language"),
    [
        ("hello", {"language": "zh"}, "zh"),
        ("你好", {"language": "en"}, "en"),
        ("你好", {}, "zh"),
        ("hello", {"language": "fr"}, "en"),
    ],
)
def test_language(text: str, metadata: dict[str, str], language: str) -> None:
    message = {"text": text, "intent": {}, "metadata": metadata}
    state = Tracker("c-1", {}, message, [], False, None, {}, None)
    assert read_turn(state).language == language
