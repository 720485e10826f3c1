"""Goals name one outcome; the shipped ones are many, balanced, and nowhere in the knowledge base."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.cards import read_dataset
from evaluation.customers.goals import Goal, read_goals
from evaluation.datasets import DatasetError
from evaluation.leaks import find_leaks
from handoff.policy import Reason
from kb.content import EntryContent, read_folder
from kit.settings import ROOT

SHIPPED = ROOT / "evaluation" / "datasets" / "goals"
GOAL: dict[str, Any] = {"id": "a", "language": "en", "says": ["where?"], "entries": ["e"]}


def write(folder: Path, *goals: Any, scenario: str = "cards") -> list[Path]:
    (folder / f"{scenario}.yml").write_text(yaml.safe_dump({"scenario": scenario, "goals": list(goals)}))
    return sorted(folder.glob("*.yml"))


def test_a_goal_is_read_with_its_scenario(tmp_path: Path) -> None:
    (found,) = read_goals(write(tmp_path, GOAL), {"e"})
    assert (found.scenario, found.slice, found.answer_language) == ("cards", "plain", "en")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"entries": ["gone"]}, "no entry 'gone'"),
        ({"entries": []}, "'entries'"),
        ({"needs": "complaint"}, "'entries'"),
        ({"entries": [], "needs": "boredom"}, "needs"),
        ({"says": []}, "says"),
        ({"language": "fr"}, "language"),
        ({"traits": ["gives_up", "returns"]}, "at most one"),
        ({"traits": ["rude"]}, "traits"),
        ({"then": {"entries": ["gone"], "says": ["and?"]}}, "no entry 'gone'"),
        ({"wants": "much"}, "wants"),
    ],
)
def test_a_broken_goal_is_named(change: dict[str, Any], named: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as failed:
        read_goals(write(tmp_path, {**GOAL, **change}), {"e"})
    assert named in failed.value.message
    assert "cards.yml" in failed.value.message


def test_an_id_is_used_once(tmp_path: Path) -> None:
    write(tmp_path, GOAL)
    with pytest.raises(DatasetError, match="used twice"):
        read_goals(write(tmp_path, GOAL, scenario="loans"), {"e"})


@pytest.fixture(scope="module")
def content() -> list[EntryContent]:
    return read_folder(ROOT / "kb" / "content")


@pytest.fixture(scope="module")
def goals(content: list[EntryContent]) -> list[Goal]:
    return read_goals(read_dataset("goals").files("goals"), {entry.id for entry in content})


def test_the_card_names_every_file() -> None:
    files = {path.name for path in SHIPPED.glob("*.yml")} - {"card.yml"}
    assert {path.name for path in read_dataset("goals").files("goals")} == files


def test_there_are_at_least_four_hundred(goals: list[Goal]) -> None:
    assert len(goals) >= 400


def test_every_scenario_has_at_least_fifteen_under_its_own_name(goals: list[Goal], content: list[EntryContent]) -> None:
    counts = Counter(goal.scenario for goal in goals)
    assert counts.keys() == {entry.scenario for entry in content}
    assert min(counts.values()) >= 15


def test_both_languages_are_asked_in_every_scenario(goals: list[Goal]) -> None:
    asked = Counter((goal.scenario, goal.answer_language) for goal in goals)
    assert min(asked.values()) >= 5
    assert 0.4 <= sum(goal.answer_language == "en" for goal in goals) / len(goals) <= 0.6
    assert {goal.language for goal in goals} == {"zh-Hans", "zh-Hant", "yue", "en", "mixed"}


def test_a_third_needs_a_person_for_every_reason_that_words_can_show(goals: list[Goal]) -> None:
    needs = Counter(goal.needs for goal in goals if goal.needs)
    assert 0.28 <= needs.total() / len(goals) <= 0.38
    reasons = ("asked_for_human", "complaint", "negative_emotion", "distress", "no_entry", "staff_only_action")
    assert needs.keys() == {Reason(reason) for reason in reasons}
    assert min(needs.values()) >= 5


def test_every_goal_has_phrasings_of_its_own(goals: list[Goal]) -> None:
    texts = Counter(bare(text) for goal in goals for text in goal.texts)
    assert [text for text, count in texts.items() if count > 1] == []
    assert [goal.id for goal in goals if len(goal.says) < 2] == []


def test_no_phrasing_stands_in_the_knowledge_base_or_nearly(goals: list[Goal], content: list[EntryContent]) -> None:
    texts = [(f"{goal.id}:{number}", text) for goal in goals for number, text in enumerate(goal.texts)]
    assert [leak.id for leak in find_leaks(texts, content)] == []


def bare(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())
