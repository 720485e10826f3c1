"""A guard behind the classifier, for texts it has nothing to go by."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

# `char_wb` pads words with spaces, so that every text has the space as a feature.
_PADDING_FEATURES = 1


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UnseenTextGuard(GraphComponent):
    """Calls a text without one known feature out of scope.

    A linear model answers an empty vector with its intercepts: a blank text or an unknown
    script would be a goodbye, say. Out of scope, the services decide what to do with it.
    """

    def __init__(self, intent: str) -> None:
        self._intent = intent

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default configuration (see parent class)."""
        return {"intent": "out_of_scope"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnseenTextGuard:
        """Creates the component (see parent class)."""
        return cls(config["intent"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Replaces the intent of messages without a known feature; confidence 0."""
        for message in messages:
            _, sentence = message.get_sparse_features(TEXT)
            if sentence is None or sentence.features.nnz <= _PADDING_FEATURES:
                intent = {"name": self._intent, "confidence": 0.0}
                message.set(INTENT, intent, add_to_output=True)
        return messages
