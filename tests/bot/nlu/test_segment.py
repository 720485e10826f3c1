"""bot.nlu.segment"""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import normalise
from bot.nlu.segment import segment

# Plain random text seldom has Chinese next to Latin, digits and full-width forms; customers do.
customer_text = st.text(
    st.one_of(
        st.sampled_from("我的信用卡遺失了轉人工理財产品掛失唔該ＡＴＭ１２½①㈱ '’-.,%&@/😀👍🏽\u200b\u0301İßｶﾞ"),
        st.characters(blacklist_categories=("Cs",)),
    ),
    max_size=60,
)


def texts(text: str) -> list[str]:
    return [span.text for span in segment(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("手机银行转账限额", ["手机银行", "转账限额"]),
        ("我can't登录網銀", ["我", "can't", "登录", "网银"]),
        ("my e-mail", ["my", "e-mail"]),
        ("5,000.50元", ["5,000.50", "元"]),
        ("利率3.5%吗", ["利率", "3.5%", "吗"]),
        ("在ＡＴＭ取款", ["在", "atm", "取款"]),
        ("ATM机吞卡", ["atm机", "吞卡"]),
        ("apple pay", ["apple", "pay"]),
        ("u盾过期", ["u盾", "过期"]),
        ("Hello, World!", ["hello", "world"]),
        ("信用卡，年费？", ["信用卡", "年费"]),
        ("😀👍", ["😀👍"]),
        ("0\U0002fa1e", ["0"]),
        ("？？？", ["???"]),
        ("", []),
        (" \n\t　", []),
        ("\u200b", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@given(customer_text)
def test_no_word_is_blank(text: str) -> None:
    assert all(span.text.strip() for span in segment(text))


@given(customer_text)
def test_words_are_in_order_without_overlap(text: str) -> None:
    spans = segment(text)
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
    for left, right in itertools.pairwise(spans):
        assert left.end <= right.start


@given(customer_text)
def test_offsets_find_the_word_in_the_original(text: str) -> None:
    for span in segment(text):
        assert span.text in normalise(text[span.start : span.end])


@given(customer_text)
def test_a_word_has_a_letter_or_digit_unless_the_text_has_none(text: str) -> None:
    spans = segment(text)
    if any(char.isalnum() for char in normalise(text)):
        assert spans
        assert all(any(char.isalnum() for char in span.text) for span in spans)


@given(customer_text)
def test_only_a_blank_text_has_no_words(text: str) -> None:
    assert bool(segment(text)) == bool(normalise(text).strip())


def test_traditional_and_simplified_are_cut_alike() -> None:
    assert texts("我要轉人工客服，手機銀行登錄唔到") == texts("我要转人工客服，手机银行登录唔到")


def test_a_long_message_takes_no_longer_than_its_length_says() -> None:
    def seconds(text: str) -> float:
        started = time.perf_counter()
        segment(text)
        return time.perf_counter() - started

    segment("暖")
    said = "我的信用卡年费怎么减免can't "
    assert min(seconds(said * 100) for _ in range(3)) < 50 * min(seconds(said * 10) for _ in range(3))
