"""REST calls about teams, colleagues and presence: for agents to see, for supervisors to change."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection

from handoff.desk import DESK_ROLES
from handoff.interfaces import LeftMessages
from handoff.roster import Roster
from handoff.team_schemas import (
    ColleagueView,
    LeftMessageList,
    LeftMessageView,
    PresenceChoice,
    PresenceView,
    TeamView,
)
from handoff.teams import MemberDefinition, TeamDefinition
from identity.endpoints import staff_with
from identity.service import Role, SignedIn
from kit.errors import InvalidRequest

router = APIRouter(prefix="/api/desk", tags=["desk"])


def roster_service(connection: HTTPConnection) -> Roster:
    """The service that ``server`` put there."""
    return cast(Roster, connection.app.state.roster)


def messages_service(connection: HTTPConnection) -> LeftMessages:
    """The service that ``server`` put there."""
    return cast(LeftMessages, connection.app.state.chat)


RosterService = Annotated[Roster, Depends(roster_service)]
Messages = Annotated[LeftMessages, Depends(messages_service)]
AtDesk = Annotated[SignedIn, Depends(staff_with(*DESK_ROLES))]
InCharge = Annotated[SignedIn, Depends(staff_with(Role.SUPERVISOR))]


@router.get("/teams")
async def teams(_: AtDesk, roster: RosterService) -> list[TeamView]:
    """All teams: whether each is there now, and how many wait for it."""
    return [TeamView.of(team) for team in await roster.teams()]


@router.get("/colleagues")
async def colleagues(_: AtDesk, roster: RosterService) -> list[ColleagueView]:
    """All agents and supervisors: where they are, and how busy."""
    return [ColleagueView.of(colleague) for colleague in await roster.colleagues()]


@router.get("/presence")
async def presence(who: AtDesk, roster: RosterService) -> PresenceView:
    """The caller's own presence."""
    return PresenceView.of(await roster.colleague(who.id))


@router.put("/presence")
async def choose_presence(body: PresenceChoice, who: AtDesk, roster: RosterService) -> PresenceView:
    """Be online, away or on a break."""
    return PresenceView.of(await roster.choose(who.id, body.chosen))


@router.get("/left-messages")
async def left_messages(_: AtDesk, messages: Messages) -> LeftMessageList:
    """Messages that customers left and that nobody is done with."""
    return LeftMessageList(left_messages=[LeftMessageView.of(each) for each in await messages.left_messages()])


@router.post("/left-messages/{reference}/take")
async def take_message(reference: str, who: AtDesk, messages: Messages) -> LeftMessageView:
    """Look after a message; its conversation comes along where it can."""
    return LeftMessageView.of(await messages.take_message(reference, who.id, who.name))


@router.post("/left-messages/{reference}/done")
async def finish_message(reference: str, who: AtDesk, messages: Messages) -> LeftMessageView:
    """The customer has been answered."""
    in_charge = not who.roles.isdisjoint({Role.SUPERVISOR, Role.ADMIN})
    return LeftMessageView.of(await messages.finish_message(reference, who.id, in_charge=in_charge))


@router.get("/teams/{team_id}")
async def team(team_id: str, _: AtDesk, roster: RosterService) -> TeamDefinition:
    """What a team is."""
    return await roster.team(team_id)


@router.put("/teams/{team_id}")
async def put_team(team_id: str, body: TeamDefinition, who: InCharge, roster: RosterService) -> TeamDefinition:
    """Make or change a team."""
    if body.id != team_id:
        raise InvalidRequest("The team's 'id' must be the one in the address.")
    return await roster.put_team(body, who.login)


@router.delete("/teams/{team_id}", status_code=204)
async def remove_team(team_id: str, who: InCharge, roster: RosterService) -> None:
    """Take a team away."""
    await roster.remove_team(team_id, who.login)


@router.get("/agents/{staff_id}")
async def agent(staff_id: int, _: AtDesk, roster: RosterService) -> MemberDefinition:
    """What an agent can do, and their teams."""
    return await roster.agent(staff_id)


@router.put("/agents/{staff_id}")
async def put_agent(staff_id: int, body: MemberDefinition, who: InCharge, roster: RosterService) -> MemberDefinition:
    """Say what an agent can do, and which teams they are in."""
    return await roster.put_agent(staff_id, body, who.login)
