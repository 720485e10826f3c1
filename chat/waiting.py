"""What a waiting customer sees: the place in the queue, an honest wait, and when people are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chat.models import Conversation
from chat.ownership import Owner
from chat.repository import ChatRepository
from handoff.hours import is_open, next_opening
from handoff.interfaces import Lang
from handoff.roster import Member, RosterRules, read_members_of, read_teams_of, team_states
from handoff.routing import DEFAULT_TEAM, AgentState, serving, teams_present
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
    at: datetime
    teams: dict[str, TeamDefinition]
    members: dict[int, Member]
    loads: dict[int, int]


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
    """Looks at the queue for the customers in it. Who is there is read at most every ``SNAPSHOT_SECONDS``."""

    def __init__(self, database: Database, clock: Clock, rules: RosterRules) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules
        self._snapshot: _Snapshot | None = None
        self._handled: dict[str, tuple[datetime, list[float]]] = {}

    async def look(self, conversation: Conversation) -> Wait | None:
        """How this conversation waits; None when it does not."""
        if conversation.owner != Owner.WAITING:
            return None
        now = self._clock.now()
        snapshot = await self._read(now)
        asked_for = snapshot.teams.get(conversation.team or DEFAULT_TEAM, snapshot.teams[DEFAULT_TEAM])
        async with self._database.read(brief=True) as session:
            ahead = await ChatRepository(session).waiting_before(conversation)
        agents = [
            member.state(snapshot.loads.get(member.id, 0), now, self._rules.timing)
            for member in snapshot.members.values()
        ]
        states = team_states(snapshot.teams, now)
        team = snapshot.teams[serving(asked_for.id, states, teams_present(agents))]
        people = people_of(team, now)
        estimate = UNKNOWN
        if people.open:
            estimate = estimate_for(
                ahead, team, conversation.language, agents, await self._handle_seconds(team.id, now)
            )
        return Wait(ahead + 1, estimate, people)

    async def people(self) -> People:
        """When the general team is there."""
        now = self._clock.now()
        return people_of((await self._read(now)).teams[DEFAULT_TEAM], now)

    async def _read(self, now: datetime) -> _Snapshot:
        known = self._snapshot
        if known is None or not timedelta(0) <= now - known.at < timedelta(seconds=SNAPSHOT_SECONDS):
            async with self._database.read(brief=True) as session:
                known = _Snapshot(
                    now,
                    await read_teams_of(session),
                    await read_members_of(session, self._rules),
                    await ChatRepository(session).loads(),
                )
            self._snapshot = known
        return known

    async def _handle_seconds(self, team: str, now: datetime) -> list[float]:
        at, found = self._handled.get(team, (None, []))
        if at is None or not timedelta(0) <= now - at < timedelta(seconds=30):
            async with self._database.read(brief=True) as session:
                found = await ChatRepository(session).handle_seconds(team, now - HANDLE_TIMES_OF, HANDLE_TIMES)
            self._handled[team] = (now, found)
        return found
