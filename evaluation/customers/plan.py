"""How one customer goes about a goal: what the author said of them, and for the rest what the seed draws."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from evaluation.customers.goals import ENDINGS, Goal, Trait

Phrases = dict[str, dict[str, list[str]]]

VOTES = 0.4
GREETS = 0.2
OPENS_POLITELY = 0.3
THANKS = 0.3
REFUSES_CHOICES = 0.5
LEAST_PATIENCE = 2
MOST_PATIENCE = 3


@dataclass(frozen=True)
class Plan:
    """A goal and how this run's customer goes about it.

    Args:
        goal: what the customer wants.
        greeting: said alone before the question; empty for most.
        opening: put in front of the first question.
        objection: put in front of a rephrasing.
        thanks: said when helped; empty for most.
        person: how a person is asked for, first and again.
        patience: unhelped turns until the customer has had enough.
        ending: what the customer does then.
        votes: whether the customer says which answers helped.
        refuses_choices: whether, of choices without the right one, "none of these" is pressed; else they rephrase.
    """

    goal: Goal
    greeting: str
    opening: str
    objection: str
    thanks: str
    person: tuple[str, str]
    patience: int
    ending: Trait
    votes: bool
    refuses_choices: bool

    def has(self, trait: Trait) -> bool:
        """Whether the author said so of this customer."""
        return trait in self.goal.traits


def make_plan(goal: Goal, seed: int) -> Plan:
    """The plan of a goal; the same seed makes the same, whatever other goals there are."""
    draw = random.Random(f"{seed}:{goal.id}")  # noqa: S311  # a simulation, not a secret
    say = _phrases()[goal.answer_language]
    greeting, opening = draw.choice(say["greetings"]), draw.choice(say["openings"])
    greets, opens, thanks = draw.random() < GREETS, draw.random() < OPENS_POLITELY, draw.random() < THANKS
    patience = draw.randint(LEAST_PATIENCE, MOST_PATIENCE)
    drawn_ending = draw.choice((Trait.GIVES_UP, Trait.ASKS_FOR_PERSON))
    first, again = draw.sample(say["person"], 2)
    return Plan(
        goal=goal,
        greeting=greeting if greets else "",
        opening=opening if opens and not greets else "",
        objection=draw.choice(say["objections"]),
        thanks=draw.choice(say["thanks"]) if thanks else "",
        person=(first, again),
        patience=1 if Trait.IMPATIENT in goal.traits else patience,
        ending=next((trait for trait in ENDINGS if trait in goal.traits), drawn_ending),
        votes=draw.random() < VOTES,
        refuses_choices=draw.random() < REFUSES_CHOICES,
    )


@cache
def _phrases() -> Phrases:
    return cast(Phrases, yaml.safe_load((Path(__file__).parent / "phrases.yml").read_text(encoding="utf-8")))
