"""To whom a waiting conversation goes: pure functions over the queue and the agents at one moment.

``assign`` is called whenever something has changed: somebody waits, a slot is free, an agent appears, hours open, time
has passed. It goes through the queue in order and gives each conversation to the best agent who may have it now; one
that nobody may have stays, and does not hold up those behind it. Where a team is closed, or nobody of it is at the
desk, its stand-in serves.

What an agent must have: the conversation's team and a free slot, always. What they should have, each waited for only a
while: being the agent whom the customer spoke to last, knowing the scenario, speaking the language. So nobody waits for
ever while there is somebody in the team with a free slot.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handoff.policy import Reason

DEFAULT_TEAM = "general"


@dataclass(frozen=True)
class Patience:
    """For how long a conversation waits for the agent it should have, in seconds of its wait."""

    last_agent_seconds: float = 60.0
    skill_seconds: float = 60.0
    language_seconds: float = 300.0
    last_agent_hours: float = 24.0


@dataclass(frozen=True)
class Waiting:
    """One conversation in the queue, ordered by ``queue_since``; ``last_agent_at`` is when an agent let go of it."""

    id: str
    team: str
    language: str
    queue_since: datetime
    waiting_since: datetime
    scenario: str | None = None
    last_agent: int | None = None
    last_agent_at: datetime | None = None

    @property
    def patience_since(self) -> datetime:
        """When it began to wait for the right agent: a chat that an agent gave back begins anew, in its old place."""
        return max(self.waiting_since, self.last_agent_at or self.waiting_since)


@dataclass(frozen=True)
class AgentState:
    """One agent; ``available`` is being online and connected. ``free_since`` is when they last got a conversation."""

    id: int
    teams: frozenset[str]
    languages: frozenset[str]
    capacity: int
    load: int = 0
    available: bool = True
    skills: frozenset[str] = frozenset()
    free_since: datetime | None = None

    @property
    def free_slots(self) -> int:
        """How many more conversations may be given to them now."""
        return max(self.capacity - self.load, 0) if self.available else 0


@dataclass(frozen=True)
class TeamState:
    """One team at this moment. A team where agents take by hand gets nothing by itself."""

    open: bool = True
    automatic: bool = True
    stand_in: str | None = None


@dataclass(frozen=True)
class Assignment:
    """Give this conversation to this agent."""

    conversation: str
    agent: int


@dataclass(frozen=True)
class TeamRoute:
    """What brings a conversation to a team."""

    id: str
    reasons: frozenset[str] = frozenset()
    scenarios: frozenset[str] = frozenset()


def choose_team(routes: Sequence[TeamRoute], reason: Reason, scenario: str | None) -> str:
    """The first team that asks for the reason, else the first that asks for the scenario, else the general one."""
    by_reason = (route.id for route in routes if reason in route.reasons)
    by_scenario = (route.id for route in routes if scenario in route.scenarios)
    return next(by_reason, None) or next(by_scenario, None) or DEFAULT_TEAM


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The queue: whoever counts as having waited longest is first."""
    return sorted(waiting, key=lambda each: (each.queue_since, each.id))


def serving(team: str, teams: Mapping[str, TeamState], present: Container[str]) -> str:
    """The team that serves those who wait for ``team``: itself, or its stand-in where nobody of it is there.

    Args:
        present: teams of which somebody is at the desk.
    """
    asked_for = teams.get(team, TeamState())
    away = not asked_for.open or (asked_for.automatic and team not in present)
    stand_in = asked_for.stand_in
    if away and stand_in is not None and stand_in in present and teams.get(stand_in, TeamState()).open:
        return stand_in
    return team


def teams_present(agents: Iterable[AgentState]) -> set[str]:
    """The teams of which somebody is at the desk."""
    return {team for agent in agents if agent.available for team in agent.teams}


def assign(
    waiting: Iterable[Waiting],
    agents: Iterable[AgentState],
    teams: Mapping[str, TeamState],
    now: datetime,
    patience: Patience = Patience(),
) -> list[Assignment]:
    """Who gets whom now. No agent gets more than their capacity, no conversation goes to two."""
    everybody = {agent.id: agent for agent in agents}
    free = {agent.id: agent for agent in everybody.values() if agent.free_slots}
    present = teams_present(everybody.values())
    assigned = []
    for asking in in_order(waiting):
        if not free:
            break
        conversation = replace(asking, team=serving(asking.team, teams, present))
        team = teams.get(conversation.team, TeamState())
        if not (team.open and team.automatic):
            continue
        chosen = _best(conversation, free.values(), everybody, now, patience)
        if chosen is None:
            continue
        assigned.append(Assignment(conversation.id, chosen.id))
        busier = replace(chosen, load=chosen.load + 1, free_since=now)
        everybody[chosen.id] = free[chosen.id] = busier
        if not busier.free_slots:
            del free[chosen.id]
    return assigned


def _best(
    conversation: Waiting,
    free: Iterable[AgentState],
    everybody: Mapping[int, AgentState],
    now: datetime,
    patience: Patience,
) -> AgentState | None:
    waited = (now - conversation.patience_since).total_seconds()
    last = everybody.get(conversation.last_agent) if conversation.last_agent is not None else None
    if last is not None and _is_held(conversation, last, waited, now, patience):
        return last if last.free_slots else None

    def speaks(agent: AgentState) -> bool:
        return conversation.language in agent.languages

    def knows(agent: AgentState) -> bool:
        return conversation.scenario in agent.skills

    fitting = [agent for agent in free if conversation.team in agent.teams]
    fitting = _those(fitting, speaks, strictly=waited < patience.language_seconds)
    if conversation.scenario is not None:
        somebody = any(knows(each) and speaks(each) and each.available for each in everybody.values())
        fitting = _those(fitting, knows, strictly=somebody and waited < patience.skill_seconds)
    return min(fitting, key=_order_of_agents, default=None)


def _is_held(conversation: Waiting, last: AgentState, waited: float, now: datetime, patience: Patience) -> bool:
    """Whether the conversation waits for the agent it was with, and for nobody else."""
    if not last.available or conversation.team not in last.teams or waited >= patience.last_agent_seconds:
        return False
    spoke = conversation.last_agent_at
    return spoke is not None and now - spoke <= timedelta(hours=patience.last_agent_hours)


def _those(agents: list[AgentState], fits: Callable[[AgentState], bool], *, strictly: bool) -> list[AgentState]:
    fitting = [agent for agent in agents if fits(agent)]
    return fitting if fitting or strictly else agents


def _order_of_agents(agent: AgentState) -> tuple[float, int, float, int]:
    """The least loaded, then who can do the least else, then who has been without a new one for the longest."""
    abilities = len(agent.languages) + len(agent.skills) + len(agent.teams)
    return agent.load / agent.capacity, abilities, agent.free_since.timestamp() if agent.free_since else 0.0, agent.id
