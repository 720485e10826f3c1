"""What `kit.masking` hides, what it leaves, and that nothing around a number can bring the number back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit.masking import is_card_number, is_resident_id, mask, mask_value

HIDDEN = [
    # bank cards
    ("卡号6222021234567890128谢谢", "卡号[card *0128]谢谢"),
    ("4111 1111 1111 1111", "[card *1111]"),
    ("my card is 4111-1111-1111-1111, lost", "my card is [card *1111], lost"),
    ("６２２２０２１２３４５６７８９０１２８", "[card *0128]"),
    ("6222 0212 3456 7890 128", "[card *0128]"),
    ("622202 1234567890128", "[card *0128]"),
    ("3782 822463 10005", "[card *0005]"),
    ("4111 1111 1111 1111 5000元", "[card *1111] 5000元"),
    ("4111\u200b1111\u200b1111\u200b1111", "[card *1111]"),
    ("从4111111111111111转到6222021234567890128", "从[card *1111]转到[card *0128]"),
    ("4111111111111111,6222021234567890128", "[card *1111],[card *0128]"),
    # resident identity numbers
    ("身份证11010519491231002X。", "身份证[id]。"),
    ("11010519491231002x", "[id]"),
    ("１１０１０５１９４９１２３１００２Ｘ", "[id]"),
    ("110105 19491231 002X", "[id]"),
    ("440308199901010012是我的证件号", "[id]是我的证件号"),
    ("老证号110105491231002", "老证号[id]"),
    # mobile numbers
    ("我手机13800138000换了", "我手机[phone]换了"),
    ("138 0013 8000", "[phone]"),
    ("138-0013-8000", "[phone]"),
    ("138 00 13 80 00", "[phone]"),
    ("+8613800138000", "[phone]"),
    ("+86 138-0013-8000", "[phone]"),
    ("8613800138000", "[phone]"),
    ("86-13800138000", "[phone]"),
    ("0086 13800138000", "[phone]"),
    ("（+86）13800138000", "[phone]"),
    ("手机：１３８００１３８０００", "手机：[phone]"),
    ("139 1234 5678 5000元", "[phone] 5000元"),
    # other telephones
    ("+852 9123 4567", "[phone]"),
    ("+85291234567", "[phone]"),
    ("00852-91234567", "[phone]"),
    ("call +852 9123 4567 5000", "call [phone] 5000"),
    ("+886 912 345 678", "[phone]"),
    ("+1 (415) 555-2671", "[phone]"),
    ("+44 20 7946 0958", "[phone]"),
    ("+33 1 42 68 53 00", "[phone]"),
    ("010-12345678", "[phone]"),
    ("(010)12345678", "[phone]"),
    ("0755 8888 8888", "[phone]"),
    ("座机02168888888", "座机[phone]"),
    # e-mail
    ("邮箱zhang.san+bank@example.com.cn谢谢", "邮箱[email]谢谢"),
    ("ａｂｃ＠ｑｑ．ｃｏｍ", "[email]"),
    ("13800138000@163.com", "[email]"),
    ("write to a@b.com, b@c.org.", "write to [email], [email]."),
]

LEFT = [
    "",
    "我想查一下余额",
    "转账5,000.50元",
    "¥1,234,567,890.00",
    "+5000000元",
    "2024-01-15 10:30:00",
    "2024-01-15 10 30 45 1234",
    "20240115103000",
    "转账15000 2024-01-15",
    "139 2024-01-15 到账",
    "尾号1234的卡",
    "400-000-1958",
    "4000001958",
    "拨打400 000 1958 或 95588",
    "订单202401151030001234",
    "流水号6222021234567890123",
    "单号000123456789",
    "110105194912310021",
    "110105194913310029",
    "111111380013800011111111111",
    "9138001380001",
    "12800138000",
    "@客服",
    "a@b",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "[card *1234] 5000 6000",
    "第3页共10页",
]


@pytest.mark.parametrize(("text", "masked"), HIDDEN)
def test_personal_data_is_replaced(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", LEFT)
def test_everything_else_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("number", ["4111111111111111", "378282246310005", "6222021234567890128", "30569309025904"])
def test_luhn_accepts_card_numbers(number: str) -> None:
    assert is_card_number(number)


@pytest.mark.parametrize("number", ["4111111111111112", "411111111111", "41111111111111111116", "4111 1111 1111 1111"])
def test_luhn_refuses_other_numbers(number: str) -> None:
    assert not is_card_number(number)


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "11010519491231002x", "440308199901010012", "110105491231002"]
)
def test_the_worked_example_of_the_standard_and_others_are_identity_numbers(number: str) -> None:
    assert is_resident_id(number)


@pytest.mark.parametrize("number", ["110105194912310021", "110105194902310026", "990105491231002", "11010519491231002"])
def test_a_wrong_check_date_province_or_length_is_no_identity_number(number: str) -> None:
    assert not is_resident_id(number)


def digits_of(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    area = draw(st.sampled_from(["110105", "310101", "440308", "513436", "650102", "810000"]))
    born = draw(st.dates(date(1900, 1, 1), date(2030, 12, 31))).strftime("%Y%m%d")
    body = area + born + draw(digits_of(3))
    check = next(character for character in "0123456789X" if is_iso_7064_mod_11_2(body + character))
    return body + draw(st.sampled_from([check, check.lower()]))


def is_iso_7064_mod_11_2(number: str) -> bool:
    """The recursive form of the standard, independent of the weights in `kit.masking`."""
    remainder = 0
    for character in number:
        remainder = (remainder * 2 + (10 if character == "X" else int(character))) % 11
    return remainder == 1


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from("345689")) + draw(digits_of(draw(st.integers(11, 17))))
    doubled = "0246813579"
    total = sum(int(doubled[int(d)]) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


@st.composite
def grouped_card_numbers(draw: st.DrawFn) -> str:
    number, separator = draw(card_numbers()), draw(st.sampled_from(["", " ", "-", "－", "\u3000", "\u200b"]))
    return separator.join(number[start : start + 4] for start in range(0, len(number), 4))


@st.composite
def mobile_numbers(draw: st.DrawFn) -> str:
    number = "1" + draw(st.sampled_from("3456789")) + draw(digits_of(9))
    prefix = draw(st.sampled_from(["", "+86", "+86 ", "+86-", "86", "0086", "（+86）"]))
    separator = draw(st.sampled_from(["", " ", "-", "—"]))
    return prefix + separator.join([number[:3], number[3:7], number[7:]])


@st.composite
def other_telephones(draw: st.DrawFn) -> str:
    area, length = draw(st.sampled_from([("+852 ", 8), ("+853", 8), ("+886 9", 8), ("+65 9", 7), ("+49 1", 9)]))
    landline, local = draw(st.sampled_from([("010-", 8), ("021", 8), ("0755-", 8), ("0571 ", 7)]))
    return draw(st.one_of(digits_of(length).map(lambda d: area + d), digits_of(local).map(lambda d: landline + d)))


EMAILS = st.from_regex(r"[a-z0-9][a-z0-9._+\-]{0,15}@[a-z0-9\-]{1,10}(\.[a-z]{2,5}){1,2}", fullmatch=True)


def with_ascii_digits(text: str) -> str:
    return "".join(character for character in text.translate(FULL_WIDTH) if character.isascii() and character.isalnum())


FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}


def no_digit_beside(before: str, after: str) -> bool:
    visible = [[c for c in side if c.isprintable() and not c.isspace()] for side in (before, after)]
    return not any(c.isnumeric() for c in visible[0][-1:] + visible[1][:1])


@given(
    before=st.text(),
    number=st.one_of(resident_ids(), grouped_card_numbers(), mobile_numbers(), other_telephones()),
    after=st.text(),
    full_width=st.booleans(),
)
@example(before="转账5000元 ", number="4111 1111 1111 1111", after=" 2024-01-15", full_width=False)
@example(before="+", number="13800138000", after=".00", full_width=False)
@example(before="x@", number="010-12345678", after="@y.z", full_width=False)
def test_no_number_is_left_readable_in_any_text(before: str, number: str, after: str, full_width: bool) -> None:
    """Digits glued to the number make it a longer number, so they alone are kept away from it."""
    if not no_digit_beside(before, after) or before.endswith("\u200b"):
        before, after = before + "号", "号" + after
    shown = "".join(chr(ord(c) + 0xFEE0) if full_width and c.isdigit() else c for c in number)
    secret = with_ascii_digits(number).removeprefix("0086").removeprefix("86").upper()
    assert secret not in with_ascii_digits(mask(before + shown + after)).upper()


@given(before=st.text(), email=EMAILS, after=st.text())
def test_no_email_is_left_readable_in_any_text(before: str, email: str, after: str) -> None:
    assert email not in mask(before + email + after)


@given(
    number=st.one_of(resident_ids(), mobile_numbers(), other_telephones()), before=st.sampled_from(["", "号", "No. "])
)
def test_of_identity_and_telephone_numbers_no_digit_is_shown(number: str, before: str) -> None:
    assert mask(before + number + "谢谢") in (before + "[id]谢谢", before + "[phone]谢谢")


@given(card=grouped_card_numbers(), before=st.sampled_from(["", "号", "No. "]))
def test_of_a_card_only_the_last_four_digits_are_shown(card: str, before: str) -> None:
    last_four = "".join(filter(str.isdigit, card))[-4:]
    assert mask(before + card + "谢谢") in (
        before + f"[card *{last_four}]谢谢",
        before + "[id]谢谢",
        before + "[phone]谢谢",
    )


TRICKY = st.lists(
    st.one_of(
        st.sampled_from(
            ["+", "-", " ", "(", ")", "@", ".", "X", "x", "[", "]", "*", "卡", "86", "00", "852", "400", "1234", "2024"]
        ),
        grouped_card_numbers(),
        resident_ids(),
        mobile_numbers(),
        other_telephones(),
        EMAILS,
        st.text("0123456789 -", max_size=12),
    ),
    max_size=10,
).map("".join)


@given(st.one_of(st.text(), TRICKY))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.text().filter(lambda text: not any(c.isdigit() or c in "@＠﹫" for c in text)))
def test_text_without_digit_and_at_sign_is_unchanged(text: str) -> None:
    assert mask(text) == text


def test_a_long_run_of_digits_or_letters_is_no_trouble() -> None:
    for text in ("1 " * 2_000, "a" * 50_000, "a." * 20_000 + "@", "4111 1111 1111 1111 " * 500):
        assert len(mask(text)) <= len(text)


def test_every_string_of_a_log_event_is_masked() -> None:
    event: dict[str, Any] = {
        "event": "turn",
        "text": "我的手机13800138000",
        "wait_seconds": 1.5,
        "received_at": 1705312800000,
        "ok": True,
        "missing": None,
        "messages": [{"from": "a@b.com"}, ("卡4111111111111111", 7)],
        "by_customer": {"13800138000": {"010-12345678"}},
    }
    assert mask_value(event) == {
        "event": "turn",
        "text": "我的手机[phone]",
        "wait_seconds": 1.5,
        "received_at": 1705312800000,
        "ok": True,
        "missing": None,
        "messages": [{"from": "[email]"}, ("卡[card *1111]", 7)],
        "by_customer": {"[phone]": {"[phone]"}},
    }


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_masking_an_event_twice_changes_nothing_more(event: Any) -> None:
    once = mask_value(event)
    assert mask_value(once) == once
