"""Who is there: teams with their hours, agents with their abilities and presence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.hours import is_open
from handoff.interfaces import QUEUE, QueueFacts
from handoff.models import AgentPresence, AgentProfile, DeskConnection, Team
from handoff.presence import Presence, Sign, Timing, chosen_on_return, has_dropped_off, presence_of
from handoff.repository import RosterRepository
from handoff.routing import DEFAULT_TEAM, AgentState, Patience, TeamState
from handoff.sentences import said
from handoff.teams import BUILT_IN, MemberDefinition, TeamDefinition, TeamsFile
from identity.models import Staff
from identity.repository import IdentityRepository
from identity.service import Role
from kit.clock import Clock
from kit.database import Database
from kit.errors import Conflict, InvalidRequest, NotFound
from kit.events import Event, Events

DEFAULT_CAPACITY = 4
AT_DESK = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)


@dataclass(frozen=True)
class RosterRules:
    """The numbers people argue about."""

    capacity: int = DEFAULT_CAPACITY
    timing: Timing = field(default_factory=Timing)
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class Member:
    """One agent: what they can do, and the signs of life of their desks."""

    id: int
    login: str
    name: str
    teams: frozenset[str]
    languages: frozenset[str]
    skills: frozenset[str]
    capacity: int
    sign: Sign
    assigned_at: datetime | None

    def state(self, load: int, now: datetime, timing: Timing) -> AgentState:
        """As the queue sees them, with ``load`` conversations in their hands."""
        return AgentState(
            id=self.id,
            teams=self.teams,
            languages=self.languages,
            capacity=self.capacity,
            load=load,
            available=presence_of(self.sign, now, timing) == Presence.ONLINE,
            skills=self.skills,
            free_since=self.assigned_at,
        )


@dataclass(frozen=True)
class Colleague:
    """One agent as colleagues see them."""

    id: int
    name: str
    teams: list[str]
    presence: Presence
    load: int
    capacity: int


@dataclass(frozen=True)
class TeamNow:
    """One team at this moment."""

    definition: TeamDefinition
    open: bool
    waiting: int


async def read_teams_of(session: AsyncSession) -> dict[str, TeamDefinition]:
    """All teams by id; where none is called ``general``, the built-in one is."""
    rows = await RosterRepository(session).teams()
    found = {row.id: TeamDefinition.model_validate(row) for row in rows}
    return found if DEFAULT_TEAM in found else {**found, DEFAULT_TEAM: BUILT_IN}


async def read_members_of(session: AsyncSession, rules: RosterRules) -> dict[int, Member]:
    """All agents and supervisors by id. An agent who is in no team is in the general one."""
    repository = RosterRepository(session)
    teams: dict[int, set[str]] = {}
    for membership in await repository.members():
        teams.setdefault(membership.staff_id, set()).add(membership.team_id)
    profiles, presences, heard = await repository.profiles(), await repository.presences(), await repository.heard()
    members = {}
    for staff in await IdentityRepository(session).active():
        if not {Role.AGENT, Role.SUPERVISOR} & set(staff.roles):
            continue
        profile, presence = profiles.get(staff.id), presences.get(staff.id)
        usual = {DEFAULT_TEAM} if Role.AGENT in staff.roles else set()
        members[staff.id] = Member(
            id=staff.id,
            login=staff.login,
            name=staff.name,
            teams=frozenset(teams.get(staff.id) or usual),
            languages=frozenset((profile.languages if profile else None) or staff.languages),
            skills=frozenset(profile.skills if profile else ()),
            capacity=(profile.capacity if profile else None) or rules.capacity,
            sign=_sign(presence, heard.get(staff.id)),
            assigned_at=presence.assigned_at if presence else None,
        )
    return members


def team_states(teams: Mapping[str, TeamDefinition], now: datetime) -> dict[str, TeamState]:
    """Which teams are there now, which give out conversations by themselves, and who stands in for them."""
    return {
        team.id: TeamState(is_open(team.schedule, now), team.assignment == "automatic", team.overflow)
        for team in teams.values()
    }


def may_be_at_desk(staff: Staff | None) -> bool:
    """Whether this account still is one that may talk to customers."""
    return staff is not None and staff.active and not {*AT_DESK}.isdisjoint(staff.roles)


def _sign(presence: AgentPresence | None, heard_at: datetime | None) -> Sign:
    if presence is None:
        return Sign(connection_heard_at=heard_at)
    return Sign(Presence(presence.chosen), heard_at, presence.seen_at)


class Roster:
    """Teams, agents and their presence, for the desk and for supervisors."""

    def __init__(self, database: Database, events: Events, clock: Clock, facts: QueueFacts, rules: RosterRules) -> None:
        self._database = database
        self._events = events
        self._clock = clock
        self._facts = facts
        self.rules = rules
        self.presence_changed: Callable[[], None] | None = None

    # ── what the desk asks ────────────────────────────────────────────────────────────────────────────────────────

    async def teams(self) -> list[TeamNow]:
        """All teams in their order, with how many wait for each."""
        now = self._clock.now()
        async with self._database.read() as session:
            teams = await read_teams_of(session)
        waiting = await self._facts.waiting_by_team()
        ordered = sorted(teams.values(), key=lambda team: (team.place, team.id))
        return [TeamNow(team, is_open(team.schedule, now), waiting.get(team.id, 0)) for team in ordered]

    async def colleagues(self) -> list[Colleague]:
        """All agents and supervisors, by name."""
        now = self._clock.now()
        async with self._database.read() as session:
            members = await read_members_of(session, self.rules)
        loads = await self._facts.loads()
        return [
            Colleague(
                id=member.id,
                name=member.name,
                teams=sorted(member.teams),
                presence=presence_of(member.sign, now, self.rules.timing),
                load=loads.get(member.id, 0),
                capacity=member.capacity,
            )
            for member in sorted(members.values(), key=lambda member: member.name)
        ]

    async def colleague(self, staff_id: int) -> Colleague:
        """One of them.

        Raises:
            NotFound: that is no agent.
        """
        for colleague in await self.colleagues():
            if colleague.id == staff_id:
                return colleague
        raise NotFound("There is no such agent.", code="agent_not_found")

    # ── presence ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def connect(self, staff_id: int) -> str:
        """A desk has been opened; returns the connection's id. Whoever had dropped off is online again."""
        now, connection_id = self._clock.now(), uuid4().hex
        async with self._database.write() as session:
            repository = RosterRepository(session)
            presence = await repository.presence(staff_id, lock=True)
            sign = _sign(presence, await repository.heard_of(staff_id))
            chosen = chosen_on_return(sign, now, self.rules.timing)
            if presence is None:
                await repository.put_presence(AgentPresence(staff_id=staff_id, chosen=chosen.value, seen_at=now))
            else:
                presence.chosen, presence.seen_at = chosen.value, now
            await repository.put_connection(DeskConnection(id=connection_id, staff_id=staff_id, heard_at=now))
        await self._changed()
        return connection_id

    async def heard(self, connection_id: str, staff_id: int) -> None:
        """The connection lives."""
        async with self._database.write() as session:
            connection = DeskConnection(id=connection_id, staff_id=staff_id, heard_at=self._clock.now())
            await RosterRepository(session).put_connection(connection)

    async def disconnect(self, connection_id: str, staff_id: int) -> None:
        """A desk has been closed; with the last one the grace begins."""
        async with self._database.write() as session:
            repository = RosterRepository(session)
            await repository.remove_connection(connection_id)
            presence = await repository.presence(staff_id)
            if presence is not None:
                presence.seen_at = self._clock.now()
        await self._changed()

    async def choose(self, staff_id: int, chosen: Presence) -> Colleague:
        """Be online, away or on a break. New conversations come only to those who are online.

        Raises:
            InvalidRequest: offline is what one is without a desk, not what one chooses.
        """
        if chosen == Presence.OFFLINE:
            raise InvalidRequest(said("presence_offline"))
        now = self._clock.now()
        async with self._database.write() as session:
            repository = RosterRepository(session)
            presence = await repository.presence(staff_id, lock=True)
            if presence is None:
                await repository.put_presence(AgentPresence(staff_id=staff_id, chosen=chosen.value, seen_at=now))
            else:
                presence.chosen, presence.seen_at = chosen.value, now
        await self._changed()
        return await self.colleague(staff_id)

    async def absent(self, holders: Iterable[int]) -> list[int]:
        """Of those who have conversations: whose grace is over, and who may no longer be at a desk at all."""
        now = self._clock.now()
        async with self._database.read() as session:
            repository = RosterRepository(session)
            presences, heard = await repository.presences(), await repository.heard()
            staff = {each.id: each for each in await IdentityRepository(session).active()}
        return [
            holder
            for holder in holders
            if not may_be_at_desk(staff.get(holder))
            or has_dropped_off(_sign(presences.get(holder), heard.get(holder)), now, self.rules.timing)
        ]

    async def forget_silent(self) -> None:
        """Remove the connections of workers that died long ago."""
        before = self._clock.now() - timedelta(seconds=self.rules.timing.grace_seconds + 3600)
        async with self._database.write() as session:
            await RosterRepository(session).remove_silent(before)

    # ── what supervisors change ───────────────────────────────────────────────────────────────────────────────────

    async def team(self, team_id: str) -> TeamDefinition:
        """One team's definition.

        Raises:
            NotFound: there is none.
        """
        async with self._database.read() as session:
            teams = await read_teams_of(session)
        if team_id not in teams:
            raise NotFound("There is no such team.", code="team_not_found")
        return teams[team_id]

    async def put_team(self, definition: TeamDefinition, actor: str) -> TeamDefinition:
        """A team, new or changed.

        Raises:
            InvalidRequest: the team that stands in for it does not exist.
        """
        async with self._database.write() as session:
            teams = await read_teams_of(session)
            if definition.overflow is not None and definition.overflow not in teams.keys() - {definition.id}:
                raise InvalidRequest(f"There is no other team {definition.overflow!r} to stand in for this one.")
            await RosterRepository(session).put_team(_row(definition))
            self._record(session, actor, "team.changed", definition.id, definition.model_dump(mode="json"))
        await self._changed()
        return definition

    async def remove_team(self, team_id: str, actor: str) -> None:
        """Take a team away. Who waits for it then waits for the general one.

        Raises:
            Conflict: it is the general team, or another one's stand-in.
            NotFound: there is none.
        """
        async with self._database.write() as session:
            teams = await read_teams_of(session)
            if team_id == DEFAULT_TEAM or any(team.overflow == team_id for team in teams.values()):
                raise Conflict("Others need this team: it is the general one, or stands in for another.")
            if not await RosterRepository(session).remove_team(team_id):
                raise NotFound("There is no such team.", code="team_not_found")
            self._record(session, actor, "team.removed", team_id, {})
        await self._changed()

    async def agent(self, staff_id: int) -> MemberDefinition:
        """What an agent can do, and their teams.

        Raises:
            NotFound: that is no agent.
        """
        async with self._database.read() as session:
            members = await read_members_of(session, self.rules)
            profile = (await RosterRepository(session).profiles()).get(staff_id)
        if staff_id not in members:
            raise NotFound("There is no such agent.", code="agent_not_found")
        member = members[staff_id]
        return MemberDefinition.model_validate(
            {
                "teams": sorted(member.teams),
                "languages": profile.languages if profile else None,
                "skills": sorted(member.skills),
                "capacity": profile.capacity if profile else None,
            }
        )

    async def put_agent(self, staff_id: int, definition: MemberDefinition, actor: str) -> MemberDefinition:
        """Say what an agent can do, and which teams they are in.

        Raises:
            NotFound: that is no agent.
            InvalidRequest: a team does not exist.
        """
        async with self._database.write() as session:
            if staff_id not in await read_members_of(session, self.rules):
                raise NotFound("There is no such agent.", code="agent_not_found")
            await self._store_agent(session, staff_id, definition)
            self._record(session, actor, "agent.changed", str(staff_id), definition.model_dump(mode="json"))
        await self._changed()
        return await self.agent(staff_id)

    async def load(self, file: TeamsFile) -> bool:
        """Store a file's teams and agents, unless there are teams already; returns whether it did."""
        try:
            async with self._database.write() as session:
                repository = RosterRepository(session)
                if await repository.teams():
                    return False
                for definition in file.teams:
                    await repository.put_team(_row(definition))
                members = {member.login: member for member in (await read_members_of(session, self.rules)).values()}
                for login, agent in file.agents.items():
                    if login in members:
                        await self._store_agent(session, members[login].id, agent)
        except IntegrityError:  # another worker has just stored them
            return False
        return True

    async def _changed(self) -> None:
        await self._events.publish(Event(QUEUE))
        if self.presence_changed is not None:
            self.presence_changed()

    def _record(self, session: AsyncSession, actor: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        IdentityRepository(session).record(self._clock.now(), actor, action, subject, detail)

    @staticmethod
    async def _store_agent(session: AsyncSession, staff_id: int, definition: MemberDefinition) -> None:
        repository = RosterRepository(session)
        missing = set(definition.teams) - {team.id for team in await repository.teams()}
        if missing:
            raise InvalidRequest(f"There is no team {', '.join(sorted(missing))}.")
        profile = AgentProfile(
            staff_id=staff_id,
            languages=list(definition.languages) if definition.languages else None,
            skills=definition.skills,
            capacity=definition.capacity,
        )
        await repository.put_profile(profile, definition.teams)


def _row(definition: TeamDefinition) -> Team:
    return Team(**definition.model_dump(mode="json"))
