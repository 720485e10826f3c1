"""The agents' side: who may see, take, answer, give back and close which conversation."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.case_interfaces import DeskWork, StaleView
from handoff.interfaces import Case, Line, Outcome, Suggested
from handoff.sentences import said
from identity.service import Role, SignedIn
from kit.errors import Conflict, Forbidden, NotFound

DESK_ROLES = (Role.AGENT, Role.SUPERVISOR)


@dataclass(frozen=True)
class Lists:
    """What the left pane shows; ``consulted`` are colleagues' conversations in which this agent gives advice."""

    waiting: list[Case]
    mine: list[Case]
    consulted: list[Case]


class Desk:
    """Checks that a conversation is the caller's before anything is read or done.

    Args:
        conversations: does it.
        elsewhere: whether another desk takes conversations in the place of this one.
    """

    def __init__(self, conversations: DeskWork, *, elsewhere: bool = False) -> None:
        self._conversations = conversations
        self._elsewhere = elsewhere

    async def lists(self, who: SignedIn) -> Lists:
        """Everybody who waits, and whom this agent is talking to."""
        who.require(*DESK_ROLES)
        return Lists(
            await self._conversations.waiting(),
            await self._conversations.held_by(who.id),
            await self._conversations.consulted_by(who.id),
        )

    async def take(self, who: SignedIn, conversation_id: str) -> Case:
        """Take a waiting conversation; taking one's own again changes nothing."""
        who.require(*DESK_ROLES)
        case = await self._conversations.case(conversation_id)
        if case.owner == "agent" and case.agent_id == who.id:
            return case
        if self._elsewhere:
            raise Conflict("Conversations are taken at another desk here.", code="desk_elsewhere")
        return await self._conversations.take(case, who.id, who.name)

    async def case(self, who: SignedIn, conversation_id: str) -> Case:
        """A conversation that the caller may read: an agent's own or one they are consulted in, a supervisor's any.

        Raises:
            NotFound: it is another agent's, or there is none: both look alike.
        """
        who.require(*DESK_ROLES)
        case = await self._conversations.case(conversation_id)
        own = case.owner == "agent" and (case.agent_id == who.id or who.id in case.consulted)
        if not own and who.roles.isdisjoint({Role.SUPERVISOR, Role.ADMIN}):
            raise NotFound(said("conversation_not_yours"), code="conversation_not_found")
        return case

    async def lines(self, who: SignedIn, conversation_id: str, after: int = 0) -> list[Line]:
        """The messages of a conversation that the caller may read."""
        await self.case(who, conversation_id)
        return await self._conversations.lines(conversation_id, after)

    async def reply(
        self, who: SignedIn, conversation_id: str, client_id: str, text: str, suggested: Suggested | None = None
    ) -> Line:
        """Say something to the customer; ``suggested`` is the answer that the text began as."""
        who.require(*DESK_ROLES)
        return await self._conversations.reply(conversation_id, who.id, who.name, client_id, text, suggested)

    async def give_back(self, who: SignedIn, conversation_id: str, version: int | None = None) -> Case:
        """Let the bot go on."""
        return await self._conversations.give_back(await self.own(who, conversation_id, version), who.name)

    async def close(
        self, who: SignedIn, conversation_id: str, outcome: Outcome | None = None, version: int | None = None
    ) -> Case:
        """End the conversation, and say how it went."""
        return await self._conversations.close(await self.own(who, conversation_id, version), who.name, outcome)

    async def own(self, who: SignedIn, conversation_id: str, version: int | None = None) -> Case:
        """A conversation that the caller has.

        Args:
            who: the caller.
            conversation_id: the conversation.
            version: the one that the caller saw; None takes any.

        Raises:
            NotFound: the caller may not even read it.
            Forbidden: it is not theirs.
            StaleView: it has changed since the caller saw it, in another tab perhaps.
        """
        case = await self.case(who, conversation_id)
        if case.agent_id != who.id or case.owner != "agent":
            raise Forbidden("Take the conversation first.", code="not_owner")
        check_version(case, version)
        return case


def check_version(case: Case, version: int | None) -> None:
    """Raise ``StaleView`` when the caller saw another version."""
    if version is not None and case.version != version:
        raise StaleView("This conversation has just been changed, perhaps in another tab. Look at it again.")
