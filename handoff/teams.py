"""What a team is: the definition that a YAML file, the REST calls and the table have in common."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from handoff.hours import Schedule, is_open, parse_periods, parse_week
from handoff.interfaces import Lang
from handoff.policy import Reason
from handoff.routing import DEFAULT_TEAM, TeamRoute, choose_team
from kit.errors import InvalidRequest
from kit.yaml_text import load_yaml

Id = Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")
DEMO_TEAMS = Path(__file__).parent / "data" / "teams.yml"
ALWAYS = {"mon-sun": ["00:00-24:00"]}


class TeamDefinition(BaseModel):
    """A team. Of two teams that ask for the same, the one with the lower ``place`` gets it.

    ``hours`` maps days or ranges of days to periods, ``holidays`` single dates; an empty list is a closed day.
    ``overflow`` is the team that serves while this one is closed, or has nobody at the desk. A message that is left is
    answered within ``message_hours`` of open time.
    """

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: str = Id
    name: dict[Lang, str] = Field(min_length=2)
    place: int = Field(100, ge=0, le=10_000)
    time_zone: str = "Asia/Shanghai"
    hours: dict[str, list[str]] = Field(default_factory=lambda: dict(ALWAYS))
    holidays: dict[date, list[str]] = Field(default_factory=dict)
    reasons: list[Reason] = Field(default_factory=list)
    scenarios: list[str] = Field(default_factory=list)
    assignment: Literal["automatic", "manual"] = "automatic"
    overflow: str | None = None
    message_hours: float = Field(2.0, gt=0, le=200)

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{self.time_zone!r} is no time zone. Use a name such as 'Asia/Shanghai'.") from error
        _ = self.schedule
        return self

    @property
    def schedule(self) -> Schedule:
        """When the team is there."""
        exceptions = {day: parse_periods(periods) for day, periods in self.holidays.items()}
        return Schedule(self.time_zone, parse_week(self.hours), exceptions)

    @property
    def route(self) -> TeamRoute:
        """What brings a conversation here."""
        return TeamRoute(self.id, frozenset(self.reasons), frozenset(self.scenarios))


class MemberDefinition(BaseModel):
    """An agent as the file names them, by login."""

    model_config = ConfigDict(extra="forbid")

    teams: list[str] = Field(default_factory=list)
    languages: list[Lang] | None = None
    skills: list[str] = Field(default_factory=list)
    capacity: int | None = Field(None, ge=1, le=50)


class TeamsFile(BaseModel):
    """Teams and their members, as one readable file."""

    model_config = ConfigDict(extra="forbid")

    teams: list[TeamDefinition]
    agents: dict[str, MemberDefinition] = Field(default_factory=dict)


def read_teams(path: Path) -> TeamsFile:
    """The teams of a YAML file.

    Raises:
        InvalidRequest: it cannot be read, or a field is wrong; the message names it.
    """
    try:
        loaded: Any = load_yaml(path.read_text("utf-8"))
        found = TeamsFile.model_validate(loaded)
    except (OSError, yaml.YAMLError) as error:
        raise InvalidRequest(f"The teams file {path.name} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidRequest(f"The teams file {path.name} is wrong at {where}: {first['msg']}") from error
    return found


BUILT_IN = TeamDefinition(id=DEFAULT_TEAM, name={"zh": "客户服务", "en": "Customer service"})


def team_for(teams: dict[str, TeamDefinition], reason: Reason, scenario: str | None, now: datetime) -> TeamDefinition:
    """The team that a conversation goes to: the one that asks for it, or the one that stands in while it is closed."""
    ordered = sorted(teams.values(), key=lambda team: (team.place, team.id))
    chosen = teams.get(choose_team([team.route for team in ordered], reason, scenario), BUILT_IN)
    stand_in = teams.get(chosen.overflow or "")
    if stand_in is not None and not is_open(chosen.schedule, now) and is_open(stand_in.schedule, now):
        return stand_in
    return chosen
