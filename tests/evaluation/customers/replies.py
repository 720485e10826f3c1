"""What a customer hears, in one line each."""

from __future__ import annotations

from collections.abc import Callable

from evaluation.customers.heard import Choice, Heard, Reply
from evaluation.customers.plan import Plan

MakePlan = Callable[..., Plan]


def answer(entry_id: str, seq: int = 2) -> Heard:
    return Heard(seq, "bot", "answer", "…", entry_id=entry_id)


def choices(*entry_ids: str) -> Heard:
    offered = tuple(Choice(entry_id, f"about {entry_id}") for entry_id in entry_ids)
    return Heard(2, "bot", "choices", "which?", choices=offered, none_label="none of these")


def form(field: str) -> Heard:
    return Heard(2, "bot", "form", "…", field=field, buttons=("Debit card",))


def text(words: str = "…", *buttons: str) -> Heard:
    return Heard(2, "bot", "text", words, buttons=buttons)


def notice(event: str) -> Heard:
    return Heard(2, "system", "notice", "…", event=event)


def from_bot(*heard: Heard) -> Reply:
    return Reply(heard, "bot")
