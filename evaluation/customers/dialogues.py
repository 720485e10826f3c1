"""Recorded dialogues of other people's customers, and the policy that says which of their wishes need a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evaluation.datasets import DatasetError
from handoff.policy import Reason


class IntentPolicy(BaseModel):
    """What is done with a turn of an intent, and whether the wish in it can be settled without a person.

    Args:
        said: always; only while a form asks; or never.
        self_serviceable: None where the words carry no wish.
        entries: what answers the wish.
        reason: why a person is needed.
        why: for whoever doubts the row.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    said: Literal["always", "in_form", "never"]
    self_serviceable: bool | None
    entries: tuple[str, ...] = ()
    reason: Reason | None = None
    why: str = Field(min_length=10)

    @model_validator(mode="after")
    def _consistent(self) -> IntentPolicy:
        if (self.self_serviceable is True) != bool(self.entries):
            raise ValueError("name 'entries' where, and only where, the wish is self-serviceable")
        if (self.self_serviceable is False) != (self.reason is not None):
            raise ValueError("name a 'reason' where, and only where, a person is needed")
        return self


Policy = Mapping[str, IntentPolicy]


@dataclass(frozen=True)
class Turn:
    """One message of a recorded customer, with its gold intents."""

    text: str
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """A recorded dialogue: the customer's side of it."""

    id: str
    domain: str
    turns: tuple[Turn, ...]

    def wishes(self, policy: Policy) -> tuple[str, ...]:
        """The intents that are wishes, each once, in the order in which they come."""
        found = [name for turn in self.turns for name in turn.intents if policy[name].self_serviceable is not None]
        return tuple(dict.fromkeys(found))

    def needs(self, policy: Policy) -> Reason | None:
        """Why a person is needed: the reason of the first wish that cannot be settled without one."""
        reasons = (policy[name].reason for name in self.wishes(policy))
        return next((reason for reason in reasons if reason is not None), None)


def entries_for(turn: Turn, policy: Policy) -> tuple[str, ...]:
    """Every entry that answers a wish of the turn."""
    return tuple(entry for name in turn.intents for entry in policy[name].entries)


def read_policy(path: Path, entry_ids: set[str]) -> dict[str, IntentPolicy]:
    """A policy file.

    Raises:
        DatasetError: it is broken, or names an entry that is not in ``entry_ids``.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))["intents"]
        policy = {name: IntentPolicy.model_validate(row) for name, row in raw.items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(f"{path} cannot be read: {error!r}. It needs 'intents', a mapping.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise DatasetError(f"{path}: {first['loc']}: {first['msg']}") from error
    for name, row in policy.items():
        if unknown := [entry for entry in row.entries if entry not in entry_ids]:
            raise DatasetError(f"{path}: {name}: the knowledge base has no entry {unknown[0]!r}")
    return policy


def read_recorded(paths: Sequence[Path], policy: Policy) -> list[Recorded]:
    """Dialogues in the form of MultiDoGO as JSON Lines; those without a wish are left out.

    Raises:
        DatasetError: a line is broken, or has an intent that the policy does not name.
    """
    found = [_recorded(line, f"{path}, line {number}", policy) for path in paths for number, line in _lines(path)]
    return [dialogue for dialogue in found if dialogue.wishes(policy)]


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _recorded(line: str, where: str, policy: Policy) -> Recorded:
    try:
        row = json.loads(line)
        turns = tuple(Turn(turn["text"], tuple(turn["intents"])) for turn in row["customer_turns"])
        dialogue = Recorded(row["dialogue_id"], row["domain"], turns)
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{where}: not a dialogue of the form that docs/simulation.md describes: {error!r}"
        ) from error
    for name in (name for turn in turns for name in turn.intents):
        if name not in policy:
            raise DatasetError(f"{where}: the policy does not say what to do with the intent {name!r}")
    return dialogue
