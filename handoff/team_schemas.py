"""Shapes of teams, colleagues and presence, as ``docs/protocol.md`` describes them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from handoff.interfaces import Lang
from handoff.models import LeftMessage
from handoff.presence import Presence
from handoff.roster import Colleague, TeamNow

PresenceName = Literal["online", "away", "break", "offline"]


class TeamView(BaseModel):
    """A team as the desk lists it."""

    id: str
    name: dict[Lang, str]
    open: bool
    waiting: int

    @classmethod
    def of(cls, team: TeamNow) -> TeamView:
        """The view of a team."""
        return cls(id=team.definition.id, name=team.definition.name, open=team.open, waiting=team.waiting)


class ColleagueView(BaseModel):
    """An agent as colleagues see them."""

    id: int
    name: str
    teams: list[str]
    presence: PresenceName
    load: int
    capacity: int

    @classmethod
    def of(cls, colleague: Colleague) -> ColleagueView:
        """The view of a colleague."""
        return cls.model_validate(colleague, from_attributes=True)


class LeftMessageView(BaseModel):
    """A message that a customer left."""

    reference: str
    conversation_id: str
    team: str
    language: str
    priority: int
    text: str
    contact: str
    state: Literal["open", "taken", "done"]
    created_at: datetime
    promised_at: datetime | None
    agent_id: int | None
    agent_name: str | None

    @classmethod
    def of(cls, message: LeftMessage) -> LeftMessageView:
        """The view of a message."""
        return cls.model_validate(message, from_attributes=True)


class LeftMessageList(BaseModel):
    """Messages that nobody is done with, the earliest promise first."""

    left_messages: list[LeftMessageView]


class PresenceChoice(BaseModel):
    """What an agent chooses to be."""

    presence: Literal["online", "away", "break"]

    @property
    def chosen(self) -> Presence:
        """The choice."""
        return Presence(self.presence)


class PresenceView(BaseModel):
    """An agent's own presence, with how many conversations they have and may have."""

    presence: PresenceName
    load: int
    capacity: int

    @classmethod
    def of(cls, colleague: Colleague) -> PresenceView:
        """The view of oneself."""
        return cls.model_validate(colleague, from_attributes=True)
