"""What a message wants, by its words and the characters in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from scipy.special import softmax
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

FILE = "intents.npz"
# `char_wb` pads words with spaces, so that every text has the space as a feature.
PADDING = " "
_NUMBER = re.compile(r"\b[0-9]+\b")
_KINDS: tuple[Mapping[str, Any], ...] = (
    {"analyzer": "word", "token_pattern": r"(?u)\b\w+\b", "ngram_range": (1, 2)},
    {"analyzer": "char_wb", "ngram_range": (1, 4)},
)


@lru_cache(maxsize=1)
def _analysers() -> tuple[Callable[[str], list[str]], ...]:
    return tuple(CountVectorizer(**kind).build_analyzer() for kind in _KINDS)


@dataclass(frozen=True)
class IntentModel:
    """Multinomial logistic regression over counts of word and character n-grams.

    Args:
        intents: their names.
        grams: the n-grams of each kind, in the order of the weights' rows.
        weights: shape ``(n-grams of all kinds, intents)``.
        bias: shape ``(intents,)``.
    """

    intents: NDArray[np.str_]
    grams: tuple[NDArray[np.str_], ...]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    @classmethod
    def fit(cls, texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
        """Fit to texts of words with spaces between them; every intent weighs the same."""
        counters = [CountVectorizer(**kind) for kind in _KINDS]
        counts = hstack([counter.fit_transform(texts) for counter in counters])
        fitted = LogisticRegression(class_weight="balanced", max_iter=1000, random_state=42)
        fitted.fit(csr_matrix(counts), intents)
        grams = tuple(counter.get_feature_names_out().astype(str) for counter in counters)
        return cls(fitted.classes_.astype(str), grams, fitted.coef_.T.copy(), fitted.intercept_)

    def probabilities(self, text: str) -> NDArray[np.float64] | None:
        """Of each intent, shape ``(intents,)``; None for a text without one known n-gram.

        The few rows that a text needs are added up: to build a sparse matrix of one row takes SciPy ten times as long.
        """
        counts: Counter[int] = Counter()
        known = 0
        for analyse, row_of in zip(_analysers(), self._rows, strict=True):
            for gram in analyse(text):
                row = row_of.get(gram)
                if row is not None:
                    counts[row] += 1
                    known += gram != PADDING
        if not known:
            return None
        scores = np.fromiter(counts.values(), np.float64) @ self.weights[list(counts)] + self.bias
        found: NDArray[np.float64] = softmax(scores)
        return found

    def save(self, path: Path) -> None:
        """Write it without pickling."""
        arrays: dict[str, Any] = {f"grams_{at}": each for at, each in enumerate(self.grams)}
        arrays.update(intents=self.intents, weights=self.weights, bias=self.bias)
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """Read what `save` has written."""
        with np.load(path, allow_pickle=False) as held:
            grams = tuple(held[f"grams_{at}"] for at in range(len(_KINDS)))
            return cls(held["intents"], grams, held["weights"], held["bias"])

    @cached_property
    def _rows(self) -> tuple[dict[str, int], ...]:
        starts = np.cumsum([0, *(len(each) for each in self.grams)])
        return tuple(
            {gram: int(start) + at for at, gram in enumerate(each.tolist())}
            for start, each in zip(starts[:-1], self.grams, strict=True)
        )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramIntentClassifier(GraphComponent):
    """The Rasa graph component around `IntentModel`.

    In place of Rasa's featurizers and classifier, which hand a message on as sparse matrices: those took half of the
    bot's time for a turn. A text without one known n-gram is out of scope, with confidence 0: a linear model would
    answer it with its intercepts, and a blank text or an unknown script would be a goodbye, say.
    """

    def __init__(self, unknown: str, storage: ModelStorage, resource: Resource, model: IntentModel | None) -> None:
        self._unknown = unknown
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before (see parent class)."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default configuration (see parent class); ``unknown`` is the intent of texts without a known n-gram."""
        return {"unknown": "out_of_scope"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramIntentClassifier:
        """Creates the component, untrained (see parent class)."""
        return cls(config["unknown"], model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramIntentClassifier:
        """Creates the component as it was trained (see parent class)."""
        with model_storage.read_from(resource) as folder:
            return cls(config["unknown"], model_storage, resource, IntentModel.load(folder / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples and keeps what was learnt (see parent class)."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = IntentModel.fit(
            [words_of(example) for example in examples], [example.get(INTENT) for example in examples]
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the intent of each message and the ranking of all, with confidences."""
        assert self._model is not None
        for message in messages:
            found = self._model.probabilities(words_of(message))
            if found is None:
                ranking = [{"name": self._unknown, "confidence": 0.0}]
            else:
                ranking = [
                    {"name": str(self._model.intents[at]), "confidence": float(found[at])} for at in np.argsort(-found)
                ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def words_of(message: Message) -> str:
    """The words of a message with spaces between them; every number is the same word."""
    return " ".join(_NUMBER.sub("__number__", token.text) for token in message.get(TOKENS_NAMES[TEXT]) or ())
