"""The simulated day, on a small scale."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from evaluation.benchmarks.floor import Floor, FloorAgent
from evaluation.benchmarks.routing import main, measure
from evaluation.benchmarks.routing_day import START, agents, changes, customers
from handoff.hours import Schedule
from handoff.routing import Assignment


@pytest.fixture(scope="module")
def day() -> dict:
    """So few agents that people wait."""
    return measure(conversations=1200, agent_count=5, seed=3)


@pytest.mark.parametrize("name", ["rules", "plain"])
def test_nothing_is_lost_doubled_or_overfilled(day: dict, name: str) -> None:
    assert day[name]["broken"] == {"two_owners": 0, "over_capacity": 0, "lost": 0}
    assert sum(day[name]["outcomes"].values()) == 1200
    assert day[name]["given_back"] > 0, "agents dropped off, or the day proves little"


def test_higher_classes_wait_less_than_in_a_plain_queue(day: dict) -> None:
    for name in ("vulnerable", "elder", "complaint"):
        assert day["rules"]["waits"][name]["p90"] < day["plain"]["waits"][name]["p90"]


def test_the_same_seed_is_the_same_day() -> None:
    assert customers(200, 7) == customers(200, 7)
    assert changes(5, 7) == changes(5, 7)
    assert [vars(one) for one in agents(5, 7)] == [vars(one) for one in agents(5, 7)]
    assert customers(200, 7) != customers(200, 8)


def test_a_policy_that_breaks_its_promises_is_caught() -> None:
    """Everybody who waits goes to the first agent, and the first one of them twice."""

    def careless(waiting, agents, teams, now, patience) -> list[Assignment]:
        given = [Assignment(each.id, 1) for each in waiting]
        return [*given, *given[:1]]

    floor = Floor(
        START, {"general": Schedule()}, [FloorAgent(1, frozenset({"general"}), frozenset(), 1)], policy=careless
    )
    floor.connect(1)
    for name in ("a", "b"):
        floor.arrive(name)
    floor.now += timedelta(seconds=1)
    floor.settle()
    assert (floor.broken.two_owners, floor.broken.over_capacity) == (1, 1)
    floor.agents[1].held.remove("a")
    floor.check()
    assert floor.broken.lost == 1


def test_the_command_writes_what_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "day.json"
    assert main(["--conversations", "60", "--agents", "4", "--seed", "2", "--json", str(file)]) == 0
    assert json.loads(file.read_text())["rules"]["broken"]["lost"] == 0
    assert "must be zero" in capsys.readouterr().err
