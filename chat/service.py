"""Conversations: created, written to, owned by one speaker at a time. The desk's side of them is in ``desk.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog

from chat.current_turn import CurrentTurn, read_turn
from chat.models import Conversation, Message
from chat.ownership import Owner
from chat.queueing import QueueRules, place_in_queue, topic_of, waiting_line
from chat.repository import ChatRepository
from chat.sentences import said
from handoff.interfaces import FOUND, QUEUE, conversation_topic
from handoff.policy import Handoff, Reason
from handoff.priority import CustomerClass
from handoff.roster import read_teams_of
from handoff.teams import team_for
from identity.service import new_token, token_digest, token_matches
from kb.content import Lang
from kit.clock import Clock
from kit.counters import handoffs
from kit.database import Database
from kit.errors import Conflict, InvalidRequest, NotFound
from kit.events import Event, Events

log = structlog.get_logger(__name__)

MAX_TEXT = 2000
LINES_OF_TOPIC = 5
OUT_OF_QUEUE: dict[str, Any] = {"reason": None, "waiting_since": None, "queue_since": None, "priority": 0}


class ConversationNotFound(NotFound):
    """There is none, or the token is not its own."""

    code = "conversation_not_found"


class ConversationClosed(Conflict):
    """It has ended; a new one must be started."""

    code = "conversation_closed"


@dataclass(frozen=True)
class Stored:
    """A customer's message as it was stored.

    Args:
        repeated: whether the client had sent it before.
        turn: its turn, where that was claimed with the message; None where somebody is taking turns already.
    """

    message: Message
    repeated: bool = False
    turn: CurrentTurn | None = None


@dataclass(frozen=True)
class Committed:
    """What this process has just added to a conversation, given along with the event that tells of it.

    Args:
        conversation: as it was committed.
        messages: at least one, in order.
    """

    conversation: Conversation
    messages: Sequence[Message]

    def continues(self, last_seq: int) -> bool:
        """Whether somebody who has all up to a sequence number has all with it, and need not read."""
        return self.messages[0].seq == last_seq + 1 and self.messages[-1].seq == self.conversation.last_seq


def language_of(conversation: Conversation) -> Lang:
    """The language in which the conversation is answered."""
    return "en" if conversation.language == "en" else "zh"


class ChatService:
    """What customers, and the turn, do with conversations."""

    def __init__(self, database: Database, events: Events, clock: Clock, rules: QueueRules = QueueRules()) -> None:
        self.database = database
        self.events = events
        self.clock = clock
        self.rules = rules
        self.queue_changed: Callable[[], None] | None = None

    async def create(
        self,
        language: Lang,
        channel: str,
        customer_class: CustomerClass = CustomerClass.STANDARD,
        customer_id: str | None = None,
    ) -> tuple[Conversation, str]:
        """A new conversation with the bot, and the token that opens it; ``customer_id`` is who has had others.

        The agent whom they talked to last is asked first here too.
        """
        token = new_token()
        conversation = Conversation(
            id=uuid4().hex,
            token_hash=token_digest(token),
            customer_id=customer_id,
            channel=channel,
            language=language,
            customer_class=customer_class.value,
            owner=Owner.BOT.value,
            created_at=self.clock.now(),
        )
        async with self.database.write(brief=True) as session:
            repository = ChatRepository(session)
            if customer_id is not None and (last := await repository.last_agent_of(customer_id)):
                conversation.last_agent_id, conversation.last_agent_at = last
            repository.add(conversation)
        return conversation, token

    async def opened_by(self, conversation_id: str, token: str) -> Conversation:
        """The conversation, if ``token`` is its own.

        Raises:
            ConversationNotFound: it is not; whether the conversation exists is not told.
        """
        async with self.database.read(brief=True) as session:
            conversation = await ChatRepository(session).conversation(conversation_id)
        if conversation is None or not token_matches(token, conversation.token_hash):
            raise ConversationNotFound(said("conversation_of_another"))
        return conversation

    async def current(self, conversation_id: str) -> Conversation:
        """The conversation as it is now."""
        async with self.database.read(brief=True) as session:
            conversation = await ChatRepository(session).conversation(conversation_id)
        if conversation is None:
            raise ConversationNotFound(said("conversation_unknown"))
        return conversation

    async def queue_position(self, conversation: Conversation) -> int | None:
        """1 for the next in line; None when not waiting."""
        if conversation.owner != Owner.WAITING:
            return None
        async with self.database.read(brief=True) as session:
            return await ChatRepository(session).waiting_before(conversation) + 1

    async def post(
        self,
        conversation_id: str,
        client_id: str,
        text: str,
        language: Lang,
        choice: str | None = None,
        *,
        claim: timedelta | None = None,
    ) -> Stored:
        """Store a customer's message. It is committed when this returns, and the same ``client_id`` is stored once.

        Args:
            claim: claim the message's turn for so long, if nobody is taking turns in the conversation.

        Raises:
            ConversationClosed: the conversation has ended.
            InvalidRequest: the text is empty or longer than ``MAX_TEXT``.
        """
        text = text.replace("\x00", "")  # PostgreSQL keeps none
        if not text.strip() or len(text) > MAX_TEXT:
            raise InvalidRequest(said("message_length", most=MAX_TEXT), code="invalid_text")
        async with self.database.write(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            known = await repository.by_client_id(conversation_id, "customer", client_id)
            if known is not None:
                return Stored(known, repeated=True)
            if conversation.owner == Owner.CLOSED:
                raise ConversationClosed(said("conversation_ended"))
            conversation.language = language
            message = Message(
                client_id=client_id,
                sender="customer",
                kind="text",
                text=text,
                language=language,
                data={"choice": choice} if choice else {},
                created_at=self.clock.now(),
            )
            now = self.clock.now()
            is_free = claim is not None and ChatRepository.is_free(conversation, now)
            if claim is not None and is_free:
                conversation.turn_until = now + claim
            await repository.append(conversation, message)
            turn = await read_turn(session, conversation, message) if is_free else None
        await self.changed(conversation_id, Committed(conversation, [message]))
        return Stored(message, turn=turn)

    async def messages(self, conversation_id: str, after: int) -> list[Message]:
        """Messages after a sequence number, in order."""
        async with self.database.read(brief=True) as session:
            return await ChatRepository(session).messages(conversation_id, after)

    async def seen(self, conversation_id: str, after: int) -> tuple[Conversation, Sequence[Message]]:
        """The conversation as it is now, and its messages after a sequence number, in order."""
        async with self.database.read(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(conversation_id)
            messages = await repository.messages(conversation_id, after)
        if conversation is None:
            raise ConversationNotFound(said("conversation_unknown"))
        return conversation, messages

    async def say(
        self,
        conversation_id: str,
        messages: list[dict[str, Any]],
        language: Lang,
        *,
        while_owner: tuple[Owner, ...],
        turn: CurrentTurn | None = None,
    ) -> Conversation | None:
        """Store what the bot says, unless the owner has changed meanwhile.

        Args:
            turn: the turn that is over with it; a worker that dies leaves both, or neither. Where nothing is said, what
                was found of the turn is stored all the same.

        Returns:
            The conversation; None where nothing was stored.
        """
        async with self.database.write(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            is_said = conversation.owner in while_owner and not (
                turn and await turn.was_called_away(repository, conversation)
            )
            if turn is not None:
                if not is_said:
                    turn.left_unsaid()
                await turn.store(repository, conversation)
                if is_said:
                    repository.end(conversation, turn.message)
            stored = [
                await repository.append(
                    conversation,
                    Message(
                        sender="bot",
                        kind=message["kind"],
                        text=message["text"],
                        language=language,
                        data=message["data"],
                        created_at=self.clock.now(),
                    ),
                )
                for message in (messages if is_said else ())
            ]
        if is_said or turn is not None:
            await self.changed(conversation_id, Committed(conversation, stored) if stored else None)
        return conversation if is_said else None

    async def hand_off(
        self,
        conversation_id: str,
        needed: Handoff | Reason,
        *,
        actor: str,
        inputs: dict[str, Any] | None = None,
        slots: dict[str, Any] | None = None,
        turn: CurrentTurn | None = None,
    ) -> bool:
        """Put the conversation into the queue of its team and tell the customer; False when a person has it, or is on
        the way.

        Args:
            needed: the policy's decision, or a bare reason where no policy was asked.
            inputs: what the decision was based on; kept with the row of the policy and its version.
            turn: in which it is needed; what was found of it is stored, whether a person is on the way or not.
        """
        decided = needed if isinstance(needed, Handoff) else Handoff(needed)
        reason = decided.reason
        now = self.clock.now()
        async with self.database.write(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            if turn is not None:
                await turn.store(repository, conversation)
            is_needed = conversation.owner == Owner.BOT
            if is_needed:
                await self._enqueue(repository, conversation, decided, actor, inputs or {}, slots or {}, now)
                if turn is not None:
                    turn.conversation = conversation
        if is_needed:
            handoffs.labels(reason.value).inc()
            log.info("handed_off", conversation_id=conversation_id, reason=reason.value)
        if is_needed or turn is not None:
            await self.changed(conversation_id, queue=is_needed)
        return is_needed

    async def _enqueue(
        self,
        repository: ChatRepository,
        conversation: Conversation,
        decided: Handoff,
        actor: str,
        inputs: dict[str, Any],
        slots: dict[str, Any],
        now: datetime,
    ) -> None:
        reason = decided.reason
        said = await repository.customer_lines(conversation.id, LINES_OF_TOPIC)
        scenario = topic_of(said, self.rules.scenario_of)
        team = team_for(await read_teams_of(repository.session), reason, scenario, now)
        await repository.change_owner(
            conversation,
            Owner.WAITING,
            actor=actor,
            at=now,
            reason=reason.value,
            policy={"version": decided.version, "rule": decided.rule, "inputs": inputs},
            values={
                "reason": reason.value,
                **place_in_queue(conversation, decided, scenario, team, now, self.rules),
                "slots": {**conversation.slots, **slots},
                "unhelped_turns": 0,
                "angry_turns": 0,
            },
        )
        ahead = await repository.waiting_before(conversation)
        line = waiting_line(language_of(conversation), decided, ahead, team, now)
        await self._notice(repository, conversation, "waiting", line)

    async def feedback(self, conversation_id: str, seq: int, helpful: bool) -> None:
        """Note whether an answer helped. One that did not counts as an unhelped turn.

        Raises:
            NotFound: there is no such answer.
        """
        async with self.database.write(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            message = await repository.message(conversation_id, seq)
            if message is None or message.sender != "bot":
                raise NotFound(said("message_not_found"), code="message_not_found")
            if message.helpful is None and not helpful:
                conversation.unhelped_turns += 1
            await repository.vote(conversation, message, helpful, self.clock.now())

    async def changed(self, conversation_id: str, news: Committed | None = None, *, queue: bool = False) -> None:
        """Tell whoever watches; those whom ``news`` reach need not read it."""
        await self.events.publish(Event(conversation_topic(conversation_id), news=news))
        if queue:
            await self.events.publish(Event(QUEUE))
            if self.queue_changed is not None:
                self.queue_changed()

    async def found(self, conversation_id: str) -> None:
        """Tell staff who watch that more is known of what the customer has said."""
        await self.events.publish(Event(conversation_topic(conversation_id), FOUND))

    async def typing(self, conversation_id: str, sender: str, active: bool) -> None:
        """A hint that is not stored."""
        data = {"sender": sender, "active": active}
        await self.events.publish(Event(conversation_topic(conversation_id), "typing", data))

    async def _notice(
        self, repository: ChatRepository, conversation: Conversation, event: str, line: str, **data: str
    ) -> None:
        message = Message(
            sender="system",
            kind="notice",
            text=line,
            language=conversation.language,
            data={"event": event, **data},
            created_at=self.clock.now(),
        )
        await repository.append(conversation, message)

    async def _locked(self, repository: ChatRepository, conversation_id: str) -> Conversation:
        conversation = await repository.conversation(conversation_id, lock=True)
        if conversation is None:
            raise ConversationNotFound(said("conversation_unknown"))
        return conversation
