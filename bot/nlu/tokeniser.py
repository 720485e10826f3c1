"""The Rasa graph component around `segment`."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.segment import segment

# The symbol for nothing: no letter, so it shares no feature with any training sentence.
BLANK = "\u2400"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualJiebaTokenizer(Tokenizer):
    """Tokenises Chinese, English and mixed text with jieba and the bank's own terms."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Languages this component works with (see parent class)."""
        return ["zh", "en"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default configuration (see parent class)."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Packages this component needs (see parent class)."""
        return ["jieba", "opencc"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of one attribute; `token.text` is normalised, offsets are the original's."""
        text = message.get(attribute)
        tokens = [Token(span.text, span.start, span.end) for span in segment(text)]
        # A message without tokens has no features, and a classifier then fails on its shape.
        return tokens or [Token(BLANK, 0, len(text))]
