"""The handoff policy as a table: read from a YAML file, checked row by row, and known by the hash of what it says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from handoff.facts import Fact, Facts, Happening, Reason, Sureness, TurnSignals
from handoff.interfaces import Lang
from handoff.trend import Direction
from kit.errors import InvalidRequest
from kit.yaml_text import load_yaml

SHIPPED = Path(__file__).parent / "policy.yml"
HIGHEST_PRIORITY = 9
LONGEST_LINE = 600

Gate = Literal["words", "understanding", "search", "event"]
Operator = Literal[">=", "<", "is"]

_PROBABILITIES = frozenset(TurnSignals.__dataclass_fields__)
_COUNTS = frozenset({"angry_turns", "unhelped_turns"})
_YES_OR_NO = frozenset({"elder", "off_topic"})
_WORDS: dict[str, frozenset[str] | None] = {
    "trend": frozenset(get_args(Direction)),
    "sureness": frozenset(get_args(Sureness)),
    "event": frozenset(Happening),
    "intent": None,  # whatever the bot's model knows
}
_OF_WORDS = _PROBABILITIES | {"angry_turns", "trend", "elder"}
KNOWN_AT: dict[Gate, frozenset[str]] = {
    "words": _OF_WORDS,
    "understanding": _OF_WORDS | {"intent"},
    "search": frozenset({"best", "sureness", "off_topic", "unhelped_turns", "elder"}),
    "event": frozenset({"event", "elder"}),
}
_CONDITION = re.compile(r"\s*(\w+)\s*(>=|<|\bis\b)\s*(\S+)\s*")
_FIELDS = frozenset({"rule", "gate", "when", "reason", "priority", "why", "say", "say_away"})
_OPTIONAL = frozenset({"say", "say_away", "priority"})
_LANGUAGES = frozenset(get_args(Lang))


class PolicyError(InvalidRequest):
    """A policy file cannot be used as it is; the message names the file, the row and what to write instead."""

    code = "invalid_policy"


@dataclass(frozen=True)
class Condition:
    """One comparison, such as ``asked >= 0.35`` or ``trend is rising``."""

    fact: str
    operator: Operator
    value: Fact

    def holds(self, facts: Facts) -> bool:
        """Whether it is so."""
        found = facts[self.fact]
        if self.operator == "is":
            return found == self.value
        at_least = cast(float, found) >= cast(float, self.value)
        return at_least if self.operator == ">=" else not at_least


@dataclass(frozen=True)
class Rule:
    """One row: at which gate, under which conditions (all of them), for which reason a person is called.

    Args:
        priority: 0 to 9; of those that wait, the higher comes first.
        why: for the people who read the table.
        say: what the customer is told first, where the row has words of its own.
        say_away: the same at hours when nobody works.
    """

    name: str
    gate: Gate
    when: tuple[Condition, ...]
    reason: Reason
    priority: int
    why: str
    say: Mapping[Lang, str]
    say_away: Mapping[Lang, str]

    def holds(self, facts: Facts) -> bool:
        """Whether all its conditions hold."""
        return all(condition.holds(facts) for condition in self.when)


@dataclass(frozen=True)
class Policy:
    """The whole table. ``version`` is its name and the hash of what it says."""

    version: str
    angry: tuple[Condition, ...]
    rules: tuple[Rule, ...]

    def first(self, gate: Gate, facts: Facts) -> Rule | None:
        """The first row of a gate, from the top, that holds."""
        return next((rule for rule in self.rules if rule.gate == gate and rule.holds(facts)), None)


def read_policy(path: Path | None = None) -> Policy:
    """The policy in a file; without one, the shipped policy.

    Raises:
        PolicyError: the file cannot be read, or a row of it makes no sense.
    """
    path = path or SHIPPED
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"The handoff policy {path} cannot be read: {error}") from error
    try:
        return parse_policy(load_yaml(text))
    except (PolicyError, yaml.YAMLError) as error:
        raise PolicyError(f"The handoff policy {path} cannot be used. {error}") from error


def parse_policy(document: object) -> Policy:
    """The policy that a YAML document says.

    Raises:
        PolicyError: a row of it makes no sense.
    """
    table = _mapping(document, "The file", {"name", "angry", "rules"})
    name = table["name"]
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,29}", name):
        raise PolicyError("'name' must be 1 to 30 small letters, digits, dots or hyphens.")
    angry = _conditions(table["angry"], "words", "'angry'")
    rows = table["rules"]
    if not isinstance(rows, list) or not rows:
        raise PolicyError("'rules' must be a list of rows.")
    rules = tuple(_rule(row, number) for number, row in enumerate(rows, start=1))
    names = [rule.name for rule in rules]
    twice = sorted({each for each in names if names.count(each) > 1})
    if twice:
        raise PolicyError(f"The rule name {twice[0]!r} is used twice.")
    _promises(rules)
    says = json.dumps([table["angry"], rows], sort_keys=True, ensure_ascii=False)
    return Policy(f"{name}-{hashlib.sha256(says.encode()).hexdigest()[:8]}", angry, rules)


def _promises(rules: Sequence[Rule]) -> None:
    """What no bank may switch off: a person who is asked for, and one for whom the bot cannot go on."""
    if not any(rule.gate == "words" and rule.reason is Reason.ASKED_FOR_HUMAN for rule in rules):
        raise PolicyError("A row of the gate 'words' must have the reason 'asked_for_human': nobody argues with it.")
    for happening in Happening:
        facts: dict[str, Fact] = {"event": happening.value, "elder": False}
        if not any(rule.gate == "event" and rule.holds(facts) for rule in rules):
            raise PolicyError(f"A row of the gate 'event' must hold when 'event is {happening}', for every customer.")


def _rule(row: object, number: int) -> Rule:
    where = f"Row {number}"
    if isinstance(row, dict) and isinstance(row.get("rule"), str):
        where = f"Row {number} ({row['rule']!r})"
    fields = _mapping(row, where, _FIELDS - _OPTIONAL, optional=_OPTIONAL)
    name, gate, why, priority = fields["rule"], fields["gate"], fields["why"], fields.get("priority", 0)
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise PolicyError(f"{where}: 'rule' must be a name of small letters, digits and underscores.")
    if gate not in KNOWN_AT:
        raise PolicyError(f"{where}: 'gate' must be one of {', '.join(KNOWN_AT)}, not {gate!r}.")
    if not isinstance(why, str) or not why.strip():
        raise PolicyError(f"{where}: 'why' must say in a sentence what the row is for.")
    if not isinstance(priority, int) or isinstance(priority, bool) or not 0 <= priority <= HIGHEST_PRIORITY:
        raise PolicyError(f"{where}: 'priority' must be a whole number from 0 to {HIGHEST_PRIORITY}.")
    try:
        reason = Reason(fields["reason"])
    except ValueError as error:
        raise PolicyError(f"{where}: 'reason' must be one of {', '.join(Reason)}, not {fields['reason']!r}.") from error
    conditions = _conditions(fields["when"], gate, where)
    now, away = (_said(fields.get(field, {}), field, where) for field in ("say", "say_away"))
    return Rule(name, gate, conditions, reason, priority, why, now, away)


def _said(said: object, field: str, where: str) -> dict[Lang, str]:
    if not isinstance(said, dict) or (said and said.keys() != _LANGUAGES):
        raise PolicyError(f"{where}: {field!r} needs a line in both languages, 'zh' and 'en'.")
    for language, line in said.items():
        if not isinstance(line, str) or not line.strip() or len(line) > LONGEST_LINE:
            raise PolicyError(f"{where}: {field!r} in {language!r} must be a text of 1 to {LONGEST_LINE} characters.")
    return {language: line.strip() for language, line in said.items()}


def _conditions(written: object, gate: Gate, where: str) -> tuple[Condition, ...]:
    if not isinstance(written, list) or not written:
        raise PolicyError(f"{where}: 'when' must be a list of conditions, all of which must hold.")
    return tuple(_condition(each, gate, where) for each in written)


def _condition(written: object, gate: Gate, where: str) -> Condition:
    match = _CONDITION.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise PolicyError(
            f"{where}: {written!r} is no condition. Write 'asked >= 0.35', 'unhelped_turns < 2' or 'trend is rising'."
        )
    fact, operator, value = match[1], cast(Operator, match[2]), match[3]
    if fact not in KNOWN_AT[gate]:
        known = ", ".join(sorted(KNOWN_AT[gate]))
        raise PolicyError(f"{where}: nothing called {fact!r} is known at the gate {gate!r}; there are {known}.")
    if fact in _WORDS:
        return _compared_word(fact, operator, value, where)
    if fact in _YES_OR_NO:
        if operator != "is" or value not in ("yes", "no"):
            raise PolicyError(f"{where}: write '{fact} is yes' or '{fact} is no'.")
        return Condition(fact, operator, value == "yes")
    return _compared_number(fact, operator, value, where)


def _compared_word(fact: str, operator: Operator, value: str, where: str) -> Condition:
    allowed = _WORDS[fact]
    if operator != "is":
        raise PolicyError(f"{where}: {fact!r} is a word; write '{fact} is {value}'.")
    if allowed is not None and value not in allowed:
        raise PolicyError(f"{where}: {fact!r} can be {', '.join(sorted(allowed))}, not {value!r}.")
    return Condition(fact, operator, value)


def _compared_number(fact: str, operator: Operator, value: str, where: str) -> Condition:
    try:
        number = float(value)
    except ValueError as error:
        raise PolicyError(f"{where}: {fact!r} is compared with a number, not {value!r}.") from error
    most = 100.0 if fact in _COUNTS else 1.0
    if operator == "is" or not 0 <= number <= most:
        raise PolicyError(f"{where}: write '{fact} >= NUMBER' or '{fact} < NUMBER', NUMBER from 0 to {most:g}.")
    return Condition(fact, operator, number)


def _mapping(
    value: object, where: str, needed: AbstractSet[str], optional: AbstractSet[str] = frozenset()
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PolicyError(f"{where} must be a mapping with {', '.join(sorted(needed))}.")
    for field in sorted(needed - value.keys()):
        raise PolicyError(f"{where}: {field!r} is missing.")
    for field in sorted(str(each) for each in value.keys() - needed - optional):
        raise PolicyError(f"{where}: {field!r} means nothing here; there are {', '.join(sorted(needed | optional))}.")
    return value
