"""What an answer may not say: promises, products without their risk, figures without a date, personal data, secrets."""

from datetime import date
from typing import Any

import pytest

from kb.content import EntryContent, Lang, Variant
from kb.findings import Finding, check_entry
from kb.statements import statements

TODAY = date(2026, 11, 22)
QUESTIONS: dict[Lang, tuple[str, ...]] = {
    "zh": ("这怎么办？", *(f"问法{number}" for number in range(6))),
    "en": ("What about this?", *(f"way {number}" for number in range(6))),
}


def findings(language: Lang, answer: str, **changes: Any) -> list[Finding]:
    """What is found in an entry whose answer in one language is this one."""
    fields = {key: changes.pop(key) for key in ("risk_class", "updated") if key in changes}
    variants: dict[Lang, Variant] = {
        each: Variant(
            question=asked[0], similar=asked[1:], answer="好的。" if each == "zh" else "All right.", risk=RISK[each]
        )
        for each, asked in QUESTIONS.items()
    }
    variants[language] = Variant.model_construct(**{**variants[language].model_dump(), "answer": answer, **changes})
    given = {"id": "a", "scenario": "s", "variants": variants, "updated": TODAY, **fields}
    return check_entry(EntryContent.model_construct(**given), {}, TODAY)


RISK: dict[Lang, str] = {
    "zh": "理财非存款，您可能损失部分或全部本金。",
    "en": "Wealth products are not deposits. You may lose some or all of your principal.",
}


def rules(language: Lang, answer: str, **changes: Any) -> list[str]:
    return [finding.rule for finding in findings(language, answer, **changes)]


# ── promises ──────────────────────────────────────────────────────────────────────────────────────────────────────

PROMISES: list[tuple[Lang, str]] = [
    ("zh", "本产品保本保息。"),
    ("zh", "产品保息。"),
    ("zh", "本产品保收益。"),
    ("zh", "我行保证收益。"),
    ("zh", "确保本金不受损。"),
    ("zh", "本金有保证。"),
    ("zh", "零风险，放心买。"),
    ("zh", "这款产品没有任何风险。"),
    ("zh", "无风险套利。"),
    ("zh", "放心，稳赚！"),
    ("zh", "包赚。"),
    ("zh", "万无一失。"),
    ("zh", "绝对安全。"),
    ("zh", "您的钱不会亏。"),
    ("zh", "绝不会有任何损失。"),
    ("zh", "百分百成功。"),
    ("zh", "100%获批。"),
    ("zh", "１００％放款。"),
    ("zh", "一定能批。"),
    ("zh", "您肯定会获批。"),
    ("zh", "包下款。"),
    ("zh", "包过。"),
    ("zh", "人人可贷。"),
    ("zh", "無條件放款。"),
    ("zh", "**保本**保息。"),
    ("zh", "產品保證收益。"),
    ("zh", "不用担心，本产品保本。"),
    ("zh", "无需担保，一定能批。"),
    ("zh", "没有抵押也一定能批。"),
    ("zh", "不看征信一定能批。"),
    ("zh", "不仅保本，而且灵活。"),
    ("zh", "没有手续费，保本。"),
    ("zh", "利率不固定，但保本。"),
    ("zh", "这不是骗局，稳赚。"),
    ("zh", "理财有存款保险，保本。"),
    ("zh", "- 起点低\n- 保本"),
    ("en", "This fund has guaranteed returns."),
    ("en", "We guarantee you a fixed return."),
    ("en", "Your approval is guaranteed."),
    ("en", "Profit guaranteed!"),
    ("en", "Guaranteed to be approved."),
    ("en", "It is guaranteed."),
    ("en", "It is risk-free."),
    ("en", "There is no risk."),
    ("en", "Earn more without any risk."),
    ("en", "You cannot lose."),
    ("en", "You can't lose any money."),
    ("en", "You will not lose your principal."),
    ("en", "Your plan cannot fail."),
    ("en", "You are always approved."),
    ("en", "Loans are automatically granted."),
    ("en", "Approval is certain."),
    ("en", "Everyone is accepted."),
    ("en", "It is absolutely safe."),
    ("en", "It is 100% safe."),
    ("en", "A sure profit."),
    ("en", "A **guaranteed** return."),
    ("en", "Don't worry, it is risk-free."),
    ("en", "No fees, guaranteed returns."),
    ("en", "Rates are not fixed, but the principal is guaranteed."),
    ("en", "You need no collateral and are always approved."),
    ("en", "This is not a scam, it is risk-free."),
    ("en", "Not only flexible but risk-free."),
]

NO_PROMISES: list[tuple[Lang, str]] = [
    ("zh", "理财产品不保本。"),
    ("zh", "银行不承诺保本，也不承诺收益。"),
    ("zh", "银行既不承诺本金不受损失，也不保证收益。"),
    ("zh", "银行不承诺保本，保收益更无可能。"),
    ("zh", "等级低不等于没有风险。"),
    ("zh", "并非保本。"),
    ("zh", "没有保本的理财。"),
    ("zh", "任何产品都不保本。"),
    ("zh", "这不代表产品不会亏损。"),
    ("zh", "额度不是一定能批。"),
    ("zh", "是否保本，请看产品说明书。"),
    ("zh", "理财保本吗？不保。"),
    ("zh", "谁也无法保证收益。"),
    ("zh", "为贷款担保本金和利息。"),
    ("zh", "请确保本人到场。"),
    ("zh", "投保本产品前请看条款。"),
    ("zh", "请先看无风险提示的页面。"),
    ("zh", "五份份额合计百分百。"),
    ("zh", "受益人份额合计100%。"),
    ("zh", "百分百控股的企业。"),
    ("zh", "保险公司不会赔付。"),
    ("zh", "交钱“包过”的都是骗局。"),
    ("zh", "凡是承诺保本高收益的，都是诈骗。"),
    ("zh", "骗子会说：稳赚。"),
    ("zh", "有人收费“包过”的，请致电核实。"),
    ("zh", "对方声称零风险。"),
    ("zh", "**骗子的话：**\n\n- 保本保息\n- 零风险"),
    ("zh", "银行不会：\n\n- 保证收益\n- 承诺保本"),
    ("zh", "存款受存款保险保障，50万元以内百分百赔付。"),
    ("zh", "存款保险最高偿付50万元，本金绝对安全。"),
    ("en", "It does not have guaranteed returns."),
    ("en", "This is not risk-free."),
    ("en", "No product is guaranteed, risk-free or certain."),
    ("en", "There are no guaranteed returns."),
    ("en", "A low level does not mean no risk."),
    ("en", "It does not mean that a product cannot lose money."),
    ("en", "Neither principal nor return is guaranteed."),
    ("en", "Ask whether the return is guaranteed."),
    ("en", "Are returns guaranteed?"),
    ("en", "Meeting these conditions does not mean approval is certain."),
    ("en", "A guarantee company may guarantee the loan."),
    ("en", "The loan is guaranteed by a partner company."),
    ("en", "Its principal is guaranteed by the parent company."),
    ("en", "Shareholders may sign guarantees."),
    ("en", "There is no risk assessment yet."),
    ("en", "You will not lose your place in the queue."),
    ("en", "Shares add up to 100% in all."),
    ("en", "Guaranteed returns are the mark of a scam."),
    ("en", "Beware of risk-free offers."),
    ("en", "Anyone who promises guaranteed returns is lying."),
    ("en", "Fraudsters say that you cannot lose."),
    ("en", "**We never promise:**\n\n- guaranteed returns\n- no risk"),
    ("en", "Insured deposits are 100% safe."),
    ("en", "Under deposit insurance your savings are guaranteed."),
    ("en", "Deposits up to CNY 500,000 are fully guaranteed."),
]


@pytest.mark.parametrize(("language", "answer"), PROMISES)
def test_a_promise_is_found(language: Lang, answer: str) -> None:
    assert "promise" in rules(language, answer)


@pytest.mark.parametrize(("language", "answer"), NO_PROMISES)
def test_what_promises_nothing_is_left_alone(language: Lang, answer: str) -> None:
    assert "promise" not in rules(language, answer)


def test_a_risk_statement_may_not_promise_either() -> None:
    [finding] = findings("en", "Yes.", risk="You may lose money. Up to the first year it is risk-free.")
    assert (finding.rule, finding.field, finding.language) == ("promise", "risk", "en")
    assert finding.excerpt == "Up to the first year it is risk-free."


def test_a_question_may_ask_for_what_no_bank_promises() -> None:
    assert rules("zh", "没有。", similar=(*QUESTIONS["zh"][1:], "哪里有保本稳赚的")) == []


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────────

ASKED_FOR: list[tuple[Lang, str]] = [
    ("zh", "请提供密码。"),
    ("zh", "请提供您的银行卡密码和验证码。"),
    ("zh", "请告诉我们您收到的短信验证码。"),
    ("zh", "请把验证码发给客服。"),
    ("zh", "密码请直接告知坐席。"),
    ("zh", "请发给我们验证码。"),
    ("zh", "请报一下您的完整卡号。"),
    ("zh", "回复六位验证码即可。"),
    ("zh", "請提供PIN。"),
    ("zh", "请提供姓名、卡号和CVV2。"),
    ("zh", "没有App的客户：\n\n- 请提供密码"),
    ("zh", "我们不收费，但请提供验证码。"),
    ("en", "Please send us your PIN."),
    ("en", "Tell the agent your verification code."),
    ("en", "Give us your name, card number and password."),
    ("en", "Read out the code to us: give us the code."),
    ("en", "Please provide your full card number."),
    ("en", "Reply with your one-time code."),
    ("en", "E-mail your online banking password."),
    ("en", "We will help if you share your OTP."),
    ("en", "Nothing is charged, but tell us your CVV."),
]
NOT_ASKED_FOR: list[tuple[Lang, str]] = [
    ("zh", "请勿向任何人提供密码。"),
    ("zh", "工作人员不会请您提供验证码。"),
    ("zh", "不要把验证码发给客服。"),
    ("zh", "切勿告诉任何人，包括客服，也不要提供密码。"),
    ("zh", "让您提供密码的都是骗子。"),
    ("zh", "请在App里输入密码。"),
    ("zh", "请提供身份证件，重置密码。"),
    ("zh", "请提供密码重置申请表。"),
    ("zh", "系统会提供验证码。"),
    ("zh", "点“发送验证码”，我们会发短信验证码到您的手机。"),
    ("zh", "请提供卡号后四位。"),
    ("zh", "**我们绝不会：**\n\n1. 请您提供密码\n2. 请您说出验证码"),
    ("en", "Never tell us your PIN."),
    ("en", "Do not share your password."),
    ("en", "Our agents never ask you to read out your code."),
    ("en", "We will send your PIN by post."),
    ("en", "We'll text your verification code."),
    ("en", "Enter your password in the app."),
    ("en", "Fraudsters ask you to share your OTP."),
    ("en", "Tell us the last four digits of your card number."),
    ("en", "Send us your password reset form."),
    ("en", "Give us the code of your branch."),
    ("en", "Provide your PIN request at the counter."),
    ("en", "**Our staff never**\n\n- ask you to share your password\n- tell you to send us the code"),
]


@pytest.mark.parametrize(("language", "answer"), ASKED_FOR)
def test_an_answer_that_asks_for_a_secret_is_found(language: Lang, answer: str) -> None:
    assert rules(language, answer) == ["asks_for_secret"]


@pytest.mark.parametrize(("language", "answer"), NOT_ASKED_FOR)
def test_an_answer_that_asks_for_none_is_left_alone(language: Lang, answer: str) -> None:
    assert rules(language, answer) == []


# ── products with risk ────────────────────────────────────────────────────────────────────────────────────────────

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


def test_a_loan_needs_no_word_of_losing_money() -> None:
    risk = "贷款要还本付息，请按自己的还款能力借款。"
    assert rules("zh", "贷款不得用于股票、基金。", risk=risk, risk_class="product") == []


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────

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


def test_an_answer_without_dates_is_found_once() -> None:
    [finding] = findings("en", "A card costs CNY 10.\n\nA letter costs CNY 20.", updated=None)
    assert finding.excerpt == "A card costs CNY 10."


# ── personal data ─────────────────────────────────────────────────────────────────────────────────────────────────

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
    "95588 95533 95544",
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


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────


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
