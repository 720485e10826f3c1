"""What simulated customers want: authored goals with their gold outcome, in the words of customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evaluation.datasets import DatasetError
from handoff.policy import Reason
from kb.content import Lang
from kit.yaml_text import load_yaml

Variety = Literal["zh-Hans", "zh-Hant", "yue", "en", "mixed"]


class Trait(StrEnum):
    """What is said of a customer by the author; what is not said is drawn for each run."""

    IMPATIENT = "impatient"
    IGNORES_CHOICES = "ignores_choices"
    GIVES_UP = "gives_up"
    ASKS_FOR_PERSON = "asks_for_person"
    RETURNS = "returns"
    TRUSTING = "trusting"
    TYPOS = "typos"


ENDINGS = (Trait.GIVES_UP, Trait.ASKS_FOR_PERSON, Trait.RETURNS)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FollowUp(_Strict):
    """What the customer asks once the first question is answered."""

    entries: tuple[str, ...] = Field(min_length=1)
    says: tuple[str, ...] = Field(min_length=1)


class Goal(_Strict):
    """One customer's wish. Either entries are right, or a person is needed.

    Args:
        id: names it in reports.
        language: how the customer writes.
        says: the first asking, then rephrasings.
        entries: each of them answers the question.
        needs: why only a person can help.
        traits: what this customer is like.
        form: what the customer puts into the fields of a form, by their names.
        then: the next question.
    """

    id: str = Field(min_length=1)
    language: Variety
    says: tuple[str, ...] = Field(min_length=1)
    entries: tuple[str, ...] = ()
    needs: Reason | None = None
    traits: frozenset[Trait] = frozenset()
    form: dict[str, str] = {}
    then: FollowUp | None = None
    scenario: str = ""

    @model_validator(mode="after")
    def _one_outcome(self) -> Goal:
        if bool(self.entries) == (self.needs is not None):
            raise ValueError("name either 'entries', or in 'needs' why a person is needed")
        if self.needs is not None and self.then is not None:
            raise ValueError("a goal that needs a person has no 'then'")
        if sum(trait in self.traits for trait in ENDINGS) > 1:
            raise ValueError(f"at most one of {', '.join(ENDINGS)}: they end a conversation differently")
        return self

    @property
    def answer_language(self) -> Lang:
        """The language of the page that the customer comes from."""
        return "en" if self.language == "en" else "zh"

    @property
    def steps(self) -> tuple[FollowUp, ...]:
        """What is asked one after another; nothing where a person is needed."""
        if not self.entries:
            return ()
        first = FollowUp(entries=self.entries, says=self.says)
        return (first,) if self.then is None else (first, self.then)

    @property
    def slice(self) -> str:
        """Why a person is needed; else how the customer writes."""
        return self.needs.value if self.needs else "typo" if Trait.TYPOS in self.traits else "plain"

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that the author put into the customer's mouth."""
        return self.says + (self.then.says if self.then else ())


def read_goals(paths: Sequence[Path], entry_ids: set[str]) -> list[Goal]:
    """The goals of all files, in their order.

    Raises:
        DatasetError: a file is broken, an id is used twice, or an entry is not in ``entry_ids``.
    """
    goals: dict[str, Goal] = {}
    for path in paths:
        for where, goal in goals_in(path):
            for entry_id in (entry for step in goal.steps for entry in step.entries):
                if entry_id not in entry_ids:
                    raise DatasetError(f"{where}: the knowledge base has no entry {entry_id!r}")
            if goal.id in goals:
                raise DatasetError(f"{path}: the id {goal.id!r} is used twice")
            goals[goal.id] = goal
    return list(goals.values())


def goals_in(path: Path) -> Iterator[tuple[str, Goal]]:
    """Each goal of a file, with the file and its number to name in a complaint.

    Raises:
        DatasetError: the file is broken.
    """
    scenario, rows = _rows(path)
    for number, row in enumerate(rows, start=1):
        where = f"{path}, goal {number}"
        yield where, _goal(row, scenario, where)


def _rows(path: Path) -> tuple[str, list[Any]]:
    try:
        found = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("scenario"), str):
        raise DatasetError(f"{path}: 'scenario' must be a text, and 'goals' a list")
    rows = found.get("goals")
    if not isinstance(rows, list) or not rows:
        raise DatasetError(f"{path}: 'goals' must be a list that is not empty")
    return found["scenario"], rows


def _goal(row: Any, scenario: str, where: str) -> Goal:
    if not isinstance(row, dict):
        raise DatasetError(f"{where}: each goal must be a mapping")
    try:
        return Goal.model_validate({**row, "scenario": scenario})
    except ValidationError as error:
        first = error.errors()[0]
        raise DatasetError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
