"""What the form shows: one BotMessage of kind `form` for each thing it asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.actions.report.steps import CHANGE_WHAT, CONFIRM, FIELDS, TRIES_BEFORE_OFFER
from bot.actions.texts import button, say

FORM = "report_lost_card"

_BUTTONS = {
    "card_kind": ("debit", "credit"),
    "card_tail": (),
    "lost_when": ("today", "yesterday", "unknown"),
    CONFIRM: ("submit", "change"),
    CHANGE_WHAT: ("card_kind", "card_tail", "lost_when", "restart"),
}


def prompt(field_name: str, slots: Mapping[str, Any], tries: int, language: str) -> dict[str, Any]:
    """Asks for one field.

    Args:
        field_name: A field, `confirm` or `change_what`.
        slots: What has been collected.
        tries: Invalid answers so far; they change the wording, and two offer a person.
        language: `zh` or `en`.
    """
    text = say(language, f"{'again' if tries else 'ask'}.{field_name}", **summary(slots, language))
    buttons = [button(language, name) for name in _BUTTONS[field_name]]
    if tries >= TRIES_BEFORE_OFFER:
        text = (
            " ".join([text, say(language, "offer_person")])
            if language == "en"
            else (text + say(language, "offer_person"))
        )
        buttons.append(button(language, "person"))
    buttons.append(button(language, "cancel"))
    data = {"form": FORM, "fields": _fields(field_name, slots, language), "buttons": buttons}
    return {"kind": "form", "text": text, "data": data}


def summary(slots: Mapping[str, Any], language: str) -> dict[str, str]:
    """What has been collected, in words."""
    kind = slots.get("card_kind")
    return {
        "kind": say(language, f"kind.{kind}") if kind else "",
        "tail": slots.get("card_tail") or "",
        "when": slots.get("lost_when") or "",
    }


def _fields(current: str, slots: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    shown = CONFIRM if current == CHANGE_WHAT else current
    return [
        {
            "name": name,
            "label": say(language, f"field.{name}"),
            "state": "current" if name == shown else "done" if slots.get(name) else "todo",
        }
        for name in (*FIELDS, CONFIRM)
    ]
