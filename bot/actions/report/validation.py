"""Carries out what `steps.decide` decided, for every message while the form is active."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT
from rasa_sdk.types import DomainDict

from bot.actions.answer import utter_answer
from bot.actions.handoff import ASKED_FOR_HUMAN, COMPLAINT, STAFF_ONLY_ACTION, utter_handoff
from bot.actions.report.prompts import FORM
from bot.actions.report.steps import CHANGE_WHAT, CONFIRM, FIELDS, Move, Step, decide
from bot.actions.services import Services, default_services
from bot.actions.texts import text_message
from bot.actions.turn import Turn, read_turn

Events = list[dict[str, Any]]

_TRIES = "report_tries"


class ValidateReportLostCardForm(Action):
    """Fills the form, answers questions on the way, submits, and ends it.

    Rasa's own slot mappings are not used: an answer, a question and a cancellation differ by
    what field was asked and by the words, and one place has to see both.
    """

    def __init__(self, services: Services | None = None) -> None:
        self._services = services or default_services()

    def name(self) -> str:
        """Name in the domain."""
        return f"validate_{FORM}_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Reads the latest message and returns the slots it sets.

        At least one slot is always set: Rasa takes an empty list for a refusal of the form.
        """
        turn = read_turn(tracker)
        asked = tracker.get_slot(REQUESTED_SLOT)
        tries = tracker.get_slot(_TRIES) or 0
        step = decide(asked, turn.text, turn.intent_name, tries)
        if step.full_number:
            dispatcher.utter_message(json_message=text_message(turn.language, "full_number"))
        if await self._ends(step, dispatcher, tracker, turn):
            return _end()
        return _stay(step, asked, tries)

    async def _ends(self, step: Step, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> bool:
        """Does what the move says to the outside, and tells whether the form is over."""
        collected = {name: tracker.get_slot(name) for name in FIELDS if tracker.get_slot(name)}
        if step.move is Move.CANCEL:
            dispatcher.utter_message(json_message=text_message(turn.language, "cancelled"))
            return True
        if step.move is Move.QUESTION:
            return await utter_answer(self._services, dispatcher, turn, collected) == "handoff"
        if step.move is Move.SUBMIT:
            return await utter_handoff(
                self._services, dispatcher, turn, STAFF_ONLY_ACTION, collected, "degraded_submit"
            )
        if step.move in (Move.PERSON, Move.COMPLAINT):
            reason = COMPLAINT if step.move is Move.COMPLAINT else ASKED_FOR_HUMAN
            return await utter_handoff(self._services, dispatcher, turn, reason, collected)
        return False


def _end() -> Events:
    """Ends the form and empties it, so that it can be run again."""
    emptied = [SlotSet(name, None) for name in (*FIELDS, CONFIRM, CHANGE_WHAT, _TRIES)]
    return [*emptied, SlotSet(REQUESTED_SLOT, None)]


def _stay(step: Step, asked: str | None, tries: int) -> Events:
    """Keeps the form going; without a `requested_slot` Rasa asks the first empty field."""
    if step.move is Move.INVALID:
        return [SlotSet(_TRIES, tries + 1), SlotSet(REQUESTED_SLOT, asked)]
    if step.move is Move.CHANGE:
        return [SlotSet(_TRIES, 0), SlotSet(REQUESTED_SLOT, CHANGE_WHAT)]
    if step.move is Move.RESTART:
        return [*(SlotSet(name, None) for name in FIELDS), SlotSet(_TRIES, 0)]
    if step.move is Move.FILL:
        return [*(SlotSet(name, value) for name, value in step.values.items()), SlotSet(_TRIES, 0)]
    return [SlotSet(_TRIES, 0), SlotSet(REQUESTED_SLOT, asked)]
