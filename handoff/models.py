"""Tables of teams, of agents as the queue sees them, and of messages that customers left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Model, Moment


class Team(Model):
    """A team, as ``handoff.teams.TeamDefinition`` says it."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    place: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(60))
    hours: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    holidays: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    reasons: Mapped[list[str]] = mapped_column(JSON)
    scenarios: Mapped[list[str]] = mapped_column(JSON)
    assignment: Mapped[str] = mapped_column(String(10))
    overflow: Mapped[str | None] = mapped_column(String(40))
    message_hours: Mapped[float]


class TeamMember(Model):
    """That an agent is in a team."""

    __tablename__ = "team_members"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class AgentProfile(Model):
    """What an agent can do. ``languages`` and ``capacity`` are None where the account's, or the setting, holds."""

    __tablename__ = "agent_profiles"

    staff_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    languages: Mapped[list[str] | None] = mapped_column(JSON)
    skills: Mapped[list[str]] = mapped_column(JSON)
    capacity: Mapped[int | None]


class AgentPresence(Model):
    """What an agent chose at the desk, and when they were last there. Locked by whoever gives the agent a chat."""

    __tablename__ = "agent_presence"

    staff_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chosen: Mapped[str] = mapped_column(String(8))
    seen_at: Mapped[datetime] = mapped_column(Moment)
    assigned_at: Mapped[datetime | None] = mapped_column(Moment)


class DeskConnection(Model):
    """One open desk; a worker that dies leaves its rows behind, which then fall silent."""

    __tablename__ = "desk_connections"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(index=True)
    heard_at: Mapped[datetime] = mapped_column(Moment)


class LeftMessage(Model):
    """A message that a customer left instead of waiting. ``state`` is ``open``, ``taken`` or ``done``."""

    __tablename__ = "left_messages"
    __table_args__ = (UniqueConstraint("conversation_id", "client_id"),)

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    client_id: Mapped[str] = mapped_column(String(64))
    team: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    priority: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    promised_at: Mapped[datetime | None] = mapped_column(Moment)
    agent_id: Mapped[int | None]
    agent_name: Mapped[str | None] = mapped_column(String(120))
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
