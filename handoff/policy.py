"""When a person takes over: pure functions over one turn's signals, the conversation so far, and the policy's table.

A turn passes up to three gates, in this order:

    before_bot     what the customer's words alone demand, before the bot is asked
    after_intent   what the bot's understanding adds
    after_search   what the knowledge base can offer: answer, clarify, decline, or a person

and ``on_event`` is asked when something happens that is not words. The first row of a gate that holds decides. Every
decision carries its reason, its row and the policy's version, so that it can be stored, counted and replayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from handoff.facts import (
    Bars,
    Emotion,
    Fact,
    Happening,
    Reason,
    Standing,
    TurnSignals,
    facts_of_event,
    facts_of_search,
    facts_of_understanding,
    facts_of_words,
)
from handoff.interfaces import Lang
from handoff.rules import Gate, Policy, PolicyError, read_policy

__all__ = [
    "Answer",
    "Bars",
    "Clarify",
    "Decline",
    "Emotion",
    "Handoff",
    "Happening",
    "Outcome",
    "Policy",
    "PolicyError",
    "Reason",
    "Standing",
    "TurnSignals",
    "after_intent",
    "after_search",
    "before_bot",
    "is_angry",
    "on_event",
    "read_policy",
]

# One question by itself is hardly a choice: the second best is offered with it, however unlikely it is.
LEAST_CHOICES = 2
MOST_CHOICES = 3


@dataclass(frozen=True)
class Handoff:
    """A person takes over.

    Args:
        rule: the row that decided, and the version of its table; empty where no table was asked.
        priority: 0 to 9; of those that wait, the higher comes first.
        say: what the customer is told first, where the row has words of its own.
        say_away: the same at hours when nobody works.
    """

    reason: Reason
    rule: str = ""
    version: str = ""
    priority: int = 0
    say: Mapping[Lang, str] = field(default_factory=dict)
    say_away: Mapping[Lang, str] = field(default_factory=dict)


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


def is_angry(signals: TurnSignals, policy: Policy) -> bool:
    """Whether this turn counts as angry."""
    facts = facts_of_words(signals, Standing())
    return all(condition.holds(facts) for condition in policy.angry)


def before_bot(signals: TurnSignals, standing: Standing, policy: Policy) -> Handoff | None:
    """What the words alone demand."""
    return _decided(policy, "words", facts_of_words(signals, standing))


def after_intent(intent: str, signals: TurnSignals, standing: Standing, policy: Policy) -> Handoff | None:
    """What the bot's intent adds. Its confidence is no fact: a classifier is as sure of nonsense as of sense."""
    return _decided(policy, "understanding", facts_of_understanding(intent, signals, standing))


def after_search(
    confidences: Sequence[float], *, off_topic: bool, standing: Standing, policy: Policy, bars: Bars
) -> Outcome:
    """What to do with the candidates.

    Args:
        confidences: of the candidates, highest first; calibrated probabilities.
        off_topic: the bot's intent says that this is no banking matter at all.
        standing: the conversation so far.
        policy: the table.
        bars: from which confidence on the knowledge base answers or offers choices.
    """
    facts = facts_of_search(confidences, bars, off_topic=off_topic, standing=standing)
    needed = _decided(policy, "search", facts)
    if needed is not None:
        return needed
    if facts["sureness"] == "answer":
        return Answer()
    if facts["sureness"] == "clarify":
        least = max(bars.clarify / 4, 0.02)
        likely = sum(confidence >= least for confidence in confidences[:MOST_CHOICES])
        return Clarify(max(likely, min(LEAST_CHOICES, len(confidences))))
    return Decline()


def on_event(happening: Happening, standing: Standing, policy: Policy) -> Handoff:
    """What an event demands: always a person, for every table has a row for each event."""
    needed = _decided(policy, "event", facts_of_event(happening, standing))
    if needed is None:
        raise PolicyError(f"The handoff policy has no row for the event {happening!r}.")
    return needed


def _decided(policy: Policy, gate: Gate, facts: Mapping[str, Fact]) -> Handoff | None:
    rule = policy.first(gate, facts)
    if rule is None:
        return None
    return Handoff(rule.reason, rule.name, policy.version, rule.priority, rule.say, rule.say_away)
