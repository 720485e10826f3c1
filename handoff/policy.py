"""When a person takes over: pure functions over one turn's signals and the conversation so far.

A turn passes up to three gates, in this order:

    before_bot     what the customer's words alone demand, before the bot is asked
    after_intent   what the bot's understanding adds
    after_search   what the knowledge base can offer: answer, clarify, decline, or a person

Every decision carries its reason and the policy's version, so that it can be stored, counted and replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

VERSION = "1"


class Reason(StrEnum):
    """Why a person is needed."""

    ASKED_FOR_HUMAN = "asked_for_human"
    COMPLAINT = "complaint"
    NEGATIVE_EMOTION = "negative_emotion"
    DISTRESS = "distress"
    LOW_CONFIDENCE = "low_confidence"
    REPEATED_FAILURE = "repeated_failure"
    NO_ENTRY = "no_entry"
    STAFF_ONLY_ACTION = "staff_only_action"
    VULNERABLE_CUSTOMER = "vulnerable_customer"
    BOT_UNAVAILABLE = "bot_unavailable"


Emotion = Literal["neutral", "anger", "anxiety", "distress"]
Request = Literal["none", "asked_for_human", "complaint"]


@dataclass(frozen=True)
class Thresholds:
    """The numbers people argue about. Confidences are calibrated probabilities, 0 to 1."""

    answer: float = 0.6
    clarify: float = 0.2
    asked: float = 0.45
    asked_with_intent: float = 0.15
    complaint: float = 0.6
    complaint_with_intent: float = 0.3
    anger: float = 0.75
    distress: float = 0.6
    anger_turns: int = 1
    unhelped_turns: int = 2


@dataclass(frozen=True)
class TurnSignals:
    """What was read from the customer's words before the bot saw them."""

    emotion: Emotion = "neutral"
    emotion_confidence: float = 1.0
    asked_confidence: float = 0.0
    complaint_confidence: float = 0.0


@dataclass(frozen=True)
class Standing:
    """The conversation so far: unhelped and angry turns in a row, this one not counted."""

    unhelped_turns: int = 0
    angry_turns: int = 0


@dataclass(frozen=True)
class Handoff:
    """A person takes over."""

    reason: Reason


@dataclass(frozen=True)
class Answer:
    """The first candidate answers."""


@dataclass(frozen=True)
class Clarify:
    """The customer chooses among the first ``choices`` candidates."""

    choices: int


@dataclass(frozen=True)
class Decline:
    """Not a matter for the bank's knowledge base: say so honestly, and offer a person."""


Outcome = Answer | Clarify | Decline | Handoff


def is_angry(signals: TurnSignals, thresholds: Thresholds) -> bool:
    """Whether this turn counts as angry."""
    return signals.emotion == "anger" and signals.emotion_confidence >= thresholds.anger


def before_bot(signals: TurnSignals, standing: Standing, thresholds: Thresholds) -> Handoff | None:
    """What the words alone demand. Distress goes first; a request for a person is never argued with."""
    if signals.emotion == "distress" and signals.emotion_confidence >= thresholds.distress:
        return Handoff(Reason.DISTRESS)
    if signals.asked_confidence >= thresholds.asked:
        return Handoff(Reason.ASKED_FOR_HUMAN)
    if signals.complaint_confidence >= thresholds.complaint:
        return Handoff(Reason.COMPLAINT)
    if is_angry(signals, thresholds) and standing.angry_turns + 1 >= thresholds.anger_turns:
        return Handoff(Reason.NEGATIVE_EMOTION)
    return None


def after_intent(intent: str, signals: TurnSignals, thresholds: Thresholds) -> Handoff | None:
    """What the bot's intent adds: it lowers the bar for what the words already hinted at.

    The intent alone decides nothing, because an intent classifier is as sure of nonsense as of sense.
    """
    if intent == "ask_human" and signals.asked_confidence >= thresholds.asked_with_intent:
        return Handoff(Reason.ASKED_FOR_HUMAN)
    if intent == "complaint" and signals.complaint_confidence >= thresholds.complaint_with_intent:
        return Handoff(Reason.COMPLAINT)
    return None


def after_search(
    confidences: Sequence[float],
    *,
    off_topic: bool,
    standing: Standing,
    thresholds: Thresholds,
) -> Outcome:
    """What to do with the candidates.

    Args:
        confidences: of the candidates, highest first.
        off_topic: the bot's intent says that this is no banking matter at all.
        standing: the conversation so far.
        thresholds: the policy's numbers.
    """
    best = confidences[0] if confidences else 0.0
    if best >= thresholds.answer:
        return Answer()
    if standing.unhelped_turns + 1 >= thresholds.unhelped_turns:
        return Handoff(Reason.REPEATED_FAILURE)
    if best >= thresholds.clarify:
        choices = sum(confidence >= max(thresholds.clarify / 4, 0.02) for confidence in confidences[:3])
        return Clarify(choices)
    return Decline() if off_topic else Handoff(Reason.NO_ENTRY)
