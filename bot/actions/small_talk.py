"""Greetings, thanks and goodbyes, in the language of the turn."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.actions.texts import text_message
from bot.actions.turn import read_turn


class ActionGreet(Action):
    """Greets, and offers the two things a customer cannot find by asking a question."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utters the greeting."""
        language = read_turn(tracker).language
        dispatcher.utter_message(json_message=text_message(language, "greet", ("report", "person")))
        return []


class ActionThanks(Action):
    """Answers a thank-you."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_thanks"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utters the line."""
        language = read_turn(tracker).language
        dispatcher.utter_message(json_message=text_message(language, "thanks"))
        return []


class ActionGoodbye(Action):
    """Says goodbye."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_goodbye"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utters the line."""
        language = read_turn(tracker).language
        dispatcher.utter_message(json_message=text_message(language, "goodbye"))
        return []
