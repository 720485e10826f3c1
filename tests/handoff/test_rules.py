"""The policy's table: what a file may say, and how a mistake in it is named."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handoff.facts import Standing, TurnSignals
from handoff.policy import before_bot
from handoff.rules import KNOWN_AT, SHIPPED, PolicyError, parse_policy, read_policy

Table = dict[str, Any]


@pytest.fixture
def table() -> Table:
    return copy.deepcopy(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))


def row(table: Table, name: str) -> Table:
    return next(each for each in table["rules"] if each["rule"] == name)


def change(name: str, **fields: Any):
    return lambda table: row(table, name).update(fields)


def remove(name: str):
    return lambda table: table["rules"].remove(row(table, name))


MISTAKES = [
    ("no mapping", lambda table: table.clear(), "'angry' is missing"),
    ("no rules", lambda table: table.update(rules=[]), "'rules' must be a list of rows"),
    ("a row that is none", lambda table: table["rules"].insert(0, "asked"), "Row 1 must be a mapping"),
    ("a name with blanks", lambda table: table.update(name="my policy"), "'name' must be"),
    ("a field too many", lambda table: table.update(ruels=[]), "'ruels' means nothing here"),
    ("a field of a row too many", change("asked", prio=3), "Row 9 ('asked'): 'prio' means nothing here"),
    ("no reason", lambda table: row(table, "asked").pop("reason"), "Row 9 ('asked'): 'reason' is missing"),
    ("an unknown reason", change("asked", reason="bored"), "'reason' must be one of asked_for_human"),
    ("an unknown gate", change("asked", gate="door"), "'gate' must be one of words, understanding, search, event"),
    ("no why", change("asked", why=" "), "'why' must say in a sentence"),
    ("a priority too high", change("asked", priority=10), "'priority' must be a whole number from 0 to 9"),
    ("a priority in words", change("asked", priority="high"), "'priority' must be a whole number from 0 to 9"),
    ("a true priority", change("asked", priority=True), "'priority' must be a whole number from 0 to 9"),
    ("no condition", change("asked", when=[]), "'when' must be a list of conditions"),
    ("a condition that is none", change("asked", when=["asked a lot"]), "'asked a lot' is no condition"),
    ("a number as condition", change("asked", when=[0.5]), "0.5 is no condition"),
    ("an unknown fact", change("asked", when=["mood >= 0.5"]), "nothing called 'mood' is known at the gate 'words'"),
    ("a fact that comes later", change("asked", when=["best >= 0.5"]), "nothing called 'best' is known at the gate"),
    ("a percentage", change("asked", when=["asked >= 45"]), "NUMBER from 0 to 1"),
    ("not a number", change("asked", when=["asked >= often"]), "is compared with a number, not 'often'"),
    ("nan", change("asked", when=["asked >= nan"]), "NUMBER from 0 to 1"),
    ("a number that is", change("asked", when=["asked is 1"]), "write 'asked >= NUMBER'"),
    ("a word that is more", change("anger_rising", when=["trend >= rising"]), "'trend' is a word"),
    ("a word that it cannot be", change("anger_rising", when=["trend is up"]), "can be falling, rising, steady"),
    ("maybe", change("elder_direct_line", when=["elder is maybe"]), "'elder is yes' or 'elder is no'"),
    ("an unknown event", change("button", when=["event is yawned"]), "'event' can be"),
    ("one language", change("bereavement", say={"zh": "节哀"}), "'say' needs a line in both languages"),
    ("an empty line", change("bereavement", say={"zh": "节哀", "en": " "}), "'say' in 'en' must be a text"),
    ("a line too long", change("bereavement", say={"zh": "哀" * 601, "en": "x"}), "of 1 to 600 characters"),
    ("a name twice", change("angry", rule="asked"), "The rule name 'asked' is used twice"),
    ("angry by nothing", lambda table: table.update(angry=["rage >= 0.5"]), "'angry': nothing called 'rage'"),
    ("nobody who asks", remove("asked"), "must hold when"),
    ("an event without a row", remove("bot_unavailable"), "must hold when 'event is bot_unavailable'"),
]


def test_the_shipped_table_is_whole(table: Table) -> None:
    policy = read_policy()
    assert [rule.name for rule in policy.rules] == [each["rule"] for each in table["rules"]]
    assert policy.version.startswith("standard-")


@pytest.mark.parametrize(
    ("mistake", "said"),
    [pytest.param(mistake, said, id=name) for name, mistake, said in MISTAKES if name != "nobody who asks"],
)
def test_a_mistake_is_named_with_its_row(table: Table, mistake, said: str) -> None:
    mistake(table)
    with pytest.raises(PolicyError) as refused:
        parse_policy(table)
    assert said in str(refused.value)


def test_nobody_may_switch_off_the_request_for_a_person(table: Table) -> None:
    table["rules"] = [each for each in table["rules"] if each["reason"] != "asked_for_human" or each["gate"] != "words"]
    with pytest.raises(PolicyError, match="nobody argues with it"):
        parse_policy(table)


def test_an_event_of_some_customers_only_is_not_enough(table: Table) -> None:
    row(table, "button")["when"] = ["event is pressed_for_person", "elder is yes"]
    with pytest.raises(PolicyError, match="event is pressed_for_person"):
        parse_policy(table)


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_a_file_that_is_no_table_is_refused(document: object) -> None:
    with pytest.raises(PolicyError, match="must be a mapping"):
        parse_policy(document)


@pytest.mark.parametrize("content", ["rules: [", "\x00", "a: &a [*a]"])
def test_a_file_that_is_no_yaml_names_itself(tmp_path: Path, content: str) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"mine\.yml"):
        read_policy(file)


def test_a_missing_file_names_itself(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"absent\.yml cannot be read"):
        read_policy(tmp_path / "absent.yml")


def test_the_version_changes_with_what_the_table_says_and_only_then(table: Table) -> None:
    before = parse_policy(table).version
    assert parse_policy(copy.deepcopy(table)).version == before
    row(table, "asked")["when"] = ["asked >= 0.51"]
    changed = parse_policy(table).version
    assert changed != before
    table["angry"] = ["anger >= 0.6"]
    assert parse_policy(table).version not in (before, changed)


def test_a_changed_table_decides_otherwise(table: Table) -> None:
    row(table, "complaint")["when"] = ["complaint >= 0.9"]
    read = TurnSignals(complaint=0.8)
    assert before_bot(read, Standing(), read_policy()) is not None
    assert before_bot(read, Standing(), parse_policy(table)) is None


def test_the_order_of_the_rows_is_the_policy(table: Table) -> None:
    read = TurnSignals(asked=0.9, complaint=0.9)
    first = before_bot(read, Standing(), parse_policy(table))
    table["rules"].remove(complaint := row(table, "complaint"))
    table["rules"].insert(0, complaint)
    second = before_bot(read, Standing(), parse_policy(table))
    assert (first and first.rule, second and second.rule) == ("asked_plainly", "complaint")


@given(
    st.sampled_from(sorted(KNOWN_AT)),
    st.lists(st.text(max_size=20) | st.floats() | st.none() | st.booleans(), max_size=3),
    st.text(max_size=8),
)
def test_nonsense_is_refused_and_never_breaks(gate: str, when: list[object], name: str) -> None:
    table = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    nonsense = {"rule": name, "gate": gate, "when": when, "reason": "no_entry", "why": "x"}
    table["rules"].append(nonsense)
    with pytest.raises(PolicyError):
        parse_policy(table)
