"""What the handoff policy may look at: plain values, read from one turn and the conversation so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Literal

from handoff.trend import Direction


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


class Happening(StrEnum):
    """What happens in a conversation besides words."""

    PRESSED_FOR_PERSON = "pressed_for_person"
    NONE_OF_THESE = "none_of_these"
    STAFF_ONLY_ACTION = "staff_only_action"
    BOT_UNAVAILABLE = "bot_unavailable"


Emotion = Literal["neutral", "anger", "anxiety", "distress"]
Sureness = Literal["answer", "clarify", "none"]
Fact = float | str | bool
Facts = Mapping[str, Fact]

# A label is shown, never decided by: the policy reads the probabilities.
LABEL_FROM = 0.5
# Anger that is heard a little is anger where it is surely at the bank.
HEARD_FROM = 0.2
DANGERS = ("fraud", "self_harm", "coercion", "bereavement", "hardship")
ACCESSIBILITY_NEED = "accessibility_need"
NEEDS_PERSON = "needs_person"


@dataclass(frozen=True)
class TurnSignals:
    """What was read from the customer's words before the bot saw them: probabilities, 0 to 1, each of its own.

    Args:
        needs_person: whether a person is needed, for whatever reason; None where that was not read.
    """

    anger: float = 0.0
    sarcasm: float = 0.0
    at_bank: float = 0.0
    anxiety: float = 0.0
    distress: float = 0.0
    asked: float = 0.0
    complaint: float = 0.0
    fraud: float = 0.0
    self_harm: float = 0.0
    coercion: float = 0.0
    bereavement: float = 0.0
    hardship: float = 0.0
    accessibility_need: float = 0.0
    needs_person: float | None = None

    @classmethod
    def stored(cls, turn: Mapping[str, Any] | None) -> TurnSignals:
        """Those that were stored with a turn; what was not stored is 0."""
        turn = turn or {}
        known = {field.name for field in fields(cls)}
        values = {name: float(value) for name, value in (turn.get("signals") or {}).items() if name in known}
        if not values:  # a turn from before signals were stored one by one
            values = {
                "asked": float(turn.get("asked_confidence", 0.0)),
                "complaint": float(turn.get("complaint_confidence", 0.0)),
            }
            if turn.get("emotion") in ("anger", "anxiety", "distress"):
                values[str(turn["emotion"])] = float(turn.get("emotion_confidence", 1.0))
        return cls(**values)

    def to_store(self) -> dict[str, Any]:
        """As it is stored with a turn, rounded."""
        emotion, confidence = self.emotion
        return {
            "emotion": emotion,
            "emotion_confidence": round(confidence, 4),
            "asked_confidence": round(self.asked, 4),
            "complaint_confidence": round(self.complaint, 4),
            "signals": {name: round(value, 4) for name, value in vars(self).items() if value is not None},
        }

    @property
    def need(self) -> float:
        """How sure it is that a person is needed: as it was read, or as sure as the surest reason for one."""
        if self.needs_person is not None:
            return self.needs_person
        needs = (self.asked, self.complaint, self.annoyance, self.distress, self.accessibility_need)
        return max(*needs, self.fraud, self.self_harm, self.coercion, self.bereavement, self.hardship)

    @property
    def emotion(self) -> tuple[Emotion, float]:
        """The label that people are shown, and its probability."""
        felt: dict[Emotion, float] = {
            "distress": max(self.distress, *(getattr(self, danger) for danger in DANGERS)),
            "anger": self.heard_anger,
            "anxiety": self.anxiety,
        }
        strongest = max(felt, key=felt.__getitem__)
        if felt[strongest] < LABEL_FROM:
            return "neutral", 1 - felt[strongest]
        return strongest, felt[strongest]

    @property
    def negativity(self) -> float:
        """How bad the customer feels, 0 to 1: the strongest of all emotions."""
        dangers = (self.fraud, self.self_harm, self.coercion, self.bereavement, self.hardship)
        return max(self.heard_anger, self.anxiety, self.distress, *dangers)

    @property
    def heard_anger(self) -> float:
        """How angry the customer sounds, 0 to 1.

        Whoever is angry at the bank need not sound very angry; but what is the bank's fault may be told calmly, and
        then it is no anger.
        """
        heard = max(self.anger, self.sarcasm)
        return max(heard, self.at_bank) if heard >= HEARD_FROM else heard

    @property
    def annoyance(self) -> float:
        """How annoyed the customer is, 0 to 1, however calmly they say so."""
        return max(self.anger, self.sarcasm, self.at_bank)


@dataclass(frozen=True)
class Standing:
    """The conversation so far: unhelped turns in a row, this one not counted; angry turns in a row, this one counted.

    Args:
        trend: of the anger over the turns, this one included.
        elder: the customer uses the mode for elderly people.
    """

    unhelped_turns: int = 0
    angry_turns: int = 0
    trend: Direction = "steady"
    elder: bool = False


@dataclass(frozen=True)
class Bars:
    """From which confidence on the knowledge base answers, or offers choices: calibrated anew at each release."""

    answer: float = 0.6
    clarify: float = 0.2

    def sureness(self, confidences: Sequence[float]) -> Sureness:
        """What the candidates, highest first, are good for."""
        best = confidences[0] if confidences else 0.0
        return "answer" if best >= self.answer else "clarify" if best >= self.clarify else "none"


def facts_of_words(signals: TurnSignals, standing: Standing) -> dict[str, Fact]:
    """What is known before the bot is asked."""
    return {
        **vars(signals),
        NEEDS_PERSON: signals.need,
        "angry_turns": float(standing.angry_turns),
        "trend": standing.trend,
        "elder": standing.elder,
    }


def facts_of_understanding(intent: str, signals: TurnSignals, standing: Standing) -> dict[str, Fact]:
    """What is known once the bot has named an intent."""
    return {**facts_of_words(signals, standing), "intent": intent}


def facts_of_search(
    confidences: Sequence[float], bars: Bars, *, off_topic: bool, standing: Standing
) -> dict[str, Fact]:
    """What is known once the knowledge base was searched. ``unhelped_turns`` counts this turn as one."""
    return {
        "best": confidences[0] if confidences else 0.0,
        "sureness": bars.sureness(confidences),
        "off_topic": off_topic,
        "unhelped_turns": float(standing.unhelped_turns + 1),
        "elder": standing.elder,
    }


def facts_of_event(happening: Happening, standing: Standing) -> dict[str, Fact]:
    """What is known when something happened that is not words."""
    return {"event": happening.value, "elder": standing.elder}
