"""What happened before a person came, as an agent reads it in five seconds: a pure function of what is stored.

Nothing in it is made up: it picks and counts, and hides card numbers and their like (``kit.masking``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handoff.interfaces import Line
from kit.masking import mask

WISHES_AT_MOST = 3
WISH_LENGTH = 140
ASKED_FOR_PERSON = 0.45


@dataclass(frozen=True)
class Attempt:
    """One thing that was tried.

    ``kind``: the bot's ``answer`` or its ``choices``, its ``decline``, or an ``agent``'s reply from a suggestion.
    ``helpful`` is what the customer said of an answer; ``chosen`` is what they picked among choices, None for nothing.
    """

    kind: Literal["answer", "choices", "decline", "agent"]
    entry_id: str | None
    title: str
    helpful: bool | None = None
    chosen: str | None = None


@dataclass(frozen=True)
class Summary:
    """The conversation in a few lines; ``turns`` are the customer's. How they felt is the case's trend."""

    wants: list[str]
    tried: list[Attempt]
    turns: int


def summarise(lines: Sequence[Line]) -> Summary:
    """What the customer wants and what was tried, from the messages so far."""
    customers = [line for line in lines if line.sender == "customer"]
    return Summary(wants=_wants(customers), tried=_tried(lines), turns=len(customers))


def _wants(customers: Sequence[Line]) -> list[str]:
    """The first and the latest questions; a call for a person, or a press on a button, says nothing of the matter."""
    spoken = [line for line in customers if not line.data.get("choice")]
    matters = [line for line in spoken if not _asks_for_person(line)] or spoken
    texts = list(dict.fromkeys(mask(line.text.strip())[:WISH_LENGTH] for line in matters))
    return texts if len(texts) <= WISHES_AT_MOST else [texts[0], *texts[1 - WISHES_AT_MOST :]]


def _asks_for_person(line: Line) -> bool:
    turn = line.turn or {}
    return float(turn.get("asked_confidence", 0)) >= ASKED_FOR_PERSON or turn.get("intent") == "ask_human"


def _tried(lines: Sequence[Line]) -> list[Attempt]:
    tried: list[Attempt] = []
    for at, line in enumerate(lines):
        if line.sender == "bot" and line.kind == "answer":
            tried.append(Attempt("answer", line.data.get("entry_id"), str(line.data.get("question", "")), line.helpful))
        elif line.sender == "bot" and line.kind == "choices":
            offered = " / ".join(str(choice.get("label", "")) for choice in line.data.get("choices", ()))
            tried.append(Attempt("choices", None, offered, chosen=_chosen(lines[at + 1 :])))
        elif line.sender == "customer" and (line.turn or {}).get("outcome") == "decline":
            tried.append(Attempt("decline", None, mask(line.text.strip())[:WISH_LENGTH]))
        elif line.sender == "agent" and (suggestion := (line.turn or {}).get("suggestion")):
            tried.append(Attempt("agent", suggestion["entry_id"], mask(line.text)[:WISH_LENGTH]))
    return tried


def _chosen(after: Sequence[Line]) -> str | None:
    said = next((line for line in after if line.sender == "customer"), None)
    if said is None or not said.data.get("choice"):
        return None
    return "none" if said.data["choice"] == "none" else mask(said.text)[:WISH_LENGTH]
