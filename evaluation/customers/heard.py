"""What a customer sees on the screen: the messages of docs/protocol.md, as far as a customer decides by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.content import Lang
from kit.language import has_han

_WORD = re.compile("[A-Za-z]+")


def language_of(text: str) -> Lang:
    """What most of a text is written in: names in the other language are no obstacle to reading it."""
    return "zh" if sum(map(has_han, text)) > len(_WORD.findall(text)) else "en"


@dataclass(frozen=True)
class Choice:
    """One of the offered questions."""

    entry_id: str
    label: str


@dataclass(frozen=True)
class Heard:
    """One message that is not the customer's own.

    Args:
        seq: its number in the conversation.
        sender: bot, agent or system.
        kind: text, answer, choices, form or notice.
        text: what it says.
        entry_id: of an answer.
        language: of an answer, as its words say; None where nobody looked.
        choices: of choices.
        none_label: of choices: what "none of these" is called.
        field: of a form: the field that is asked for.
        buttons: what each button sends.
        event: of a notice.
    """

    seq: int
    sender: str
    kind: str
    text: str
    entry_id: str | None = None
    language: Lang | None = None
    choices: tuple[Choice, ...] = ()
    none_label: str = ""
    field: str | None = None
    buttons: tuple[str, ...] = ()
    event: str | None = None

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Heard:
        """What a customer sees of a message as it comes over the wire."""
        data = message["data"]
        current = (field["name"] for field in data.get("fields", []) if field["state"] == "current")
        return cls(
            seq=message["seq"],
            sender=message["sender"],
            kind=message["kind"],
            text=message["text"],
            entry_id=data.get("entry_id"),
            language=language_of(message["text"]) if message["kind"] == "answer" else None,
            choices=tuple(Choice(choice["entry_id"], choice["label"]) for choice in data.get("choices", [])),
            none_label=data.get("none_label", ""),
            field=next(current, None),
            buttons=tuple(button["text"] for button in data.get("buttons", [])),
            event=data.get("event"),
        )


@dataclass(frozen=True)
class Reply:
    """Everything that came back to the customer's last message, and who has the conversation now."""

    heard: tuple[Heard, ...]
    owner: str

    def of_kind(self, kind: str) -> tuple[Heard, ...]:
        """The messages of a kind, in order."""
        return tuple(message for message in self.heard if message.kind == kind)
