"""bot.nlu.tokeniser and bot.nlu.unseen, as Rasa calls them."""

from __future__ import annotations

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix

from bot.nlu.tokeniser import BLANK, BilingualJiebaTokenizer
from bot.nlu.unseen import UnseenTextGuard


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


def guarded(values: list[int]) -> dict[str, object]:
    message = Message.build("x")
    message.set(INTENT, {"name": "goodbye", "confidence": 0.3})
    features = Features(csr_matrix([values]), FEATURE_TYPE_SENTENCE, TEXT, "counts")
    message.add_features(features)
    UnseenTextGuard("out_of_scope").process([message])
    found: dict[str, object] = message.get(INTENT)
    return found


def test_a_text_without_a_known_feature_is_out_of_scope() -> None:
    assert guarded([0, 1, 0]) == {"name": "out_of_scope", "confidence": 0.0}


def test_a_text_with_a_known_feature_keeps_its_intent() -> None:
    assert guarded([0, 1, 1]) == {"name": "goodbye", "confidence": 0.3}
