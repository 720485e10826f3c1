"""What no bank may promise is found in an answer, and what denies, warns or asks is left alone."""

import pytest

from kb.content import Lang
from tests.kb.examination.answers import QUESTIONS, findings, rules

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
    ("zh", "别担心，本产品保本。"),
    ("zh", "特别适合您，保本。"),
    ("zh", "利率不固定但保本。"),
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
    ("en", "Not only a sure profit."),
    ("en", "Don't worry: guaranteed returns."),
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
    ("zh", "请不要以为，只要是银行卖的就保本。"),
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
    ("en", "Deposit insurance: 100% safe."),
    ("en", "We do not promise, in any leaflet, guaranteed returns."),
    ("en", "We never say, in any leaflet, that returns are guaranteed."),
    ("en", "Under deposit insurance your savings are guaranteed."),
    ("en", "Deposits up to CNY 500,000 are fully guaranteed."),
]


@pytest.mark.parametrize(("language", "answer"), PROMISES)
def test_a_promise_is_found(language: Lang, answer: str) -> None:
    assert "promise" in rules(language, answer)


@pytest.mark.parametrize(("language", "answer"), NO_PROMISES)
def test_what_promises_nothing_is_left_alone(language: Lang, answer: str) -> None:
    assert "promise" not in rules(language, answer)


@pytest.mark.parametrize("granted", ["获批", "批", "审批通过", "通过审批", "通过审核", "过审", "下款", "放款", "下卡"])
@pytest.mark.parametrize("surely", ["一定", "肯定会", "必定能", "必然", "保证", "包"])
def test_approval_is_not_promised(surely: str, granted: str) -> None:
    assert rules("zh", f"贷款{surely}{granted}。") == ["promise"]


@pytest.mark.parametrize("wholly", ["fully", "always", "absolutely", "completely", "100%", "100 %"])
def test_whole_guarantees_are_promises(wholly: str) -> None:
    assert rules("en", f"Your return is {wholly} guaranteed for a year.") == ["promise"]
    assert rules("en", f"Payment is {wholly} guaranteed.") == ["promise"]


@pytest.mark.parametrize("never", ["cannot", "can not", "can't", "never", "won't", "will not"])
@pytest.mark.parametrize("money", ["money", "principal", "capital", "savings", "investment", "anything"])
def test_nobody_is_told_that_money_cannot_be_lost(never: str, money: str) -> None:
    assert rules("en", f"You {never} lose your {money}.") == ["promise"]
    assert rules("en", f"You {never} lose a single cent.") == ["promise"]


@pytest.mark.parametrize("coin", ["cent", "penny", "yuan", "fen"])
def test_nor_a_coin(coin: str) -> None:
    assert rules("en", f"It is impossible to lose a {coin}.") == ["promise"]


@pytest.mark.parametrize(
    "paper", ["rating", "assessment", "statement", "level", "warning", "score", "profile", "disclosure", "class"]
)
def test_a_paper_about_risk_may_be_missing(paper: str) -> None:
    assert rules("en", f"There is no risk {paper} on file.") == []


def test_a_risk_statement_may_not_promise_either() -> None:
    [finding] = findings("en", "Yes.", risk="You may lose money. Up to the first year it is risk-free.")
    assert (finding.rule, finding.field, finding.language) == ("promise", "risk", "en")
    assert finding.excerpt == "Up to the first year it is risk-free."


def test_a_question_may_ask_for_what_no_bank_promises() -> None:
    assert rules("zh", "没有。", similar=(*QUESTIONS["zh"][1:], "哪里有保本稳赚的")) == []
