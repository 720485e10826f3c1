"""An answer about a product that can lose money has its risk class, and a risk statement that says so."""

from typing import Any

import pytest

from kb.content import Lang
from tests.kb.examination.answers import QUESTIONS, findings, rules

OFFERED: list[tuple[Lang, dict[str, Any]]] = [
    ("zh", {"answer": "推荐您了解本行的理财产品。"}),
    ("zh", {"answer": "闲钱可以放进货币基金。"}),
    ("zh", {"answer": "结构性存款的年化收益约2%。"}),
    ("zh", {"answer": "積存金比存款收益更高。"}),
    ("zh", {"answer": "贵金属，欢迎选购。"}),
    ("zh", {"answer": "投连险热销中。"}),
    ("zh", {"question": "怎么买基金？", "answer": "打开App，选好后点申购。"}),
    ("zh", {"question": "外汇买卖怎么做？", "answer": "在App下单。"}),
    ("zh", {"question": "怎么买绿色债券？", "answer": "在网点认购。"}),
    ("en", {"answer": "We recommend our wealth products."}),
    ("en", {"answer": "Structured deposits earn up to 3% a year."}),
    ("en", {"answer": "We recommend insurance and funds."}),
    ("en", {"answer": "This fund yields about 4% a year."}),
    ("en", {"answer": "Fund units: try our savings plan."}),
    ("en", {"answer": "Wealth products suit cautious savers."}),
    ("en", {"answer": "Mutual funds give higher returns than deposits."}),
    ("en", {"answer": "A unit-linked policy is ideal for long-term savers."}),
    ("en", {"question": "How do I buy a fund?", "answer": "Choose one in the app and tap Buy."}),
    ("en", {"question": "Can I buy green bonds?", "answer": "Place an order in the app."}),
    ("en", {"question": "Do you have precious metals?", "answer": "Purchase them at any branch."}),
]
NAMED: list[tuple[Lang, dict[str, Any]]] = [
    ("zh", {"question": "净值怎么看？"}),
    ("zh", {"question": "业绩比较基准是什么？"}),
    ("zh", {"question": "怎么买理财？", "answer": "我们不推荐具体的产品。"}),
    ("zh", {"answer": "理财有风险。基金有风险。信托产品有风险。"}),
    ("en", {"question": "What is a structured deposit?"}),
    ("en", {"question": "What is FX trading?"}),
    ("en", {"answer": "Wealth products vary. Mutual funds vary. Universal life varies."}),
]
ONLY_MENTIONED: list[tuple[Lang, dict[str, Any]]] = [
    ("zh", {"answer": "请先结清理财和贷款。"}),
    ("zh", {"answer": "二类户可存款、缴费、购买理财。"}),
    ("zh", {"answer": "范围外：理财、基金、信托产品。存款保险不保理财。不含基金。"}),
    ("zh", {"answer": "推荐用住房公积金还款，公积金的存款保险基金和理财经理都会帮您。"}),
    ("zh", {"answer": "我们推荐您存定期存款。"}),
    ("zh", {"answer": "有人推荐高收益理财的，都是诈骗。"}),
    ("zh", {"question": "有人冒充银行推荐理财怎么办？", "answer": "请报警，不要购买。"}),
    ("zh", {"question": "企业怎么发行绿色债券？", "answer": "请联系客户经理，由机构认购。"}),
    ("zh", {"similar": (*QUESTIONS["zh"][1:], "卡里有理财怎么办")}),
    ("zh", {"answer": "提前赎回理财可能亏损。"}),
    ("zh", {"answer": "理财有风险。基金有风险。"}),
    ("en", {"answer": "Settle your wealth products first."}),
    ("en", {"answer": "Not covered: wealth products, mutual funds and trust products."}),
    ("en", {"answer": "We recommend a transfer if there are insufficient funds."}),
    ("en", {"answer": "Buy currency in the app; funds arrive at once."}),
    ("en", {"answer": "We do not recommend particular wealth products."}),
    ("en", {"question": "Was the fund manager who called me a fraudster?", "answer": "Purchase nothing."}),
    ("en", {"question": "How does a company issue green bonds?", "answer": "Investors purchase them from us."}),
]


@pytest.mark.parametrize(("language", "changes"), OFFERED)
def test_an_offer_without_the_risk_class_is_an_error(language: Lang, changes: dict[str, Any]) -> None:
    assert rules(language, **{"answer": "好的。", **changes}) == ["risk_offered"]


@pytest.mark.parametrize(("language", "changes"), NAMED)
def test_an_entry_about_a_product_without_the_risk_class_is_a_warning(language: Lang, changes: dict[str, Any]) -> None:
    assert rules(language, **{"answer": "好的。", **changes}) == ["risk_named"]


@pytest.mark.parametrize(("language", "changes"), ONLY_MENTIONED)
def test_a_product_that_is_only_mentioned_is_none(language: Lang, changes: dict[str, Any]) -> None:
    assert rules(language, **{"answer": "好的。", **changes}) == []


@pytest.mark.parametrize(("language", "changes"), OFFERED + NAMED)
def test_with_class_and_risk_statement_all_is_well(language: Lang, changes: dict[str, Any]) -> None:
    assert rules(language, **{"answer": "好的。", **changes}, risk_class="product") == []


@pytest.mark.parametrize(("language", "changes"), OFFERED + NAMED)
def test_a_risk_statement_that_names_no_loss_is_an_error(language: Lang, changes: dict[str, Any]) -> None:
    vague = (
        "理财非存款，产品有风险，投资须谨慎。"
        if language == "zh"
        else "Wealth products carry risk. Please invest with care."
    )
    given = {"answer": "好的。", **changes, "risk": vague}
    assert rules(language, **given, risk_class="product") == ["risk_not_plain"]


@pytest.mark.parametrize(
    ("language", "risk"),
    [
        ("zh", "您可能亏掉一部分钱，请先看清。"),
        ("zh", "净值下跌时，您可能拿不回全部的钱。"),
        ("zh", "赎回时的金额可能低于您买入的金额。"),
        ("en", "You may lose part of your money when you redeem."),
        ("en", "A fund can make a loss in any year, even a large one."),
        ("en", "What you are paid may be less than you paid in."),
        ("en", "You may not get back the whole of what you paid in."),
    ],
)
def test_plain_words_for_a_loss(language: Lang, risk: str) -> None:
    answers: dict[Lang, str] = {"zh": "推荐基金。", "en": "We recommend wealth products."}
    assert rules(language, answers[language], risk=risk, risk_class="product") == []


@pytest.mark.parametrize(
    ("language", "risk"),
    [("zh", None), ("zh", ""), ("zh", "有可能会亏损本金的"), ("en", "You may lose money."), ("en", None)],
)
def test_a_risk_statement_of_a_few_words_is_none(language: Lang, risk: str | None) -> None:
    [finding] = findings(language, "好的。", risk=risk, risk_class="product")
    assert (finding.rule, finding.field, finding.language) == ("risk_short", "risk", language)


@pytest.mark.parametrize(
    ("language", "risk"), [("zh", "借款要还本付息请量力而行"), ("en", "A loan must be repaid, and with interest.")]
)
def test_a_risk_statement_of_a_dozen_words_is_one(language: Lang, risk: str) -> None:
    assert rules(language, "好的。", risk=risk, risk_class="product") == []
    assert rules(language, "好的。", risk=risk[1:], risk_class="product") == ["risk_short"]


def test_a_loan_needs_no_word_of_losing_money() -> None:
    risk = "贷款要还本付息，请按自己的还款能力借款。"
    assert rules("zh", "贷款不得用于股票、基金。", risk=risk, risk_class="product") == []
