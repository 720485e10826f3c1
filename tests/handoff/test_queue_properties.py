"""Whatever happens on the floor, in whatever order: nobody starves, nobody has two owners, nothing is lost.

The clock is simulated. Each step is one event of a contact centre; afterwards the queue settles by the rules that the
service runs on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from evaluation.benchmarks.floor import Floor, FloorAgent
from handoff.hours import Schedule, parse_week
from handoff.presence import Presence, Timing, has_dropped_off
from handoff.priority import HEAD_STARTS, Priority
from handoff.routing import Patience, TeamState, assign, in_order

START = datetime(2026, 6, 1, 7, tzinfo=UTC)
DAY = Schedule("UTC", parse_week({"mon-sun": ["08:00-20:00"]}))
TEAMS = {"general": Schedule(), "day": DAY}
LANGUAGES = st.sampled_from(["zh", "en"])
AGENTS = st.integers(1, 3)


class ContactCentre(RuleBasedStateMachine):
    @initialize(capacities=st.lists(st.integers(1, 3), min_size=3, max_size=3))
    def open(self, capacities: list[int]) -> None:
        speaks = [frozenset({"zh", "en"}), frozenset({"zh"}), frozenset({"zh", "en"})]
        agents = [
            FloorAgent(number + 1, frozenset(TEAMS), speaks[number], capacity, frozenset({"cards"} if number else ()))
            for number, capacity in enumerate(capacities)
        ]
        self.floor = Floor(START, TEAMS, agents, timing=Timing(10, 30, 60))
        self.order_before: list[str] = []

    def held(self) -> list[tuple[str, int]]:
        return [(each, agent.id) for agent in self.floor.agents.values() for each in sorted(agent.held)]

    @rule(
        language=LANGUAGES,
        team=st.sampled_from(sorted(TEAMS)),
        priority=st.sampled_from(Priority),
        scenario=st.sampled_from([None, "cards"]),
        last_agent=st.sampled_from([None, 1, 2]),
    )
    def arrival(
        self, language: str, team: str, priority: Priority, scenario: str | None, last_agent: int | None
    ) -> None:
        name = f"c{len(self.floor.arrived)}"
        spoke = None if last_agent is None else self.floor.now - timedelta(minutes=10)
        self.floor.arrive(
            name,
            team=team,
            language=language,
            priority=priority,
            scenario=scenario,
            last_agent=last_agent,
            last_agent_at=spoke,
        )

    @precondition(lambda self: self.floor.waiting)
    @rule(data=st.data(), how=st.sampled_from(["cancelled", "left_message"]))
    def customer_leaves(self, data: st.DataObject, how: str) -> None:
        self.floor.cancel(data.draw(st.sampled_from(sorted(self.floor.waiting))), how)

    @precondition(lambda self: self.floor.waiting)
    @rule(data=st.data(), agent=AGENTS)
    def agent_takes_by_hand(self, data: st.DataObject, agent: int) -> None:
        self.floor.take(data.draw(st.sampled_from(sorted(self.floor.waiting))), agent)

    @precondition(lambda self: self.held())
    @rule(data=st.data(), how=st.sampled_from(["closed", "bot"]))
    def agent_finishes(self, data: st.DataObject, how: str) -> None:
        self.floor.finish(*data.draw(st.sampled_from(self.held())), how)

    @rule(agent=AGENTS)
    def desk_opens(self, agent: int) -> None:
        self.floor.connect(agent)

    @rule(agent=AGENTS)
    def desk_closes(self, agent: int) -> None:
        self.floor.disconnect(agent)

    @rule(agent=AGENTS, chosen=st.sampled_from([Presence.ONLINE, Presence.AWAY, Presence.BREAK]))
    def agent_chooses(self, agent: int, chosen: Presence) -> None:
        self.floor.choose(agent, chosen)

    @rule(seconds=st.sampled_from([1, 30, 61, 400, 6 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.floor.now += timedelta(seconds=seconds)

    @invariant()
    def nobody_has_two_owners_is_over_capacity_or_lost(self) -> None:
        if not hasattr(self, "floor"):
            return
        busy = {agent.id: set(agent.held) for agent in self.floor.agents.values()}
        returned, given = self.floor.settle()
        broken = self.floor.broken
        assert (broken.two_owners, broken.over_capacity, broken.lost) == (0, 0, 0)
        online = {agent.id for agent in self.floor.agents.values() if self.floor.state(agent).available}
        assert {assignment.agent for assignment in given} <= online
        for agent in self.floor.agents.values():
            if agent.held:
                assert not has_dropped_off(agent.sign(self.floor.now), self.floor.now, Timing(10, 30, 60))
        assert all(any(conversation in held for held in busy.values()) for conversation in returned)

    @invariant()
    def those_who_wait_keep_their_order(self) -> None:
        if not hasattr(self, "floor"):
            return
        order = [waiting.id for waiting in in_order(self.floor.waiting.values())]
        kept = [name for name in self.order_before if name in self.floor.waiting]
        assert [name for name in order if name in kept] == kept
        self.order_before = order

    @invariant()
    def nobody_waits_past_the_patience_beside_a_free_agent_of_their_team(self) -> None:
        if not hasattr(self, "floor"):
            return
        floor, patience = self.floor, Patience()
        longest = max(patience.language_seconds, patience.skill_seconds, patience.last_agent_seconds)
        slots = sum(floor.state(agent).free_slots for agent in floor.agents.values())
        teams = {team: TeamState(DAY is not schedule or 8 <= floor.now.hour < 20) for team, schedule in TEAMS.items()}
        late = [
            waiting
            for waiting in floor.waiting.values()
            if (floor.now - waiting.patience_since).total_seconds() >= longest and teams[waiting.team].open
        ]
        assert not (late and slots)

    def teardown(self) -> None:
        """When agents stay and nobody new comes, everybody is served, in a time that the rules bound."""
        if not hasattr(self, "floor"):
            return
        floor = self.floor
        floor.now = floor.now.replace(hour=9) + timedelta(days=1)
        for agent in floor.agents.values():
            floor.connect(agent.id)
            floor.choose(agent.id, Presence.ONLINE)
        for _ in range(len(floor.waiting) + 2):
            floor.settle()
            for conversation, agent_id in self.held():
                floor.finish(conversation, agent_id)
            floor.now += timedelta(seconds=Patience().language_seconds)
        assert not floor.waiting
        assert floor.ended.keys() == floor.arrived


ContactCentre.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestContactCentre = ContactCentre.TestCase


def test_a_steady_stream_of_the_highest_class_does_not_starve_the_lowest() -> None:
    """One slot, always wanted by somebody vulnerable: the ordinary customer is served within the head start."""
    floor = Floor(START, {"general": Schedule()}, [FloorAgent(1, frozenset({"general"}), frozenset({"zh"}), 1)])
    floor.connect(1)
    floor.arrive("first", priority=Priority.VULNERABLE)
    floor.settle()
    floor.arrive("ordinary")
    served_after = None
    for number in range(60):
        floor.now += timedelta(minutes=5)
        floor.arrive(f"vulnerable-{number}", priority=Priority.VULNERABLE)
        (current,) = floor.agents[1].held
        floor.finish(current, 1)
        floor.settle()
        if "ordinary" in floor.agents[1].held:
            served_after = floor.now - START
            break
    assert served_after is not None
    assert served_after <= HEAD_STARTS[Priority.VULNERABLE] + timedelta(minutes=5)


def test_two_workers_that_plan_the_same_queue_plan_the_same() -> None:
    """So what one of them has done already, the other only fails to do again."""
    floor = Floor(
        START, {"general": Schedule()}, [FloorAgent(n, frozenset({"general"}), frozenset({"zh"}), 2) for n in (1, 2)]
    )
    for agent in (1, 2):
        floor.connect(agent)
    for number in range(5):
        floor.arrive(f"c{number}")
    states = [floor.state(agent) for agent in floor.agents.values()]
    plans = [
        assign(waiting, states, {}, START) for waiting in (floor.waiting.values(), reversed(floor.waiting.values()))
    ]
    assert plans[0] == plans[1]
