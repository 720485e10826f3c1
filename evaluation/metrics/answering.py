"""A question, the last turn of a dialogue and a message with two questions, as the metrics of answers see them."""

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


@dataclass(frozen=True)
class FollowupOutcome:
    """The last turn of a dialogue.

    Args:
        result: whether it was answered, and rightly.
        first: whether the right entry is first, understood with the turns before.
        first_alone: the same without them.
        fresh: whether it follows up nothing.
    """

    result: Answered
    first: bool
    first_alone: bool
    fresh: bool


@dataclass(frozen=True)
class DoubleOutcome:
    """A message, with what the customer saw: ``double`` asks two questions, any other only looks like it."""

    double: bool
    both_answered: bool
    both_seen: bool
    split: bool
