"""Whole conversations with the trained model, the action server and a stub of the services."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from bot.actions.texts import say


class Customer:
    """One conversation in one language."""

    def __init__(self, assistant: Any, language: str) -> None:
        self._assistant = assistant
        self._sender = uuid4().hex
        self.language = language

    def say(self, text: str, language: str = "") -> list[dict[str, Any]]:
        """Sends a message; returns the replies, of which there is always one."""
        replies = self._assistant.say(self._sender, text, language or self.language)
        assert replies, f"silence after {text!r}"
        found: list[dict[str, Any]] = replies
        return found


@pytest.fixture
def zh(assistant: Any) -> Customer:
    return Customer(assistant, "zh")


@pytest.fixture
def en(assistant: Any) -> Customer:
    return Customer(assistant, "en")


def current(message: dict[str, Any]) -> str:
    """The field a form message is at."""
    assert message["kind"] == "form", message
    (name,) = (field["name"] for field in message["data"]["fields"] if field["state"] == "current")
    return str(name)


def fill_up_to_confirm(customer: Customer) -> dict[str, Any]:
    """Fills the form and returns the summary."""
    if customer.language == "zh":
        turns = ["我的卡丢了", "信用卡", "尾号１２３４", "昨天晚上"]
    else:
        turns = ["I lost my card", "Credit card", "ending in 1234", "last night"]
    replies = [customer.say(turn) for turn in turns]
    assert [current(messages[-1]) for messages in replies] == [
        "card_kind", "card_tail", "lost_when", "confirm"
    ]  # fmt: skip
    return replies[-1][-1]


def test_small_talk(zh: Customer, en: Customer) -> None:
    assert zh.say("你好")[0]["text"] == say("zh", "greet")
    assert en.say("hello")[0]["text"] == say("en", "greet")
    assert zh.say("谢谢")[0]["text"] == say("zh", "thanks")
    assert en.say("goodbye")[0]["text"] == say("en", "goodbye")


def test_the_language_follows_each_message(zh: Customer) -> None:
    assert zh.say("你好")[0]["text"] == say("zh", "greet")
    assert zh.say("hello", "en")[0]["text"] == say("en", "greet")
    assert zh.say("我的卡丢了", "zh")[0]["text"] == say("zh", "ask.card_kind")
    assert zh.say("debit card", "en")[0]["text"] == say("en", "ask.card_tail")


def test_a_question(zh: Customer, web: Any) -> None:
    assert zh.say("信用卡年费怎么减免")[0]["kind"] == "answer"
    path, body = web.requests[0]
    assert path == "/internal/answer"
    assert body["text"] == "信用卡年费怎么减免"
    assert body["intent"]["name"] == "ask_question"
    assert 0 < body["intent"]["confidence"] <= 1


@pytest.mark.parametrize("text", ["人工提额", "人工服务收费吗", "human resources loan"])
def test_a_question_about_people_is_a_question(zh: Customer, web: Any, text: str) -> None:
    assert zh.say(text)[0]["kind"] == "answer"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("转人工", "asked_for_human"),
        ("唔該轉人工", "asked_for_human"),
        ("real person please", "asked_for_human"),
        ("我要投诉", "complaint"),
        ("I want to file a complaint", "complaint"),
    ],
)
def test_handoffs(zh: Customer, web: Any, text: str, reason: str) -> None:
    assert zh.say(text)[0]["kind"] == "notice"
    assert web.requests[0][0] == "/internal/handoffs"
    assert web.requests[0][1]["reason"] == reason


@pytest.mark.parametrize("text", ["取消", "是的", "不是", "尾号1234", "今天天气怎么样"])
def test_what_means_nothing_here_is_left_to_the_services(zh: Customer, web: Any, text: str) -> None:
    zh.say(text)
    assert [path for path, _ in web.requests] == ["/internal/answer"]


@pytest.mark.parametrize(("language", "confirm"), [("zh", "确认提交"), ("en", "Submit")])
def test_a_report(assistant: Any, web: Any, language: str, confirm: str) -> None:
    customer = Customer(assistant, language)
    summary = fill_up_to_confirm(customer)
    assert "1234" in summary["text"]
    assert customer.say(confirm)[0]["data"] == {"event": "waiting"}
    ((path, body),) = web.requests
    assert path == "/internal/handoffs"
    assert body["reason"] == "staff_only_action"
    when = {"zh": "昨天晚上", "en": "last night"}[language]
    assert body["slots"] == {"card_kind": "credit", "card_tail": "1234", "lost_when": when}
    assert customer.say({"zh": "谢谢", "en": "thanks"}[language])[0]["kind"] == "text"
    fill_up_to_confirm(customer)


def test_what_was_said_first_is_not_asked_again(zh: Customer) -> None:
    message = zh.say("我昨天把信用卡弄丢了，尾号1234")[-1]
    assert current(message) == "confirm"


def test_invalid_answers_lead_to_a_person(zh: Customer, web: Any) -> None:
    zh.say("我要挂失")
    zh.say("储蓄卡")
    first, second = zh.say("12345")[-1], zh.say("12")[-1]
    assert current(first) == current(second) == "card_tail"
    assert first["text"] == say("zh", "again.card_tail")
    assert say("zh", "offer_person") in second["text"]
    assert "转人工" in [button["text"] for button in second["data"]["buttons"]]
    zh.say("好的")
    ((path, body),) = web.requests
    assert (path, body["reason"]) == ("/internal/handoffs", "asked_for_human")
    assert body["slots"] == {"card_kind": "debit"}


def test_a_full_card_number_is_not_repeated(en: Customer, web: Any) -> None:
    en.say("I lost my card")
    en.say("debit card")
    replies = en.say("6222 0212 3456 7890 123")
    assert replies[0]["text"] == say("en", "full_number")
    assert current(replies[1]) == "lost_when"
    summary = en.say("yesterday")[-1]
    assert "0123" in summary["text"]
    assert "7890" not in summary["text"]
    en.say("Submit")
    assert web.requests[0][1]["slots"]["card_tail"] == "0123"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_question_on_the_way(assistant: Any, web: Any, language: str) -> None:
    customer = Customer(assistant, language)
    customer.say({"zh": "我的卡丢了", "en": "I lost my card"}[language])
    customer.say({"zh": "信用卡", "en": "credit card"}[language])
    question = {"zh": "补卡要多少钱？", "en": "how much does a new card cost?"}[language]
    answer, prompt = customer.say(question)
    assert answer["text"] == f"answer to {question}"
    assert current(prompt) == "card_tail"
    assert prompt["data"]["fields"][0]["state"] == "done"
    assert current(customer.say("1234")[-1]) == "lost_when"


def test_a_question_that_hands_off_ends_the_form(zh: Customer, web: Any) -> None:
    zh.say("我的卡丢了")
    web.outcome = "handoff"
    assert [message["kind"] for message in zh.say("补卡要多少钱？")] == ["answer"]
    assert zh.say("你好")[0]["text"] == say("zh", "greet")


@pytest.mark.parametrize("stop_at", range(1, 5))
@pytest.mark.parametrize(("language", "word"), [("zh", "取消"), ("en", "never mind")])
def test_cancelling_anywhere(assistant: Any, web: Any, language: str, word: str, stop_at: int) -> None:
    customer = Customer(assistant, language)
    turns = {
        "zh": ["我要挂失", "信用卡", "1234", "昨天"],
        "en": ["report a lost card", "credit card", "1234", "yesterday"],
    }[language]
    for turn in turns[:stop_at]:
        customer.say(turn)
    assert [message["text"] for message in customer.say(word)] == [say(language, "cancelled")]
    assert web.requests == []
    assert current(customer.say(turns[0])[-1]) == "card_kind"


@pytest.mark.parametrize(("language", "words"), [("zh", "叫你们经理来"), ("en", "get me an agent")])
def test_a_person_on_the_way(assistant: Any, web: Any, language: str, words: str) -> None:
    customer = Customer(assistant, language)
    customer.say({"zh": "我的卡丢了", "en": "I lost my card"}[language])
    customer.say({"zh": "信用卡", "en": "credit card"}[language])
    assert [message["kind"] for message in customer.say(words)] == ["notice"]
    body = web.requests[0][1]
    assert (body["reason"], body["slots"]) == ("asked_for_human", {"card_kind": "credit"})


def test_changing_one_field(zh: Customer, web: Any) -> None:
    fill_up_to_confirm(zh)
    assert zh.say("需要修改")[-1]["text"] == say("zh", "ask.change_what")
    assert current(zh.say("修改卡号后四位")[-1]) == "card_tail"
    summary = zh.say("5678")[-1]
    assert current(summary) == "confirm"
    assert "5678" in summary["text"]
    zh.say("是")
    assert web.requests[0][1]["slots"]["card_tail"] == "5678"


def test_starting_over(en: Customer) -> None:
    fill_up_to_confirm(en)
    en.say("no")
    assert current(en.say("Start over")[-1]) == "card_kind"


def test_a_failed_submission_can_be_repeated(zh: Customer, web: Any) -> None:
    fill_up_to_confirm(zh)
    web.fault = "status_500"
    failed, prompt = zh.say("确认提交")
    assert failed["data"] == {"degraded": "services_unavailable"}
    assert failed["text"] == say("zh", "degraded_submit")
    assert current(prompt) == "confirm"
    web.fault = None
    assert zh.say("确认提交")[0]["kind"] == "notice"


def test_a_long_conversation_still_has_its_form(zh: Customer, web: Any) -> None:
    for turn in range(12):
        assert zh.say(f"第{turn}个问题：年费多少")[0]["kind"] == "answer"
    zh.say("我的卡丢了")
    zh.say("信用卡")
    for _ in range(12):
        assert current(zh.say("补卡要多少钱？")[-1]) == "card_tail"
    zh.say("1234")
    zh.say("昨天")
    zh.say("确认提交")
    slots = web.requests[-1][1]["slots"]
    assert slots == {"card_kind": "credit", "card_tail": "1234", "lost_when": "昨天"}
    assert zh.say("谢谢")[0]["text"] == say("zh", "thanks")


@pytest.mark.parametrize("fault", ["status_500", "slow"])
@pytest.mark.parametrize(("language", "text"), [("zh", "年费多少"), ("en", "annual fee")])
def test_services_in_trouble(assistant: Any, web: Any, fault: str, language: str, text: str) -> None:
    web.fault = fault
    (message,) = Customer(assistant, language).say(text)
    assert message["text"] == say(language, "degraded")
    assert message["data"] == {"degraded": "services_unavailable"}


@pytest.mark.parametrize("inside_the_form", [False, True])
@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t", "\u200b", "😀", "👍🏽👍🏽", "。。。", "?", "a" * 2000, "我的卡 " * 500,
     "привет", "สวัสดี", "\u0301", "<b>", "{}", "1" * 2000, "你好\x00"],
)  # fmt: skip
def test_no_text_is_met_with_silence(zh: Customer, text: str, inside_the_form: bool) -> None:
    if inside_the_form:
        zh.say("我要挂失")
    assert all(message["text"] for message in zh.say(text))


@pytest.mark.parametrize("text", ["", "привет", "สวัสดี", "こんにちは"])
def test_an_unknown_script_is_left_to_the_services(zh: Customer, web: Any, text: str) -> None:
    zh.say(text)
    assert web.requests[0][1]["intent"] == {"name": "out_of_scope", "confidence": 0.0}
