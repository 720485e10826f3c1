"""What of a message is no word: characters that nobody sees, and pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.characters import without_invisible, without_pictographs


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("信\u200b用卡", "信用卡"),
        ("\ufeff怎么开户", "怎么开户"),
        ("lost\u00ad my\u2060 card", "lost my card"),
        ("\u202e卡丢了\u202c", "卡丢了"),
        ("葛\U000e0100先生", "葛先生"),
        ("❤\ufe0f", "❤"),
        ("👨\u200d👧", "👨👧"),
        ("a b\tc\n", "a b\tc\n"),
        ("\u200b", "\u200b"),
        ("", ""),
    ],
)
def test_what_nobody_sees_is_dropped(written: str, seen: str) -> None:
    assert without_invisible(written) == seen


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("💳丢了😭😭", "丢了"),
        ("卡丢了☎️怎么办👨\u200d👩\u200d👧", "卡丢了怎么办"),
        ("lost😭my card", "lost my card"),
        ("lost 😭 my card 😡", "lost my card"),
        ("1️⃣ 开户 ⭐️", "1 开户"),
        ("🇨🇳👍🏽护照", "护照"),
        ("卡丢了。😭还有房贷", "卡丢了。还有房贷"),
        ("my card 😭!", "my card!"),
        ("✔ ok", "ok"),
        ("❶开户", "❶开户"),
    ],
)
def test_pictures_are_dropped_where_words_are_left(written: str, words: str) -> None:
    assert without_pictographs(written) == words


@pytest.mark.parametrize(
    "text", ["$5 €5 ¥5 ￥5 £5 ₿1", "20°C", "© 2026 ® ™", "№5", "a → b", "1 + 1 = 2", "★", "a ● b", "※注"]
)
def test_signs_of_money_and_ordinary_symbols_stay(text: str) -> None:
    assert without_pictographs(text) == text


@pytest.mark.parametrize("text", ["😭", "😀👍", "❤️", "👍🏽!!", "", "？？"])
def test_pictures_that_are_all_that_is_said_stay(text: str) -> None:
    assert without_pictographs(text) == text


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_letters_and_digits_stay_whatever_stands_around_them(text: str) -> None:
    said = [each for each in text if each.isalnum()]
    assert [each for each in without_pictographs(text) if each.isalnum()] == said
    assert bool(without_invisible(text)) == bool(text)
