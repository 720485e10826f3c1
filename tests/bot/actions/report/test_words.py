"""bot.actions.report.words"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.report import words


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("信用卡", "credit"),
        ("是信用卡", "credit"),
        ("貸記卡", "credit"),
        ("储蓄卡", "debit"),
        ("借记卡吧", "debit"),
        ("儲蓄卡", "debit"),
        ("工资卡", "debit"),
        ("储蓄的", "debit"),
        ("Credit card", "credit"),
        ("It's my DEBIT card", "debit"),
        ("ＤＥＢＩＴ", "debit"),
        ("credit or debit", None),
        ("我的卡", None),
        ("", None),
    ],
)
def test_kind(text: str, kind: str | None) -> None:
    assert words.read_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1234", "1234"),
        ("尾号1234", "1234"),
        ("尾号是１２３４", "1234"),
        ("後四位：0043", "0043"),
        ("12-34", "1234"),
        ("1 2 3 4", "1234"),
        ("幺二三四", "1234"),
        ("尾号零零四三", "0043"),
        ("one two three four", "1234"),
        ("nine, oh, two, seven", "9027"),
        ("it ends in 9027", "9027"),
        ("123", None),
        ("12345", None),
        ("1234 和 5678 两张", None),
        ("二月四日", None),
        ("没有", None),
        ("", None),
    ],
)
def test_tail(text: str, digits: str | None) -> None:
    tail = words.read_tail(text)
    assert (tail.digits if tail else None) == digits
    assert not tail or not tail.from_full_number


@pytest.mark.parametrize(
    "text",
    [
        "6222021234567890123",
        "6222 0212 3456 7890 123",
        "6222-0212-3456-7890-123",
        "６２２２０２１２３４５６７８９０１２３",
        "卡号6222021234567890123，谢谢",
        "my card is 6222 0212 3456 7890 123",
    ],
)
def test_a_full_number_leaves_only_its_tail(text: str) -> None:
    assert words.read_tail(text) == words.Tail("0123", from_full_number=True)
    assert words.read_marked_tail(text) == words.Tail("0123", from_full_number=True)
    assert "0123" in words.mask_card_numbers(text)
    assert "890" not in words.mask_card_numbers(text)


@given(st.integers(10**11, 10**19 - 1), st.text(max_size=20), st.text(max_size=20))
def test_no_full_number_survives_masking(number: int, before: str, after: str) -> None:
    assert str(number) not in words.mask_card_numbers(f"{before}{number}{after}")


@given(st.text("0123456789０１２３４５６７８９ -尾号ab", max_size=30))
def test_a_tail_is_four_digits_or_nothing(text: str) -> None:
    tail = words.read_tail(text)
    assert tail is None or (len(tail.digits) == 4 and tail.digits.isascii())


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("我卡丢了，尾号1234", "1234"),
        ("I lost my card ending in 1234", "1234"),
        ("lost it, last four digits are 9027", "9027"),
        ("我2023年办的卡丢了", None),
        ("I lost my card in 2023", None),
    ],
)
def test_a_marked_tail(text: str, digits: str | None) -> None:
    tail = words.read_marked_tail(text)
    assert (tail.digits if tail else None) == digits


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("我昨天把卡丢了", "昨天"),
        ("昨天晚上卡被偷了", "昨天晚上"),
        ("I lost my card yesterday", "yesterday"),
        ("my wallet was stolen in the bus this morning", "this morning"),
        ("今天想挂失", None),
        ("我的卡丢了", None),
    ],
)
def test_the_time_in_the_first_sentence(text: str, when: str | None) -> None:
    assert words.read_lost_time(text) == when


@pytest.mark.parametrize(
    "text",
    ["昨天", "上周五", "大概三天前", "下午3点", "11月5号", "不记得了", "last night", "two days ago",
     "on Monday", "I don't know", "no idea", "around 6 pm", "唔記得"],
)  # fmt: skip
def test_times(text: str) -> None:
    assert words.has_time(text)


@pytest.mark.parametrize("text", ["你好", "asdf", "信用卡", "hello", "😀"])
def test_no_times(text: str) -> None:
    assert not words.has_time(text)


def test_when_is_kept_short() -> None:
    assert len(words.read_when("昨天" * 500)) == words.LONGEST_WHEN
