"""bot.nlu.intents: what Rasa's own components would say, for a part of their time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from bot.nlu.intents import IntentModel, NgramIntentClassifier
from bot.nlu.tokeniser import BilingualJiebaTokenizer

TAUGHT = [
    ("你好", "greet"),
    ("hello there", "greet"),
    ("谢谢 你", "thanks"),
    ("thank you so much", "thanks"),
    ("怎么 挂失 信用卡", "ask_question"),
    ("how do I report a lost card", "ask_question"),
    ("尾号 是 __number__", "inform"),
    ("it ends in __number__", "inform"),
]
ASKED = ["你好 吗", "thank you", "挂失 挂失 信用卡 要 多久", "how how how", "尾号 __number__", "do I", "Hello"]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.fit(*zip(*TAUGHT, strict=True))


@pytest.mark.parametrize("text", ASKED)
def test_probabilities_are_those_of_scikit_learn(model: IntentModel, text: str) -> None:
    counts = make_union(
        CountVectorizer(token_pattern=r"(?u)\b\w+\b", ngram_range=(1, 2)),
        CountVectorizer(analyzer="char_wb", ngram_range=(1, 4)),
    )
    other = make_pipeline(counts, LogisticRegression(class_weight="balanced", max_iter=1000, random_state=42))
    other.fit(*zip(*TAUGHT, strict=True))
    assert list(model.intents) == list(other.classes_)
    np.testing.assert_allclose(model.probabilities(text), other.predict_proba([text])[0], rtol=1e-9)


@pytest.mark.parametrize("text", ["", " ", "\u2400", "ابت", "𝟛"])
def test_of_a_text_without_a_known_ngram_nothing_is_said(model: IntentModel, text: str) -> None:
    assert model.probabilities(text) is None


def test_it_is_the_same_after_it_was_kept(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model.npz")
    kept = IntentModel.load(tmp_path / "model.npz")
    for text in ASKED:
        np.testing.assert_array_equal(kept.probabilities(text), model.probabilities(text))


class TestComponent:
    @pytest.fixture
    def parts(self, tmp_path: Path) -> tuple[LocalModelStorage, Resource, ExecutionContext]:
        storage = LocalModelStorage.create(tmp_path)
        return storage, Resource("intents"), ExecutionContext(GraphSchema({}))

    @staticmethod
    def messages(*texts: str) -> list[Message]:
        tokeniser = BilingualJiebaTokenizer(BilingualJiebaTokenizer.get_default_config())
        return list(tokeniser.process([Message.build(text) for text in texts]))

    @pytest.fixture
    def loaded(self, parts: tuple[LocalModelStorage, Resource, ExecutionContext]) -> NgramIntentClassifier:
        storage, resource, context = parts
        config = NgramIntentClassifier.get_default_config()
        examples = self.messages("你好", "hello there", "挂失信用卡", "尾号1234")
        for example, intent in zip(examples, ("greet", "greet", "ask_question", "inform"), strict=True):
            example.set(INTENT, intent)
        NgramIntentClassifier.create(config, storage, resource, context).train(TrainingData(examples))
        return NgramIntentClassifier.load(config, storage, resource, context)

    def test_what_was_learnt_is_used_after_a_start(self, loaded: NgramIntentClassifier) -> None:
        (message,) = loaded.process(self.messages("信用卡挂失"))
        ranking = message.get(INTENT_RANKING_KEY)
        assert message.get(INTENT) == ranking[0]
        assert ranking[0]["name"] == "ask_question"
        assert sum(each["confidence"] for each in ranking) == pytest.approx(1)
        assert [each["confidence"] for each in ranking] == sorted(
            (each["confidence"] for each in ranking), reverse=True
        )

    def test_every_number_is_the_same_word(self, loaded: NgramIntentClassifier) -> None:
        first, second = loaded.process(self.messages("尾号1234", "尾号98765"))
        assert first.get(INTENT) == second.get(INTENT)
        assert first.get(INTENT)["name"] == "inform"

    def test_a_text_without_a_known_ngram_is_out_of_scope(self, loaded: NgramIntentClassifier) -> None:
        (message,) = loaded.process(self.messages("ابت"))
        assert message.get(INTENT) == {"name": "out_of_scope", "confidence": 0.0}
        assert message.get(TEXT) == "ابت"
