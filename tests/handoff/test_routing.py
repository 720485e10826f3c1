"""To whom a conversation goes, at one moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handoff.policy import Reason
from handoff.routing import AgentState, Patience, TeamRoute, TeamState, Waiting, assign, choose_team

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GENERAL = frozenset({"general"})
BOTH = frozenset({"zh", "en"})
TEAMS = {"general": TeamState(), "closed": TeamState(open=False), "manual": TeamState(automatic=False)}


def waits(name: str, seconds: float, **values: object) -> Waiting:
    since = NOW - timedelta(seconds=seconds)
    return replace(Waiting(name, "general", "zh", since, since), **values)


def agent(number: int, **values: object) -> AgentState:
    return replace(AgentState(number, GENERAL, BOTH, capacity=2), **values)


def given_to(waiting: list[Waiting], agents: list[AgentState]) -> dict[str, int]:
    return {each.conversation: each.agent for each in assign(waiting, agents, TEAMS, NOW)}


def test_the_longest_waiting_are_served_as_far_as_slots_go() -> None:
    waiting = [waits("late", 10), waits("early", 30), waits("middle", 20)]
    assert given_to(waiting, [agent(1)]) == {"early": 1, "middle": 1}


def test_work_is_spread_over_the_least_loaded() -> None:
    waiting = [waits(str(number), 10) for number in range(3)]
    assert given_to(waiting, [agent(1, load=1), agent(2)]) == {"0": 2, "1": 1, "2": 2}


def test_among_equals_whoever_has_waited_for_work_the_longest() -> None:
    agents = [agent(1, free_since=NOW), agent(2, free_since=NOW - timedelta(minutes=5))]
    assert given_to([waits("a", 1)], agents) == {"a": 2}


@pytest.mark.parametrize(
    "change", [{"available": False}, {"load": 2}, {"teams": frozenset({"other"})}, {"languages": frozenset({"en"})}]
)
def test_who_gets_nothing(change: dict[str, object]) -> None:
    assert given_to([waits("a", 1)], [agent(1, **change)]) == {}


@pytest.mark.parametrize("team", ["closed", "manual"])
def test_a_team_that_is_closed_or_takes_by_hand_gets_nothing_by_itself(team: str) -> None:
    assert given_to([waits("a", 1, team=team)], [agent(1, teams=frozenset({team}))]) == {}


@pytest.mark.parametrize(
    ("safety", "expert", "served_by"),
    [
        (TeamState(stand_in="general"), {}, 2),
        (TeamState(stand_in="general"), {"load": 2}, None),
        (TeamState(stand_in="general"), {"available": False}, 1),
        (TeamState(open=False, stand_in="general"), {}, 1),
        (TeamState(automatic=False, stand_in="general"), {"available": False}, None),
        (TeamState(stand_in="closed"), {"available": False}, None),
        (TeamState(), {"available": False}, None),
    ],
    ids=["there", "busy", "nobody at the desk", "closed", "takes by hand", "stand-in closed too", "no stand-in"],
)
def test_the_stand_in_serves_where_a_team_is_away(
    safety: TeamState, expert: dict[str, object], served_by: int | None
) -> None:
    """Who is in danger does not wait for a team of one who is at lunch."""
    agents = [agent(1), agent(2, teams=frozenset({"safety"}), **expert), agent(3, teams=frozenset({"closed"}))]
    given = assign([waits("in danger", 1, team="safety")], agents, {**TEAMS, "safety": safety}, NOW)
    assert [each.agent for each in given] == ([served_by] if served_by else [])


def test_one_whom_nobody_can_serve_does_not_hold_up_the_others() -> None:
    waiting = [waits("english", 60, language="en"), waits("chinese", 10)]
    assert given_to(waiting, [agent(1, languages=frozenset({"zh"}))]) == {"chinese": 1}


def test_after_the_patience_anybody_of_the_team_is_better_than_nobody() -> None:
    chinese_only = agent(1, languages=frozenset({"zh"}))
    patience = Patience().language_seconds
    assert given_to([waits("a", patience - 1, language="en")], [chinese_only]) == {}
    assert given_to([waits("a", patience, language="en")], [chinese_only]) == {"a": 1}


class TestSkills:
    SKILLED = frozenset({"wealth"})

    def test_who_knows_the_scenario_comes_first(self) -> None:
        agents = [agent(1), agent(2, skills=self.SKILLED, load=1)]
        assert given_to([waits("a", 1, scenario="wealth")], agents) == {"a": 2}

    def test_is_waited_for_a_while_and_no_longer(self) -> None:
        agents = [agent(1), agent(2, skills=self.SKILLED, load=2)]
        patience = Patience().skill_seconds
        assert given_to([waits("a", patience - 1, scenario="wealth")], agents) == {}
        assert given_to([waits("a", patience, scenario="wealth")], agents) == {"a": 1}

    def test_is_not_waited_for_when_nobody_there_has_it(self) -> None:
        agents = [agent(1), agent(2, skills=self.SKILLED, available=False)]
        assert given_to([waits("a", 1, scenario="wealth")], agents) == {"a": 1}

    def test_generalists_are_kept_for_those_whom_only_they_can_serve(self) -> None:
        agents = [agent(1, capacity=1), agent(2, languages=frozenset({"zh"}), capacity=1)]
        waiting = [waits("chinese", 20), waits("english", 10, language="en")]
        assert given_to(waiting, agents) == {"chinese": 2, "english": 1}


class TestTheLastAgent:
    @staticmethod
    def back(seconds: float, hours_ago: float = 1) -> Waiting:
        return waits("back", seconds, last_agent=1, last_agent_at=NOW - timedelta(hours=hours_ago))

    def test_is_asked_first(self) -> None:
        assert given_to([self.back(1)], [agent(1, load=1), agent(2)]) == {"back": 1}

    def test_is_waited_for_a_while_and_no_longer(self) -> None:
        busy = [agent(1, load=2), agent(2)]
        patience = Patience().last_agent_seconds
        assert given_to([self.back(patience - 1)], busy) == {}
        assert given_to([self.back(patience)], busy) == {"back": 2}

    def test_is_not_waited_for_when_not_there_or_when_it_was_long_ago(self) -> None:
        assert given_to([self.back(1)], [agent(1, available=False), agent(2)]) == {"back": 2}
        assert given_to([self.back(1, hours_ago=25)], [agent(1, load=1), agent(2)]) == {"back": 2}

    def test_a_chat_that_came_back_keeps_its_place_and_begins_its_patience_anew(self) -> None:
        lost = waits("lost", 900, language="en", last_agent=1, last_agent_at=NOW - timedelta(seconds=70))
        waiting = [waits("other", 600), lost]
        agents = [agent(1, available=False), agent(2, capacity=1), agent(3, languages=frozenset({"zh"}), capacity=1)]
        assert given_to(waiting, agents) == {"lost": 2, "other": 3}


@pytest.mark.parametrize(
    ("reason", "scenario", "team"),
    [
        (Reason.DISTRESS, "wealth", "safety"),
        (Reason.NO_ENTRY, "wealth", "wealth"),
        (Reason.NO_ENTRY, "transfers", "general"),
        (Reason.ASKED_FOR_HUMAN, None, "general"),
    ],
)
def test_the_reason_decides_on_the_team_before_the_scenario(reason: Reason, scenario: str | None, team: str) -> None:
    routes = [TeamRoute("wealth", scenarios=frozenset({"wealth"})), TeamRoute("safety", frozenset({Reason.DISTRESS}))]
    assert choose_team(routes, reason, scenario) == team
