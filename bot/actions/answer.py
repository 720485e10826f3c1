"""Everything that the knowledge base decides about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.actions.services import Services, ServicesUnavailable, default_services
from bot.actions.texts import degraded_message
from bot.actions.turn import Turn, read_turn

UNAVAILABLE = "unavailable"


async def utter_answer(
    services: Services, dispatcher: CollectingDispatcher, turn: Turn, slots: Mapping[str, Any]
) -> str:
    """Passes the services' answer on to the customer.

    Returns:
        The services' outcome, or `UNAVAILABLE` after an honest line.
    """
    try:
        answer = await services.answer(turn.conversation_id, turn.text, turn.intent, slots)
    except ServicesUnavailable:
        dispatcher.utter_message(json_message=degraded_message(turn.language))
        return UNAVAILABLE
    for message in answer.messages:
        dispatcher.utter_message(json_message=message)
    return answer.outcome


class ActionAnswer(Action):
    """Lets the services answer, clarify, decline or hand off."""

    def __init__(self, services: Services | None = None) -> None:
        self._services = services or default_services()

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utters what the services say."""
        await utter_answer(self._services, dispatcher, read_turn(tracker), {})
        return []


class ActionDefaultFallback(ActionAnswer):
    """Replaces Rasa's own fallback, which would take the turn back and say nothing."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_default_fallback"
