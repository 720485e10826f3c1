"""A follow-up is understood with the turn before it: "那利率呢？", "what about for companies?"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.confidence import Scores
from kb.content import EntryContent, Lang
from kb.space import Vectors

# On the logarithmic scale of the fused score; chosen on follow-ups written for development, not on the test set.
JOINT_WEIGHT = 1.0
ANSWERED_PENALTY = 6.0
SCENARIO_BONUS = 2.0
RELATED_BONUS = 1.0

_JOINED = {"zh": "，", "en": " "}


@dataclass(frozen=True)
class Earlier:
    """The turn before.

    Args:
        text: what the customer asked; with what came before it, where it was itself a follow-up.
        entry_id: what it was answered with, if it was.
    """

    text: str
    entry_id: str | None = None


def joined(earlier: Earlier, text: str, language: Lang) -> str:
    """Both turns as one question."""
    return f"{earlier.text}{_JOINED[language]}{text}"


def in_context(alone: Scores, joint: Scores, entries: tuple[EntryContent, ...], answered: str | None) -> Scores:
    """Scores of a follow-up: of its own words, and of its words with the turn before it.

    What the customer has just been told is not what they ask now; what belongs to the same scenario, or is named there
    as related, rather is.

    Args:
        alone: of the message, for one query.
        joint: of the message with the turn before.
        entries: of the release, in the order of the scores.
        answered: the entry that the turn before was answered with.
    """
    fused = alone.fused + JOINT_WEIGHT * joint.fused + _expected(entries, answered)
    return Scores(
        cosine=_middle(alone.cosine, joint.cosine),
        log_probability=_middle(alone.log_probability, joint.log_probability),
        lexical=_middle(alone.lexical, joint.lexical),
        fused=fused,
        belonging=np.maximum(alone.belonging, joint.belonging),
        beyond_everyday=np.maximum(alone.beyond_everyday, joint.beyond_everyday),
    )


def _expected(entries: tuple[EntryContent, ...], answered: str | None) -> Vectors:
    """What the entry just given says about the next one, shape ``(1, entries)``."""
    bonus = np.zeros((1, len(entries)), dtype=np.float32)
    before = next((entry for entry in entries if entry.id == answered), None)
    if before is None:
        return bonus
    for position, entry in enumerate(entries):
        if entry.id == before.id:
            bonus[0, position] = -ANSWERED_PENALTY
            continue
        bonus[0, position] += SCENARIO_BONUS * (entry.scenario == before.scenario)
        bonus[0, position] += RELATED_BONUS * (entry.id in before.related or before.id in entry.related)
    return bonus


def _middle(one: Vectors, other: Vectors) -> Vectors:
    return np.asarray((one + other) / 2, dtype=np.float32)
