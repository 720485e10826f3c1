"""What an editor may say that words mean, in which form it is kept, and where it is found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import Lang
from kb.expressions import Expression, Expressions, stored_form
from kb.wording import Wording
from kit.errors import InvalidRequest


def english(**meanings: str) -> Expressions:
    return Expressions(en={key.replace("_", " "): meaning for key, meaning in meanings.items()})


# ── the stored form ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "language", "meaning", "stored", "stored_meaning"),
    [
        ("點攞錢", "zh", "怎麼取款", "点攞钱", "怎么取款"),
        ("  花纸头\n", "zh", " 外币现钞 ", "花纸头", "外币现钞"),
        ("打Ｃａｌｌ", "zh", "打电话", "打Call", "打电话"),
        ("Plastic", "en", "credit card", "plastic", "credit card"),
        ("see   RED", "en", "have an overdrawn  account", "see red", "have an overdrawn account"),
        ("ain’t got", "en", "do not have", "ain't got", "do not have"),
        ("HuaBei", "en", "花唄", "huabei", "花呗"),
        ("3q", "en", "thank you", "3q", "thank you"),
        ("字" * 60, "zh", "义" * 200, "字" * 60, "义" * 200),
    ],
)
def test_both_are_kept_as_the_search_sees_text(
    text: str, language: Lang, meaning: str, stored: str, stored_meaning: str
) -> None:
    assert Expression.of(text, language, meaning) == Expression(stored, language, stored_meaning)
    assert stored_form(text) == stored_form(stored) == stored


@pytest.mark.parametrize(
    ("text", "language", "meaning", "reason"),
    [
        ("", "zh", "怎么办", "2 to 60 characters; this one has 0"),
        (" \t", "en", "card", "2 to 60 characters; this one has 0"),
        ("咋", "zh", "怎么", "2 to 60 characters; this one has 1"),
        ("字" * 61, "zh", "怎么", "2 to 60 characters; this one has 61"),
        ("ﷺﷺﷺﷺ", "zh", "怎么", "2 to 60 characters; this one has 72"),
        ("咋整", "zh", "", "1 to 200 characters; this one has 0"),
        ("咋整", "zh", " \n", "1 to 200 characters; this one has 0"),
        ("咋整", "zh", "怎" * 201, "1 to 200 characters; this one has 201"),
        ("咋\x00整", "zh", "怎么办", "invisible characters"),
        ("怎么办", "zh", "怎么办", "already searched as '怎么办'"),
        ("怎麼辦", "zh", "怎么办", "already searched as '怎么办'"),
        ("登入", "zh", "登录", "already searched as '登录'"),
        ("ATM", "en", "atm", "already searched as 'atm'"),
        ("yyds", "zh", "很好", "Give it the language en"),
        ("花呗", "en", "credit line", "Give it the language zh"),
        ("520", "en", "I love you", "no letter"),
        ("520", "zh", "我爱你", "no Chinese character"),
    ],
)
def test_what_could_mend_no_question_is_refused_with_the_reason(
    text: str, language: Lang, meaning: str, reason: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        Expression.of(text, language, meaning)
    assert reason in refused.value.message


# ── English ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my plastic is gone", "my credit card is gone"),
        ("My PLASTIC is gone", "My credit card is gone"),
        ("Plastic?", "credit card?"),
        ("(plastic)", "(credit card)"),
        ("'plastic'", "'credit card'"),
        ("我的plastic丢了", "我的credit card丢了"),
        ("plastic-free", "credit card-free"),
        ("plastics and plasticity", "plastics and plasticity"),
        ("thermoplastic", "thermoplastic"),
        ("plastic's", "plastic's"),
        ("l'plastic", "l'plastic"),
        ("plastic2 plastic_bag éplastic", "plastic2 plastic_bag éplastic"),
        ("", ""),
    ],
)
def test_english_is_replaced_as_a_word_in_any_case(text: str, said: str) -> None:
    assert english(plastic="credit card").replace_english(text) == said


def test_the_longest_english_expression_wins_and_a_meaning_is_not_replaced_again() -> None:
    expressions = english(plastic="card", lose_my_plastic="report plastic", report="block")
    assert expressions.replace_english("I lose my plastic, my plastic!") == "I report plastic, my card!"


def test_both_apostrophes_are_one() -> None:
    expressions = Expressions(en={stored_form("ain't got"): "do not have"})
    assert [expressions.replace_english(f"I {said} it") for said in ("ain't got", "Ain’t got")] == [
        "I do not have it"
    ] * 2


@given(st.text("aAkKſKİiI'’ -.0é", max_size=12), st.text("aAkKſKİiI'’ -.0é", min_size=1, max_size=4))
def test_any_expression_can_be_looked_for_in_any_text(text: str, key: str) -> None:
    expressions = Expressions(en={stored_form(key): "said"})
    assert isinstance(expressions.replace_english(text), str)
    assert stored_form(stored_form(key)) == stored_form(key)


# ── among everything else that mends a question ───────────────────────────────────────────────────────────────────


def mended(text: str, language: Lang, expressions: Expressions) -> str:
    wording = Wording.from_texts(["信用卡年费", "外币现钞"], ["credit card fees"])
    return wording.with_expressions(expressions).repair(text, language)


def test_an_editors_meaning_wins_over_the_shipped_one() -> None:
    assert mended("卡丢了咋整", "zh", Expressions()) == "卡丢了怎么办"
    assert mended("卡丢了咋整", "zh", Expressions(zh={"咋整": "如何挂失"})) == "卡丢了如何挂失"
    assert mended("pls check my acct", "en", english(acct="fees")) == "please check my fees"


def test_the_longest_expression_is_replaced_whoever_wrote_it() -> None:
    assert mended("点样开户", "zh", Expressions(zh={"点样开": "如何打开"})) == "如何打开户"
    assert mended("张卡唔见咗", "zh", Expressions(zh={"唔见": "找不到"})) == "张卡不见了"


def test_chinese_is_replaced_wherever_it_stands_and_keeps_its_case() -> None:
    expressions = Expressions(zh={"打Call": "打电话"})
    assert mended("想打Call问问", "zh", expressions) == "想打电话问问"
    assert mended("想打call问问", "zh", expressions) == "想打call问问"


def test_a_question_in_both_languages_is_mended_in_both() -> None:
    expressions = Expressions(zh={"花纸头": "外币现钞"}, en={"grab": "withdraw"})
    assert mended("想grab点花纸头", "zh", expressions) == "想withdraw点外币现钞"


def test_what_the_knowledge_base_says_word_for_word_stays() -> None:
    assert mended("信用卡年费", "zh", Expressions(zh={"年费": "手续费"})) == "信用卡年费"


def test_other_expressions_take_the_place_of_the_present_ones() -> None:
    wording = Wording.from_texts([], []).with_expressions(Expressions(zh={"咋整": "如何挂失", "花纸头": "现钞"}))
    assert (
        wording.with_expressions(Expressions(zh={"呱唧": "还款"})).repair("呱唧花纸头咋整", "zh") == "还款花纸头怎么办"
    )
