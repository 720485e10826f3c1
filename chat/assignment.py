"""The queue moves by itself: waiting conversations go to agents, and those of agents who dropped off come back.

Every worker runs this; what two of them do at the same moment one does, because each change of owner is a
compare-and-swap under the agent's lock. A worker acts at once on what it has changed itself, and every few seconds on
everything else: hours that open, patience that ends, workers that died.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Container
from datetime import timedelta

import structlog

from chat.channels import is_business
from chat.desk import DeskConversations
from chat.giving import AlreadyTaken, AtCapacity
from chat.models import Conversation
from chat.ownership import Owner
from chat.repository import ChatRepository
from handoff.roster import Roster, read_members_of, read_teams_of, team_states
from handoff.routing import DEFAULT_TEAM, Assignment, Waiting, assign
from kit.counters import count_degraded
from kit.errors import Unavailable

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 3.0
TIDY_SECONDS = 900.0


class QueueRunner:
    """Keeps the queue moving in the background."""

    def __init__(self, conversations: DeskConversations, roster: Roster) -> None:
        self._conversations = conversations
        self._roster = roster
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._tidied = conversations.clock.now()
        self._swept_at = -math.inf

    async def start(self) -> None:
        """Begin."""
        self._conversations.queue_changed = self.wake
        self._roster.presence_changed = self._sweep_soon
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def wake(self) -> None:
        """The queue has changed: look at once."""
        self._wake.set()

    def _sweep_soon(self) -> None:
        """Somebody came or went: look at once, also at what they hold."""
        self._swept_at = -math.inf
        self.wake()

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                if now() - self._swept_at >= SWEEP_SECONDS:
                    self._swept_at = now()
                    await self._sweep()
                await self.drain()
            except Unavailable:
                continue  # counted where it was noticed; the next round tries again
            except Exception as error:  # edge of a background task; customers must not wait for ever
                count_degraded("queue_failed")
                log.error("queue_failed", exc_info=error)

    async def _sweep(self) -> None:
        try:
            await self.return_dropped()
            await self._tidy()
        except BaseException:
            self._swept_at = -math.inf  # it is still to be done
            raise

    async def _tidy(self) -> None:
        now = self._conversations.clock.now()
        if now - self._tidied > timedelta(seconds=TIDY_SECONDS):
            self._tidied = now
            await self._roster.forget_silent()

    async def drain(self) -> list[Assignment]:
        """Give away what may be given away now; returns what was."""
        now = self._conversations.clock.now()
        async with self._conversations.database.read() as session:
            found = await ChatRepository(session).by_owner(Owner.WAITING)
            # A tester leaves the queue by itself: no agent is interrupted for it.
            waiting = [conversation for conversation in found if is_business(conversation.channel)]
            if not waiting:
                return []
            teams = await read_teams_of(session)
            members = await read_members_of(session, self._roster.rules)
            loads = await ChatRepository(session).loads()
        timing, patience = self._roster.rules.timing, self._roster.rules.patience
        agents = [member.state(loads.get(member.id, 0), now, timing) for member in members.values()]
        queue = [as_waiting(conversation, teams) for conversation in waiting]
        plan = assign(queue, agents, team_states(teams, now), now, patience)
        versions = {conversation.id: conversation.version for conversation in waiting}
        done = []
        for assignment in plan:
            member = members[assignment.agent]
            try:
                await self._conversations.give(
                    assignment.conversation, versions[assignment.conversation], member.id, member.name, automatic=True
                )
                done.append(assignment)
            except (AlreadyTaken, AtCapacity):
                continue  # another worker was quicker, or the agent has just gone on a break
        return done

    async def return_dropped(self) -> int:
        """Put the conversations of agents who have dropped off, or left for good, into the queue; returns how many.

        The messages that they have taken and not answered are open again.
        """
        holders = await self._conversations.message_holders() | (await self._conversations.loads()).keys()
        if not holders:
            return 0
        returned = 0
        for agent_id in await self._roster.absent(holders):
            await self._conversations.reopen_messages(agent_id)
            for case in await self._conversations.held_by(agent_id):
                if await self._conversations.return_to_queue(case.id, agent_id, case.agent_name or ""):
                    count_degraded("agent_dropped")
                    log.warning("agent_dropped", conversation_id=case.id, agent_id=agent_id)
                    returned += 1
        return returned


def as_waiting(conversation: Conversation, teams: Container[str]) -> Waiting:
    """A stored conversation as the rules see it; one whose team is no more is the general team's."""
    since = conversation.waiting_since or conversation.created_at
    return Waiting(
        id=conversation.id,
        team=conversation.team if conversation.team in teams and conversation.team else DEFAULT_TEAM,
        language=conversation.language,
        queue_since=conversation.queue_since or since,
        waiting_since=since,
        scenario=conversation.scenario,
        last_agent=conversation.last_agent_id,
        last_agent_at=conversation.last_agent_at,
    )
