"""All SQL of teams, agents at the desk, and left messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.models import AgentPresence, AgentProfile, DeskConnection, LeftMessage, Team, TeamMember
from handoff.priority import Priority


class RosterRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def teams(self) -> list[Team]:
        """All teams, in their order."""
        return list((await self._session.execute(select(Team).order_by(Team.place, Team.id))).scalars())

    async def put_team(self, team: Team) -> None:
        """A team, new or changed."""
        await self._session.merge(team)

    async def remove_team(self, team_id: str) -> bool:
        """Take a team and its memberships away; returns whether there was one."""
        await self._session.execute(delete(TeamMember).where(TeamMember.team_id == team_id))
        removed = await self._session.execute(delete(Team).where(Team.id == team_id))
        return bool(removed.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has a row count

    async def members(self) -> list[TeamMember]:
        """Who is in which team."""
        return list((await self._session.execute(select(TeamMember))).scalars())

    async def put_profile(self, profile: AgentProfile, teams: Iterable[str]) -> None:
        """What an agent can do, and their teams, in place of what was there."""
        await self._session.merge(profile)
        await self._session.execute(delete(TeamMember).where(TeamMember.staff_id == profile.staff_id))
        self._session.add_all(TeamMember(team_id=team, staff_id=profile.staff_id) for team in sorted(set(teams)))

    async def profiles(self) -> dict[int, AgentProfile]:
        """What agents can do, by their id."""
        found = (await self._session.execute(select(AgentProfile))).scalars()
        return {profile.staff_id: profile for profile in found}

    async def presences(self) -> dict[int, AgentPresence]:
        """Everybody who was ever at the desk."""
        found = (await self._session.execute(select(AgentPresence))).scalars()
        return {presence.staff_id: presence for presence in found}

    async def presence(self, staff_id: int, *, lock: bool = False) -> AgentPresence | None:
        """One agent's; with ``lock``, nobody else gives this agent a conversation before the transaction ends."""
        statement = select(AgentPresence).where(AgentPresence.staff_id == staff_id)
        if lock:
            statement = statement.with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def put_presence(self, presence: AgentPresence) -> None:
        """An agent's first time at the desk."""
        await self._session.merge(presence)

    async def heard(self) -> dict[int, datetime]:
        """The latest heartbeat of each agent's open connections."""
        statement = select(DeskConnection.staff_id, func.max(DeskConnection.heard_at)).group_by(DeskConnection.staff_id)
        return {row[0]: row[1] for row in (await self._session.execute(statement)).all()}

    async def heard_of(self, staff_id: int) -> datetime | None:
        """The latest heartbeat of one agent's open connections."""
        statement = select(func.max(DeskConnection.heard_at)).where(DeskConnection.staff_id == staff_id)
        return (await self._session.execute(statement)).scalar_one()

    async def put_connection(self, connection: DeskConnection) -> None:
        """A connection that has just been heard."""
        await self._session.merge(connection)

    async def remove_connection(self, connection_id: str) -> None:
        """A connection that has been closed."""
        await self._session.execute(delete(DeskConnection).where(DeskConnection.id == connection_id))

    async def remove_silent(self, before: datetime) -> None:
        """Connections that a worker left behind when it died. Their agents were last seen when last heard."""
        silent = select(DeskConnection.staff_id, func.max(DeskConnection.heard_at)).where(
            DeskConnection.heard_at < before
        )
        for staff_id, at in (await self._session.execute(silent.group_by(DeskConnection.staff_id))).all():
            await self._session.execute(
                update(AgentPresence)
                .where(AgentPresence.staff_id == staff_id, AgentPresence.seen_at < at)
                .values(seen_at=at)
            )
        await self._session.execute(delete(DeskConnection).where(DeskConnection.heard_at < before))

    def add_message(self, message: LeftMessage) -> None:
        """A message that a customer left."""
        self._session.add(message)

    async def message(self, reference: str, *, lock: bool = False) -> LeftMessage | None:
        """A left message; with ``lock``, nobody else changes it before the transaction ends."""
        statement = select(LeftMessage).where(LeftMessage.reference == reference)
        if lock:
            statement = statement.with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def message_by_client(self, conversation_id: str, client_id: str) -> LeftMessage | None:
        """The message that a client has left before under this id."""
        statement = select(LeftMessage).where(
            LeftMessage.conversation_id == conversation_id, LeftMessage.client_id == client_id
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def open_messages(self) -> list[LeftMessage]:
        """Left messages that nobody is done with: those of the vulnerable, then what was promised first."""
        statement = select(LeftMessage).where(LeftMessage.state != "done")
        found = (await self._session.execute(statement)).scalars()
        return sorted(
            found,
            key=lambda message: (
                message.priority < Priority.VULNERABLE,
                message.promised_at or message.created_at,
                message.reference,
            ),
        )

    async def message_holders(self) -> set[int]:
        """Agents who look after left messages."""
        statement = select(LeftMessage.agent_id).where(LeftMessage.state == "taken", LeftMessage.agent_id.is_not(None))
        return {
            holder for holder in (await self._session.execute(statement.distinct())).scalars() if holder is not None
        }

    async def reopen_messages(self, holder: int) -> int:
        """Let others look after what an agent had taken and not answered; returns how many."""
        reopened = await self._session.execute(
            update(LeftMessage)
            .where(LeftMessage.state == "taken", LeftMessage.agent_id == holder)
            .values(state="open", agent_id=None, agent_name=None, taken_at=None)
        )
        return int(reopened.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has a row count
