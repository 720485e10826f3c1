"""bot.nlu.tokeniser, as Rasa calls it."""

from __future__ import annotations

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.tokeniser import BLANK, BilingualJiebaTokenizer


def tokens(text: str) -> list[Token]:
    tokeniser = BilingualJiebaTokenizer(BilingualJiebaTokenizer.get_default_config())
    (message,) = tokeniser.process([Message.build(text)])
    found: list[Token] = message.get(TOKENS_NAMES[TEXT])
    return found


def test_tokens_carry_normal_text_and_original_offsets() -> None:
    text = "我的ＡＴＭ卡，轉賬"
    assert [(token.text, text[token.start : token.end]) for token in tokens(text)] == [
        ("我", "我"),
        ("的", "的"),
        ("atm", "ＡＴＭ"),
        ("卡", "卡"),
        ("转账", "轉賬"),
    ]


@pytest.mark.parametrize("text", ["", " ", "\u3000\n", "\u200b"])
def test_a_blank_text_still_has_a_token(text: str) -> None:
    assert [token.text for token in tokens(text)] == [BLANK]
