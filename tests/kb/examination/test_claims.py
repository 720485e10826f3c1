"""Figures have a date, personal data is in no text, and sentences know what introduces them."""

from typing import Any

import pytest

from kb.content import Lang, Variant
from kb.examination.claims import undated_figure
from kb.examination.rules import bundled_rules
from kb.examination.statements import statements
from tests.kb.examination.answers import QUESTIONS, findings, rules

FIGURES: list[tuple[Lang, str]] = [
    ("zh", "年利率1.10%。"),
    ("zh", "手续费为１．５％。"),
    ("zh", "下调25个基点。"),
    ("zh", "按百分之三收。"),
    ("zh", "工本费10元。"),
    ("zh", "20万元起存。"),
    ("zh", "每笔五元。"),
    ("zh", "收费￥15。"),
    ("zh", "每笔100港币。"),
    ("zh", "最高1,234,567.89元。"),
    ("zh", "另收手续费，5元。"),
    ("en", "The rate is 1.10 %."),
    ("en", "It rose by 25 basis points."),
    ("en", "A card costs 10 yuan."),
    ("en", "A card costs CNY 10."),
    ("en", "It costs 1,000 USD."),
    ("en", "It costs $15."),
]
NO_FIGURES: list[tuple[Lang, str]] = [
    ("zh", "约3个工作日。"),
    ("zh", "1月1日元旦放假，请在1元旦前办理。"),
    ("zh", "请致电400-000-1958。"),
    ("zh", "业务多元，有三类账户。"),
    ("en", "It takes 3 to 5 days."),
    ("en", "Call 400-000-1958."),
    ("en", "The age limit is 65."),
]


@pytest.mark.parametrize(("language", "answer"), FIGURES)
def test_a_figure_without_a_date_is_a_warning(language: Lang, answer: str) -> None:
    assert rules(language, answer, updated=None) == ["undated_figure"]


@pytest.mark.parametrize(("language", "answer"), FIGURES)
def test_a_figure_with_a_date_is_right(language: Lang, answer: str) -> None:
    dated: dict[Lang, tuple[str, ...]] = {
        "zh": ("自2026年1月1日起执行。", "截至2026-11-01。"),
        "en": ("As of 1 January 2026.", "As of November 1, 2026.", "Valid since 2026.", "As of Sept. 2026."),
    }
    assert rules(language, answer) == []
    for date_of_figure in dated[language]:
        assert rules(language, f"{answer} {date_of_figure}", updated=None) == []


@pytest.mark.parametrize(("language", "answer"), NO_FIGURES)
def test_other_numbers_need_no_date(language: Lang, answer: str) -> None:
    assert rules(language, answer, updated=None) == []


@pytest.mark.parametrize("written", ["0", "1,", "20"])
def test_digits_without_end_are_looked_at_in_no_time_and_are_no_figure(written: str) -> None:
    """Each digit was once compared with all that follow it: twenty thousand took a worker more than a minute."""
    answer = (written * 20_000)[:20_000]
    assert undated_figure(Variant(question="?", answer=answer), bundled_rules()) is None


def test_an_answer_without_dates_is_found_once() -> None:
    [finding] = findings("en", "A card costs CNY 10.\n\nA letter costs CNY 20.", updated=None)
    assert finding.excerpt == "A card costs CNY 10."


# ── personal data ─────────────────────────────────────────────────────────────────────────────────────────────────────

PERSONAL = [
    "11010519491231002X",
    "6222020200112233446",
    "6222 0202 0011 2233 446",
    "13912345678",
    "+86 139 1234 5678",
    "wang.lei@mail.cn",
]
PUBLIC = [
    "95588",
    "955881",
    "95500 95501 95503",
    "+864000001958",
    "400-000-1958",
    "8008201234",
    "statement@chenghu.example",
    "info@mail.chenghu.example",
    "somebody@example.com",
    "138****2046",
    "6222 **** **** 1234",
    "2026-11-01",
    "[card *1234]",
    "[phone]",
]


@pytest.mark.parametrize("field", ["question", "similar", "answer", "risk"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("data", PERSONAL)
def test_personal_data_is_found_everywhere_and_not_repeated(language: Lang, field: str, data: str) -> None:
    text: Any = f"写作{data}即可" if language == "zh" else f"Write {data} here"
    given = {"answer": "好的。", field: (*QUESTIONS[language][1:], text) if field == "similar" else text}
    [finding] = findings(language, **given)
    assert (finding.rule, finding.language, finding.field) == ("personal_data", language, field)
    assert data not in finding.excerpt
    assert "[" in finding.excerpt


@pytest.mark.parametrize("data", PUBLIC)
def test_what_the_bank_publishes_is_no_personal_data(data: str) -> None:
    assert rules("zh", f"请联系{data}。") == []
    assert rules("en", f"Please contact {data} first.") == []


def test_a_number_beside_the_banks_own_is_still_found() -> None:
    assert rules("zh", "请拨95588，或13912345678。") == ["personal_data"]


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sentences_know_what_introduces_them() -> None:
    text = "First. Second?\n\n**Our staff never:**\n\n1. ask. Or:\n   - beg\n2. call\n\nEnd as of 1 January 2026). Done"
    assert [(one.lead, one.text) for one in statements(text)] == [
        ("", "First."),
        ("", "Second?"),
        ("", "Our staff never:"),
        ("Our staff never:", "ask."),
        ("Our staff never:", "Or:"),
        ("Our staff never: Or:", "beg"),
        ("Our staff never:", "call"),
        ("", "End as of 1 January 2026)."),
        ("", "Done"),
    ]


def test_a_sentence_is_read_simplified_and_without_marks() -> None:
    [one] = statements("**產品**：見[說明](https://www.chenghu.example/)！")
    assert (one.text, one.written) == ("产品:见说明!", "**產品**：見[說明](https://www.chenghu.example/)！")
