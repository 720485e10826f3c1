"""Handing the conversation to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.actions.services import Services, ServicesUnavailable, default_services
from bot.actions.texts import degraded_message
from bot.actions.turn import Turn, read_turn

ASKED_FOR_HUMAN = "asked_for_human"
COMPLAINT = "complaint"
STAFF_ONLY_ACTION = "staff_only_action"


async def utter_handoff(
    services: Services,
    dispatcher: CollectingDispatcher,
    turn: Turn,
    reason: str,
    slots: Mapping[str, Any],
    degraded: str = "degraded_handoff",
) -> bool:
    """Asks the services for a person and passes their messages on.

    Returns:
        Whether a person will come. If the services cannot be reached, the customer is told so.
    """
    try:
        handoff = await services.hand_off(turn.conversation_id, reason, slots)
    except ServicesUnavailable:
        dispatcher.utter_message(json_message=degraded_message(turn.language, degraded))
        return False
    for message in handoff.messages:
        dispatcher.utter_message(json_message=message)
    return handoff.accepted


class ActionHandoff(Action):
    """Hands off because the customer asked for a person or complained."""

    def __init__(self, services: Services | None = None) -> None:
        self._services = services or default_services()

    def name(self) -> str:
        """Name in the domain."""
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utters what the services say about the handoff."""
        turn = read_turn(tracker)
        reason = COMPLAINT if turn.intent_name == "complaint" else ASKED_FOR_HUMAN
        await utter_handoff(self._services, dispatcher, turn, reason, {})
        return []
