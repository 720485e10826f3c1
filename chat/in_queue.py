"""What changes while a customer waits for a person: it turns out to be urgent, or they give up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from chat.current_turn import CurrentTurn
from chat.models import Conversation, OwnerChange
from chat.ownership import Owner, OwnerChanged
from chat.queueing import moved_up, topic_of, waiting_line
from chat.repository import ChatRepository
from chat.service import LINES_OF_TOPIC, OUT_OF_QUEUE, ChatService, language_of
from chat.texts import text as say
from handoff.policy import Handoff, Reason
from handoff.priority import CustomerClass, priority_of
from handoff.roster import read_teams_of
from handoff.teams import team_for

log = structlog.get_logger(__name__)

NOTED = "noted"


class QueueingConversations(ChatService):
    """Conversations in the queue."""

    async def more_urgent(self, turn: CurrentTurn, decided: Handoff) -> bool:
        """What somebody writes who waits already calls for a person with more right than what they wait for.

        They move up to the place of their new class, to the team that the new reason asks for, and are told the first
        line of the row that decided, once a wait. Nobody moves down by what they write.

        Returns:
            Whether it was so; not when they no longer wait.
        """
        now = self.clock.now()
        async with self.database.write() as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, turn.conversation.id)
            if conversation.owner != Owner.WAITING:
                return False
            priority = priority_of(decided.reason, CustomerClass(conversation.customer_class), decided.priority)
            known = await repository.owner_changes(conversation.id)
            told_anew = bool(decided.say) and decided.rule not in _rules_of_wait(known)
            if priority < conversation.priority or (priority == conversation.priority and not told_anew):
                return False
            await self._move_up(repository, conversation, decided, turn, now)
        log.info("more_urgent", conversation_id=conversation.id, reason=decided.reason.value)
        await self.changed(conversation.id, queue=True)
        return True

    async def _move_up(
        self,
        repository: ChatRepository,
        conversation: Conversation,
        decided: Handoff,
        turn: CurrentTurn,
        now: datetime,
    ) -> None:
        await turn.store(repository, conversation)  # what they wait for now is read from it
        scenario = topic_of(await repository.customer_lines(conversation.id, LINES_OF_TOPIC), self.rules.scenario_of)
        team = team_for(await read_teams_of(repository.session), decided.reason, scenario, now)
        await repository.change_owner(
            conversation,
            Owner.WAITING,
            actor="policy",
            at=now,
            reason=decided.reason.value,
            policy={"version": decided.version, "rule": decided.rule, "inputs": turn.inputs},
            values={"reason": decided.reason.value, **moved_up(conversation, decided, scenario, team, now, self.rules)},
        )
        if decided.say or decided.reason is Reason.COMPLAINT:
            ahead = await repository.waiting_before(conversation)
            line = waiting_line(language_of(conversation), decided, ahead, team, now)
            await self._notice(repository, conversation, "urgent", line)

    async def left_to_person(self, turn: CurrentTurn) -> bool:
        """What somebody writes who waits, and the bot is not sure of, is for the person: they are told so, once a wait.

        Returns:
            Whether they were told.
        """
        async with self.database.write() as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, turn.conversation.id)
            told = [kind for _, kind in await repository.notices(conversation.id) if kind != "urgent"]
            if conversation.owner != Owner.WAITING or NOTED in told[-1:]:
                return False
            await self._notice(repository, conversation, NOTED, say(language_of(conversation), NOTED))
        await self.changed(conversation.id)
        return True

    async def cancel_waiting(self, conversation_id: str) -> Conversation:
        """The customer gives up waiting; the bot goes on.

        Raises:
            OwnerChanged: the conversation is not waiting.
        """
        async with self.database.write(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            if conversation.owner != Owner.WAITING:
                raise OwnerChanged("This conversation is not waiting for a person.")
            await repository.change_owner(
                conversation,
                Owner.BOT,
                actor="customer",
                at=self.clock.now(),
                reason="cancelled",
                values=OUT_OF_QUEUE,
            )
            await self._notice(repository, conversation, "cancelled", say(language_of(conversation), "cancelled"))
        await self.changed(conversation_id, queue=True)
        return conversation


def _rules_of_wait(changes: Sequence[OwnerChange]) -> set[str]:
    """The rows of the policy that decided since the customer entered the queue."""
    entered = max((at for at, each in enumerate(changes) if each.from_owner != Owner.WAITING), default=0)
    return {str(each.policy.get("rule", "")) for each in changes[entered:]}
