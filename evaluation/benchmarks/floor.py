"""A contact centre in memory: the queue and the agents at one moment, moved by the same pure functions as the service.

Every step is checked: a conversation has one owner, an agent no more than they may have, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from handoff.hours import Schedule, is_open
from handoff.presence import Presence, Sign, Timing, chosen_on_return, has_dropped_off, presence_of
from handoff.priority import Priority, queue_since
from handoff.routing import AgentState, Assignment, Patience, TeamState, Waiting, assign

Policy = Callable[
    [Iterable[Waiting], Iterable[AgentState], Mapping[str, TeamState], datetime, Patience], list[Assignment]
]


@dataclass
class Broken:
    """How often a promise was broken; all must stay zero."""

    two_owners: int = 0
    over_capacity: int = 0
    lost: int = 0


@dataclass
class FloorAgent:
    """One agent: what they can do, whether their desk is open, and whom they have."""

    id: int
    teams: frozenset[str]
    languages: frozenset[str]
    capacity: int
    skills: frozenset[str] = frozenset()
    chosen: Presence = Presence.ONLINE
    connected: bool = False
    seen_at: datetime | None = None
    free_since: datetime | None = None
    held: set[str] = field(default_factory=set)

    def sign(self, now: datetime) -> Sign:
        """The signs of life: an open desk is heard all the time."""
        return Sign(self.chosen, now if self.connected else None, self.seen_at)


class Floor:
    """Teams, agents and conversations. ``settle`` does what the service does whenever something has changed."""

    def __init__(
        self,
        now: datetime,
        teams: Mapping[str, Schedule],
        agents: Iterable[FloorAgent],
        *,
        policy: Policy = assign,
        timing: Timing | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.now = now
        self.teams = dict(teams)
        self.agents = {agent.id: agent for agent in agents}
        self.waiting: dict[str, Waiting] = {}
        self._taken: dict[str, Waiting] = {}
        self.ended: dict[str, str] = {}
        self.arrived: set[str] = set()
        self.broken = Broken()
        self._policy = policy
        self._timing = timing or Timing()
        self._patience = patience or Patience()

    # ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────

    def arrive(
        self,
        conversation: str,
        *,
        team: str = "general",
        language: str = "zh",
        priority: Priority = Priority.STANDARD,
        scenario: str | None = None,
        last_agent: int | None = None,
        last_agent_at: datetime | None = None,
    ) -> None:
        """A conversation enters the queue."""
        self.arrived.add(conversation)
        self.ended.pop(conversation, None)
        since = queue_since(self.now, priority)
        self.waiting[conversation] = Waiting(
            conversation, team, language, since, self.now, scenario, last_agent, last_agent_at
        )

    def cancel(self, conversation: str, how: str = "cancelled") -> None:
        """The customer leaves the queue, or leaves a message."""
        del self.waiting[conversation]
        self.ended[conversation] = how

    def take(self, conversation: str, agent_id: int) -> bool:
        """An agent takes somebody by hand; refused when they are full or the conversation is gone."""
        agent = self.agents[agent_id]
        if conversation not in self.waiting or len(agent.held) >= agent.capacity:
            return False
        self._give(conversation, agent)
        return True

    def finish(self, conversation: str, agent_id: int, how: str = "closed") -> None:
        """The agent closes the conversation, or gives it back to the bot."""
        self.agents[agent_id].held.remove(conversation)
        self._taken.pop(conversation, None)
        self.ended[conversation] = how

    def connect(self, agent_id: int) -> None:
        """An agent opens the desk."""
        agent = self.agents[agent_id]
        agent.chosen = chosen_on_return(agent.sign(self.now), self.now, self._timing)
        agent.connected, agent.seen_at = True, self.now

    def disconnect(self, agent_id: int) -> None:
        """An agent's desk is closed, or its line breaks."""
        agent = self.agents[agent_id]
        agent.connected, agent.seen_at = False, self.now

    def choose(self, agent_id: int, chosen: Presence) -> None:
        """An agent is online, away or on a break."""
        self.agents[agent_id].chosen = chosen

    # ── what the service does ─────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> tuple[list[str], list[Assignment]]:
        """Take back from those who dropped off, then give away; returns what came back and what was given."""
        returned = []
        for agent in self.agents.values():
            if agent.held and has_dropped_off(agent.sign(self.now), self.now, self._timing):
                for conversation in sorted(agent.held):
                    waiting = self._taken.pop(conversation)
                    self.waiting[conversation] = replace(waiting, last_agent=agent.id, last_agent_at=self.now)
                    returned.append(conversation)
                agent.held.clear()
        given: list[Assignment] = []
        if self.waiting and any(self.free_slots(agent) for agent in self.agents.values()):
            teams = {team: TeamState(is_open(schedule, self.now)) for team, schedule in self.teams.items()}
            states = [self.state(agent) for agent in self.agents.values()]
            given = self._policy(self.waiting.values(), states, teams, self.now, self._patience)
            for assignment in given:
                self._give(assignment.conversation, self.agents[assignment.agent])
        self.check()
        return returned, given

    def state(self, agent: FloorAgent) -> AgentState:
        """An agent as the rules see them."""
        return AgentState(
            agent.id,
            agent.teams,
            agent.languages,
            agent.capacity,
            len(agent.held),
            presence_of(agent.sign(self.now), self.now, self._timing) == Presence.ONLINE,
            agent.skills,
            agent.free_since,
        )

    def free_slots(self, agent: FloorAgent) -> int:
        """How many more an agent may be given now."""
        online = agent.connected and agent.chosen == Presence.ONLINE
        return agent.capacity - len(agent.held) if online else 0

    def _give(self, conversation: str, agent: FloorAgent) -> None:
        waiting = self.waiting.pop(conversation, None)
        if waiting is None:  # given twice: it has an owner already
            self.broken.two_owners += 1
            return
        self._taken[conversation] = waiting
        agent.held.add(conversation)
        agent.free_since = self.now

    def check(self) -> None:
        """Count every promise that is broken at this moment."""
        held = [conversation for agent in self.agents.values() for conversation in agent.held]
        places = len(held) + len(self.waiting) + len(self.ended)
        everywhere = set(held) | self.waiting.keys() | self.ended.keys()
        self.broken.two_owners += places - len(everywhere)
        self.broken.lost += len(self.arrived - everywhere)
        self.broken.over_capacity += sum(len(agent.held) > agent.capacity for agent in self.agents.values())
