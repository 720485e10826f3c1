"""What agents and supervisors do beyond answering: notes, transfers, advice, taking over, looking back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff.case_interfaces import (
    DeskWork,
    Note,
    OtherConversation,
    RatingLine,
    Satisfaction,
    Subject,
    Team,
)
from handoff.desk import DESK_ROLES, Desk, check_version
from handoff.interfaces import Case, Line, Person
from handoff.presence import Presence
from handoff.roster import Roster
from handoff.sentences import said
from handoff.summary import Summary, summarise
from identity.service import Role, SignedIn
from kit.clock import Clock
from kit.errors import Conflict, InvalidRequest, NotFound

RATED_FOR = timedelta(days=30)

FindColleague = Callable[[int], Awaitable[tuple[str, frozenset[Role]] | None]]


@dataclass(frozen=True)
class RatingReport:
    """Satisfaction of the last 30 days by subject, and the ratings behind it, the newest first."""

    since: datetime
    satisfaction: dict[Subject, Satisfaction]
    ratings: list[RatingLine]


class CaseDesk:
    """Checks that a conversation is the caller's before anything is done.

    Args:
        desk: who may read what, and who has it.
        casework: does it.
        colleague: name and roles of a member of staff by id.
        roster: knows the teams.
        clock: tells the time.
    """

    def __init__(self, desk: Desk, casework: DeskWork, colleague: FindColleague, roster: Roster, clock: Clock) -> None:
        self._desk = desk
        self._casework = casework
        self._find_colleague = colleague
        self._roster = roster
        self._clock = clock

    async def notes(self, who: SignedIn, conversation_id: str, after: int = 0) -> list[Note]:
        """Notes of a conversation that the caller may read, after a number."""
        await self._desk.case(who, conversation_id)
        return await self._casework.notes(conversation_id, after)

    async def note(self, who: SignedIn, conversation_id: str, client_id: str, text: str) -> Note:
        """Write a note. Whoever may read may write: the agent, who is consulted, a supervisor."""
        await self._desk.case(who, conversation_id)
        return await self._casework.note(conversation_id, _person(who), client_id, text)

    async def summary(self, who: SignedIn, conversation_id: str) -> Summary:
        """What happened so far in a few lines."""
        return summarise(await self._desk.lines(who, conversation_id))

    async def transfer(
        self,
        who: SignedIn,
        conversation_id: str,
        *,
        colleague_id: int | None,
        team_id: str | None,
        memo: str,
        version: int | None,
    ) -> Case:
        """Give one's own conversation to a colleague, or to a team.

        Raises:
            InvalidRequest: not exactly one of both is named.
            NotFound: there is no such colleague, or no such team.
            Conflict: the colleague is not at the desk, and would not notice.
        """
        if (colleague_id is None) == (team_id is None):
            raise InvalidRequest(said("transfer_to_nobody"))
        case = await self._desk.own(who, conversation_id, version)
        to: Person | Team
        if colleague_id is not None:
            to = await self._colleague(who, colleague_id)
            if (await self._roster.colleague(colleague_id)).presence == Presence.OFFLINE:
                raise Conflict(said("colleague_offline", name=to.name), code="colleague_offline")
        else:
            to = await self._team(team_id or "")
        return await self._casework.transfer(case, _person(who), to, memo)

    async def consult(self, who: SignedIn, conversation_id: str, colleague_id: int, question: str) -> Case:
        """Ask a colleague for advice inside one's own conversation."""
        case = await self._desk.own(who, conversation_id)
        colleague = await self._colleague(who, colleague_id)
        return await self._casework.consult(case, _person(who), colleague, question)

    async def end_consultation(self, who: SignedIn, conversation_id: str, colleague_id: int) -> Case:
        """The agent ends any, who is consulted their own."""
        case = await self._desk.case(who, conversation_id)
        if who.id != colleague_id:
            case = await self._desk.own(who, conversation_id)
        return await self._casework.end_consultation(case, _person(who), colleague_id)

    async def take_over(self, who: SignedIn, conversation_id: str, version: int | None) -> Case:
        """A supervisor becomes the one who speaks, whoever did before."""
        who.require(Role.SUPERVISOR)
        case = await self._desk.case(who, conversation_id)
        check_version(case, version)
        if case.owner == "agent" and case.agent_id == who.id:
            return case
        return await self._casework.take_over(case, _person(who))

    async def live(self, who: SignedIn) -> list[Case]:
        """All conversations that are going on. A supervisor reads them without anybody noticing."""
        who.require(Role.SUPERVISOR)
        return await self._casework.live()

    async def others(self, who: SignedIn, conversation_id: str) -> list[OtherConversation]:
        """The same customer's other conversations."""
        await self._desk.case(who, conversation_id)
        return await self._casework.others(conversation_id)

    async def other_lines(self, who: SignedIn, conversation_id: str, other_id: str) -> list[Line]:
        """Messages of another conversation of the customer whom the caller serves now."""
        await self._desk.case(who, conversation_id)
        return await self._casework.other_lines(conversation_id, other_id)

    async def ratings(self, who: SignedIn) -> RatingReport:
        """What customers said of the bot and of people in the last 30 days."""
        who.require(Role.SUPERVISOR)
        since = self._clock.now() - RATED_FOR
        satisfied, lines = await self._casework.ratings(since)
        return RatingReport(since, satisfied, lines)

    async def _colleague(self, who: SignedIn, colleague_id: int) -> Person:
        found = await self._find_colleague(colleague_id)
        if found is None or found[1].isdisjoint(DESK_ROLES):
            raise NotFound("There is no such colleague at the desk.", code="colleague_not_found")
        if colleague_id == who.id:
            raise Conflict(said("conversation_own"), code="own_conversation")
        return Person(colleague_id, found[0])

    async def _team(self, team_id: str) -> Team:
        found = await self._roster.team(team_id)
        return Team(found.id, {"zh": found.name["zh"], "en": found.name["en"]})


def _person(who: SignedIn) -> Person:
    return Person(who.id, who.name)
