"""An answer that asks for a password, a code or a full card number is found."""

import pytest

from kb.content import Lang
from tests.kb.examination.answers import rules

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


@pytest.mark.parametrize(
    "receiver", ["我们", "我", "本行", "银行", "客服", "坐席", "人工", "工作人员", "客户经理", "柜员", "对话"]
)
@pytest.mark.parametrize(
    "hand_over",
    ["告诉", "告知", "发给", "发送给", "发到", "提供给", "报给", "交给", "念给", "转发给", "回复给", "回复"],
)
def test_whoever_is_to_receive_a_secret(receiver: str, hand_over: str) -> None:
    assert rules("zh", f"请把密码{hand_over}{receiver}。") == ["asks_for_secret"]
    assert rules("zh", f"不要把密码{hand_over}{receiver}。") == []


@pytest.mark.parametrize("receiver", ["us", "me", "our agents", "our staff", "the teller", "the bank"])
@pytest.mark.parametrize("secret", ["password", "PIN", "SMS code", "code", "CVV", "whole card number"])
def test_whoever_is_to_be_told_a_secret(receiver: str, secret: str) -> None:
    assert rules("en", f"Please tell {receiver} your {secret}.") == ["asks_for_secret"]
    assert rules("en", f"Please do not tell {receiver} your {secret}.") == []


@pytest.mark.parametrize("paper", ["reset", "change", "form", "request", "letter", "mailer", "envelope", "pad"])
def test_a_paper_about_a_secret_is_none(paper: str) -> None:
    assert rules("en", f"Send us your PIN {paper}.") == []
    assert rules("en", f"Send your PIN {paper} by post.") == []


@pytest.mark.parametrize("of_what", ["of the branch", "for the voucher"])
def test_a_code_of_something_else_is_none(of_what: str) -> None:
    assert rules("en", f"Give us the code {of_what}.") == []


@pytest.mark.parametrize(("language", "answer"), NOT_ASKED_FOR)
def test_an_answer_that_asks_for_none_is_left_alone(language: Lang, answer: str) -> None:
    assert rules(language, answer) == []
