"""bot.actions.report.steps"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.report.steps import CHANGE_WHAT, CONFIRM, FIELDS, Move, decide

INTENTS = [
    "greet", "thanks", "goodbye", "ask_human", "complaint", "affirm", "deny", "ask_question",
    "report_lost_card", "cancel", "inform", "out_of_scope", "",
]  # fmt: skip
ASKED = [None, *FIELDS, CONFIRM, CHANGE_WHAT]


@pytest.mark.parametrize(
    ("asked", "text", "intent", "move", "values"),
    [
        # what the first message already says
        (None, "我的卡丢了", "report_lost_card", Move.FILL, {}),
        (None, "我昨天把信用卡弄丢了，尾号1234", "report_lost_card", Move.FILL,
         {"card_kind": "credit", "card_tail": "1234", "lost_when": "昨天"}),
        (None, "I lost my debit card ending in 0043", "report_lost_card", Move.FILL,
         {"card_kind": "debit", "card_tail": "0043"}),
        # kind of card
        ("card_kind", "储蓄卡", "inform", Move.FILL, {"card_kind": "debit"}),
        ("card_kind", "信用卡尾号5678", "inform", Move.FILL,
         {"card_kind": "credit", "card_tail": "5678"}),
        ("card_kind", "信用卡年费多少？", "ask_question", Move.QUESTION, {}),
        ("card_kind", "what is the fee", "ask_question", Move.QUESTION, {}),
        ("card_kind", "香蕉", "out_of_scope", Move.INVALID, {}),
        ("card_kind", "你好", "greet", Move.INVALID, {}),
        # last four digits
        ("card_tail", "尾号１２３４", "inform", Move.FILL, {"card_tail": "1234"}),
        ("card_tail", "1234", "ask_human", Move.FILL, {"card_tail": "1234"}),
        ("card_tail", "12345", "ask_question", Move.INVALID, {}),
        ("card_tail", "后四位在哪里看？", "ask_question", Move.QUESTION, {}),
        ("card_tail", "where do I find them", "ask_question", Move.QUESTION, {}),
        # when
        ("lost_when", "昨天晚上", "inform", Move.FILL, {"lost_when": "昨天晚上"}),
        ("lost_when", "I don't know", "deny", Move.FILL, {"lost_when": "I don't know"}),
        ("lost_when", "last night", "ask_question", Move.FILL, {"lost_when": "last night"}),
        ("lost_when", "昨天坐车被偷", "report_lost_card", Move.FILL, {"lost_when": "昨天坐车被偷"}),
        ("lost_when", "I don’t know", "deny", Move.FILL, {"lost_when": "I don’t know"}),
        ("lost_when", "补卡要多久？", "ask_question", Move.QUESTION, {}),
        ("lost_when", "asdf", "out_of_scope", Move.INVALID, {}),
        ("lost_when", "😀", "inform", Move.INVALID, {}),
        ("lost_when", "你好", "greet", Move.INVALID, {}),
        # confirmation
        (CONFIRM, "确认提交", "affirm", Move.SUBMIT, {}),
        (CONFIRM, "Yes", "", Move.SUBMIT, {}),
        (CONFIRM, "對", "affirm", Move.SUBMIT, {}),
        (CONFIRM, "係", "", Move.SUBMIT, {}),
        (CONFIRM, "唔係", "", Move.CHANGE, {}),
        (CONFIRM, "looks good to me", "affirm", Move.SUBMIT, {}),
        (CONFIRM, "不对", "deny", Move.CHANGE, {}),
        (CONFIRM, "no", "deny", Move.CHANGE, {}),
        (CONFIRM, "不对，是信用卡", "deny", Move.FILL, {"card_kind": "credit"}),
        (CONFIRM, "尾号应该是5678", "inform", Move.FILL, {"card_tail": "5678"}),
        (CONFIRM, "丢失时间写错了", "inform", Move.FILL, {"lost_when": None}),
        (CONFIRM, "提交以后多久生效？", "ask_question", Move.QUESTION, {}),
        (CONFIRM, "can I undo it", "affirm", Move.QUESTION, {}),
        (CONFIRM, "香蕉", "out_of_scope", Move.INVALID, {}),
        # what to change
        (CHANGE_WHAT, "修改卡号后四位", "inform", Move.FILL, {"card_tail": None}),
        (CHANGE_WHAT, "Change when it was lost", "inform", Move.FILL, {"lost_when": None}),
        (CHANGE_WHAT, "the kind of card", "inform", Move.FILL, {"card_kind": None}),
        (CHANGE_WHAT, "全部重填", "inform", Move.RESTART, {}),
        (CHANGE_WHAT, "start over", "cancel", Move.RESTART, {}),
        (CHANGE_WHAT, "香蕉", "out_of_scope", Move.INVALID, {}),
    ],
)  # fmt: skip
def test_decide(asked: str | None, text: str, intent: str, move: Move, values: dict[str, str | None]) -> None:
    step = decide(asked, text, intent)
    assert (step.move, step.values) == (move, values)


@pytest.mark.parametrize("asked", [*FIELDS, CONFIRM, CHANGE_WHAT])
@pytest.mark.parametrize(
    ("text", "intent", "move"),
    [
        ("取消", "cancel", Move.CANCEL),
        ("算了", "deny", Move.CANCEL),
        ("算了吧！", "", Move.CANCEL),
        ("Cancel", "ask_question", Move.CANCEL),
        ("never mind", "deny", Move.CANCEL),
        ("转人工", "ask_human", Move.PERSON),
        ("轉人工。", "", Move.PERSON),
        ("Talk to a person", "", Move.PERSON),
        ("叫你们经理来", "ask_human", Move.PERSON),
        ("我要投诉", "complaint", Move.COMPLAINT),
    ],
)
def test_leaving_works_at_every_field(asked: str, text: str, intent: str, move: Move) -> None:
    assert decide(asked, text, intent).move is move


@pytest.mark.parametrize("asked", FIELDS)
def test_a_yes_to_the_offered_person(asked: str) -> None:
    assert decide(asked, "好的", "affirm", tries=2).move is Move.PERSON
    assert decide(asked, "好的", "affirm", tries=1).move is Move.INVALID


def test_a_yes_to_the_summary_stays_a_yes_after_an_offer() -> None:
    assert decide(CONFIRM, "好的", "affirm", tries=2).move is Move.SUBMIT


@pytest.mark.parametrize("asked", [None, "card_tail", CONFIRM])
def test_a_full_number_is_noticed(asked: str | None) -> None:
    step = decide(asked, "卡丢了 6222021234567890123", "report_lost_card")
    assert step.full_number
    assert step.values["card_tail"] == "0123"


def test_a_full_number_in_the_time_is_masked() -> None:
    step = decide("lost_when", "昨天 6222021234567890123", "inform")
    assert step.full_number
    assert step.values["lost_when"] == "昨天 ****0123"


@given(st.sampled_from(ASKED), st.text(max_size=80), st.sampled_from(INTENTS), st.integers(0, 4))
def test_every_message_means_something(asked: str | None, text: str, intent: str, tries: int) -> None:
    step = decide(asked, text, intent, tries)
    assert step.move in Move
    assert set(step.values) <= set(FIELDS)
    assert step.values or step.move is not Move.FILL or asked is None
    tail = step.values.get("card_tail")
    assert tail is None or len(tail) == 4
