"""One action for each thing the form asks; Rasa finds them by name."""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.actions.report.prompts import FORM, prompt
from bot.actions.report.steps import CHANGE_WHAT, CONFIRM
from bot.actions.turn import read_turn


class _Ask(ABC):
    """Shows the prompt of one field."""

    field_name: ClassVar[str]

    def name(self) -> str:
        """Name in the domain."""
        return f"action_ask_{FORM}_form_{self.field_name}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utters the prompt in the language of the turn."""
        tries = tracker.get_slot("report_tries") or 0
        language = read_turn(tracker).language
        message = prompt(self.field_name, tracker.slots, tries, language)
        dispatcher.utter_message(json_message=message)
        return []


class AskCardKind(_Ask, Action):
    """Asks for the kind of card."""

    field_name = "card_kind"


class AskCardTail(_Ask, Action):
    """Asks for the last four digits."""

    field_name = "card_tail"


class AskLostWhen(_Ask, Action):
    """Asks when the card was lost."""

    field_name = "lost_when"


class AskConfirm(_Ask, Action):
    """Shows what was collected and asks to submit it."""

    field_name = CONFIRM


class AskChangeWhat(_Ask, Action):
    """Asks which field to change."""

    field_name = CHANGE_WHAT
