"""What a waiting customer sees: the place in the queue, an honest wait, and when people are there."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chat.models import Conversation
from chat.ownership import Owner
from chat.repository import ChatRepository
from handoff.hours import is_open, next_opening
from handoff.interfaces import Lang
from handoff.roster import RosterRules, read_members_of, read_teams_of, team_states
from handoff.routing import DEFAULT_TEAM, AgentState, TeamState, serving, teams_present
from handoff.spoken import spoken_hours, spoken_moment
from handoff.teams import TeamDefinition
from handoff.waiting_time import UNKNOWN, WaitEstimate, estimate_wait
from kit.clock import Clock
from kit.database import Database

SNAPSHOT_SECONDS = 2.0
HANDLE_TIMES_OF = timedelta(hours=24)
HANDLE_TIMES = 200
LANGUAGES: tuple[Lang, Lang] = ("zh", "en")


@dataclass(frozen=True)
class People:
    """Whether a team is there now, and if not, when it is there next."""

    open: bool
    opens_at: datetime | None
    opens: dict[Lang, str] | None
    hours: dict[Lang, str]


@dataclass(frozen=True)
class Wait:
    """How a customer waits; 1 is the next in line."""

    position: int
    estimate: WaitEstimate
    people: People


@dataclass(frozen=True)
class _Snapshot:
    """Who is there; ``people`` is filled as customers ask."""

    at: datetime
    teams: dict[str, TeamDefinition]
    states: dict[str, TeamState]
    agents: list[AgentState]
    people: dict[str, People] = field(default_factory=dict)

    def serving(self, team: str | None) -> TeamDefinition:
        """The team that serves those who wait for a team, which may be one that is no more."""
        asked_for = self.teams.get(team or DEFAULT_TEAM, self.teams[DEFAULT_TEAM])
        return self.teams[serving(asked_for.id, self.states, teams_present(self.agents))]

    def people_of(self, team: TeamDefinition) -> People:
        """When a team is there."""
        if team.id not in self.people:
            self.people[team.id] = people_of(team, self.at)
        return self.people[team.id]


def people_of(team: TeamDefinition, now: datetime) -> People:
    """When a team is there, as it is said to customers."""
    schedule = team.schedule
    opening = next_opening(schedule, now)
    open_now = is_open(schedule, now)
    said = opening is not None and not open_now
    return People(
        open=open_now,
        opens_at=opening if said else None,
        opens={each: spoken_moment(opening, now, team.time_zone, each) for each in LANGUAGES}
        if said and opening
        else None,
        hours={each: spoken_hours(schedule, each) for each in LANGUAGES},
    )


def estimate_for(
    ahead: int, team: TeamDefinition, language: str, agents: list[AgentState], handle_seconds: list[float]
) -> WaitEstimate:
    """The wait in a team's queue, by the agents of the team who are there and speak the language.

    Where agents take by hand, a free slot says nothing about when somebody uses it.
    """
    there = [each for each in agents if each.available and team.id in each.teams and language in each.languages]
    slots, free = sum(each.capacity for each in there), sum(each.free_slots for each in there)
    if not there:
        return UNKNOWN
    return estimate_wait(ahead, slots, free if team.assignment == "automatic" else 0, handle_seconds)


class WaitingRoom:
    """Looks at the queue for the customers in it. Who is there is read at most every ``SNAPSHOT_SECONDS``.

    When the queue changes, all who wait look at once: then it is read once for all of them.
    """

    def __init__(self, database: Database, clock: Clock, rules: RosterRules) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules
        self._snapshot: _Snapshot | None = None
        self._handled: dict[str, tuple[datetime, list[float]]] = {}
        self._reading = asyncio.Lock()  # those who look together wait for what one of them reads
        self._line: tuple[float, dict[str, int]] = (-math.inf, {})

    async def look(self, conversation: Conversation, *, changed_at: float | None = None) -> Wait | None:
        """How this conversation waits; None when it does not.

        Args:
            conversation: as it is now.
            changed_at: when the queue is known to have changed last, by the clock of the event loop. The line may be
                one that was read for somebody else since then; without it, the place is asked for.
        """
        if conversation.owner != Owner.WAITING:
            return None
        now = self._clock.now()
        snapshot = await self._read(now)
        ahead = await self._ahead(conversation, changed_at)
        team = snapshot.serving(conversation.team)
        people = snapshot.people_of(team)
        estimate = UNKNOWN
        if people.open:
            handled = await self._handle_seconds(team.id, now)
            estimate = estimate_for(ahead, team, conversation.language, snapshot.agents, handled)
        return Wait(ahead + 1, estimate, people)

    async def people(self) -> People:
        """When the general team is there."""
        snapshot = await self._read(self._clock.now())
        return snapshot.people_of(snapshot.teams[DEFAULT_TEAM])

    async def _ahead(self, conversation: Conversation, changed_at: float | None) -> int:
        if changed_at is not None:
            async with self._reading:
                if self._line[0] <= changed_at:
                    at = asyncio.get_running_loop().time()
                    async with self._database.read() as session:
                        self._line = at, await ChatRepository(session).places()
            ahead = self._line[1].get(conversation.id)
            if ahead is not None:
                return ahead
        async with self._database.read(brief=True) as session:
            return await ChatRepository(session).waiting_before(conversation)

    async def _read(self, now: datetime) -> _Snapshot:
        async with self._reading:
            known = self._snapshot
            if known is None or not timedelta(0) <= now - known.at < timedelta(seconds=SNAPSHOT_SECONDS):
                async with self._database.read(brief=True) as session:
                    teams = await read_teams_of(session)
                    members = await read_members_of(session, self._rules)
                    loads = await ChatRepository(session).loads()
                agents = [member.state(loads.get(member.id, 0), now, self._rules.timing) for member in members.values()]
                known = self._snapshot = _Snapshot(now, teams, team_states(teams, now), agents)
            return known

    async def _handle_seconds(self, team: str, now: datetime) -> list[float]:
        async with self._reading:
            at, found = self._handled.get(team, (None, []))
            if at is None or not timedelta(0) <= now - at < timedelta(seconds=30):
                async with self._database.read(brief=True) as session:
                    found = await ChatRepository(session).handle_seconds(team, now - HANDLE_TIMES_OF, HANDLE_TIMES)
                self._handled[team] = (now, found)
            return found
