"""A question as the metrics of answers see it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """One question.

    Args:
        confidence: how sure the first candidate was, 0 to 1.
        answered: whether it was given as the answer.
        right: whether it is the right one; never where no answer is.
        in_scope: whether an answer is right at all.
    """

    confidence: float
    answered: bool
    right: bool
    in_scope: bool


@dataclass(frozen=True)
class FaqOutcome:
    """A question with all that came of it.

    Args:
        result: the answer.
        ranked: entries, best first.
        entry_id: the right one; None where no answer is right.
        offered: the entries offered as choices, or beneath the answer; empty where none were.
        right_language: whether it was searched in the language that it is written in.
    """

    result: Answered
    ranked: tuple[str, ...]
    entry_id: str | None
    offered: tuple[str, ...]
    right_language: bool
