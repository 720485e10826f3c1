"""What an agent reads in five seconds, from stored messages alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from handoff.interfaces import Line
from handoff.summary import Attempt, summarise

CARD = "6222021234567890128"


def line(seq: int, sender: str, text: str = "", *, kind: str = "text", **values: Any) -> Line:
    return Line(
        seq=seq,
        client_id=None,
        sender=sender,
        sender_name=None,
        kind=kind,
        text=text,
        language="zh",
        data=values.get("data", {}),
        turn=values.get("turn"),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        helpful=values.get("helpful"),
    )


def test_nothing_said_is_nothing_wanted() -> None:
    summary = summarise([])
    assert (summary.wants, summary.tried, summary.turns) == ([], [], 0)


def test_what_they_want_is_their_first_and_latest_matters_and_not_the_call_for_a_person() -> None:
    asked = {"asked_confidence": 0.97}
    said = ["查一下违约金", "房贷的", "提前还", "那要多少钱", "查一下违约金"]
    lines = [line(at, "customer", text) for at, text in enumerate(said, 1)]
    lines.append(line(9, "customer", "转人工", turn=asked))
    assert summarise(lines).wants == ["查一下违约金", "提前还", "那要多少钱"]


def test_who_only_asks_for_a_person_is_quoted() -> None:
    assert summarise([line(1, "customer", "转人工", turn={"asked_confidence": 0.97})]).wants == ["转人工"]


def test_numbers_of_cards_are_hidden() -> None:
    lines = [line(1, "customer", f"我的卡{CARD}丢了", turn={"outcome": "decline"})]
    lines.append(line(2, "agent", f"卡{CARD}已挂失", turn={"suggestion": {"entry_id": "card-lost", "edited": True}}))
    summary = summarise(lines)
    assert CARD not in repr(summary)
    assert "[card *0128]" in summary.wants[0]


def test_what_was_tried_in_order_with_what_came_of_it() -> None:
    lines = [
        line(1, "customer", "密码"),
        line(2, "bot", kind="choices", data={"choices": [{"label": "登录密码"}, {"label": "支付密码"}]}),
        line(3, "customer", "登录密码", data={"choice": "password-reset"}),
        line(4, "bot", kind="answer", data={"entry_id": "password-reset", "question": "忘记密码"}, helpful=False),
        line(5, "customer", "天气如何", turn={"outcome": "decline"}),
        line(6, "bot", "这个我不会"),
        line(7, "customer", "手续费"),
        line(8, "bot", kind="choices", data={"choices": [{"label": "转账手续费"}]}),
        line(9, "customer", "都不是", data={"choice": "none"}),
        line(10, "agent", "您好"),
        line(11, "agent", "请重设密码", turn={"suggestion": {"entry_id": "password-reset", "edited": True}}),
        line(12, "bot", kind="choices", data={"choices": [{"label": "甲"}]}),
        line(13, "customer", "我自己打字"),
    ]
    assert summarise(lines).tried == [
        Attempt("choices", None, "登录密码 / 支付密码", chosen="登录密码"),
        Attempt("answer", "password-reset", "忘记密码", helpful=False),
        Attempt("decline", None, "天气如何"),
        Attempt("choices", None, "转账手续费", chosen="none"),
        Attempt("agent", "password-reset", "请重设密码"),
        Attempt("choices", None, "甲", chosen=None),
    ]
