"""Messages that customers leave instead of waiting: a reference number, a promise, and a case at the desk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from chat.giving import AlreadyTaken, GivingConversations
from chat.models import Conversation
from chat.ownership import Owner, OwnerChanged
from chat.queueing import topic_of
from chat.repository import ChatRepository
from chat.sentences import said
from chat.service import LINES_OF_TOPIC, MAX_TEXT, OUT_OF_QUEUE, ConversationClosed, language_of
from chat.texts import text as say
from handoff.hours import after_open_time
from handoff.interfaces import QUEUE, Lang
from handoff.models import LeftMessage
from handoff.policy import Handoff, Reason
from handoff.priority import CustomerClass, priority_of
from handoff.repository import RosterRepository
from handoff.roster import read_teams_of
from handoff.routing import DEFAULT_TEAM
from handoff.spoken import spoken_moment
from handoff.teams import BUILT_IN, TeamDefinition, team_for
from kit.errors import Forbidden, InvalidRequest, NotFound
from kit.events import Event

MAX_CONTACT = 200
REASON = "left_message"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Left:
    """A stored message with the zone in which its promise is said; ``repeated`` when it had been left before."""

    message: LeftMessage
    time_zone: str
    repeated: bool = False


def new_reference() -> str:
    """Eight letters and digits that are not mistaken for one another, such as ``7K3Q-9XWD``."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


class MessageLeaving(GivingConversations):
    """What customers and agents do with left messages."""

    async def leave_message(
        self, conversation_id: str, client_id: str, text: str, contact: str, needed: Handoff | None = None
    ) -> Left:
        """Store a message; who waits stops waiting, and the bot goes on. The same ``client_id`` is stored once.

        Args:
            needed: what the policy makes of its words. It gives the message its class, and whoever is in danger is told
                what to do until somebody answers.

        Raises:
            ConversationClosed: the conversation has ended.
            OwnerChanged: a person is in the conversation.
            InvalidRequest: the text is empty or too long.
        """
        text, contact = text.replace("\x00", "").strip(), contact.replace("\x00", "").strip()
        if not text or len(text) > MAX_TEXT or len(contact) > MAX_CONTACT:
            raise InvalidRequest(said("message_length", most=MAX_TEXT), code="invalid_text")
        now = self.clock.now()
        async with self.database.write() as session:
            repository, roster = ChatRepository(session), RosterRepository(session)
            conversation = await self._locked(repository, conversation_id)
            teams = await read_teams_of(session)
            known = await roster.message_by_client(conversation_id, client_id)
            if known is not None:
                return Left(known, teams.get(known.team, BUILT_IN).time_zone, repeated=True)
            if conversation.owner == Owner.CLOSED:
                raise ConversationClosed(said("conversation_ended"))
            if conversation.owner == Owner.AGENT:
                raise OwnerChanged("A colleague is here. Please write to them.")
            team = await self._team_of_message(repository, conversation, teams, now)
            message = LeftMessage(
                reference=new_reference(),
                conversation_id=conversation_id,
                client_id=client_id,
                team=team.id,
                language=conversation.language,
                priority=_priority(conversation, needed),
                text=text,
                contact=contact,
                state="open",
                created_at=now,
                promised_at=after_open_time(team.schedule, now, team.message_hours),
            )
            roster.add_message(message)
            if conversation.owner == Owner.WAITING:
                await repository.change_owner(
                    conversation, Owner.BOT, actor="customer", at=now, reason=REASON, values=OUT_OF_QUEUE
                )
            left = Left(message, team.time_zone)
            language = language_of(conversation)
            promise = promise_of(left, now, language)
            key = "message_left" if promise else "message_left_open"
            line = say(language, key, reference=message.reference, promise=promise)
            if needed is not None and needed.say_away:
                line = f"{needed.say_away[language]}\n{line}"
            await self._notice(
                repository, conversation, "message_left", line, reference=message.reference, message=text
            )
        await self.changed(conversation_id, queue=True)
        return left

    async def _team_of_message(
        self, repository: ChatRepository, conversation: Conversation, teams: dict[str, TeamDefinition], now: datetime
    ) -> TeamDefinition:
        if conversation.owner == Owner.WAITING and conversation.team is not None:
            return teams.get(conversation.team, teams[DEFAULT_TEAM])
        said = await repository.customer_lines(conversation.id, LINES_OF_TOPIC)
        return team_for(teams, Reason.ASKED_FOR_HUMAN, topic_of(said, self.rules.scenario_of), now)

    async def left_messages(self) -> list[LeftMessage]:
        """Those that nobody is done with: of the vulnerable first, then the earliest promise."""
        async with self.database.read() as session:
            return await RosterRepository(session).open_messages()

    async def message_holders(self) -> set[int]:
        """Agents who look after left messages."""
        async with self.database.read() as session:
            return await RosterRepository(session).message_holders()

    async def reopen_messages(self, agent_id: int) -> int:
        """Put the messages of an agent who is gone back among the open ones, each under its promise."""
        async with self.database.write() as session:
            reopened = await RosterRepository(session).reopen_messages(agent_id)
        if reopened:
            await self.events.publish(Event(QUEUE))
        return reopened

    async def take_message(self, reference: str, agent_id: int, agent_name: str) -> LeftMessage:
        """Look after a message. Its conversation comes along where it is with the bot or in the queue, so that the
        agent sees everything and can answer in it.

        Raises:
            NotFound: there is no such message.
            AlreadyTaken: a colleague looks after it.
            AtCapacity: the agent has as many conversations as they may have; the message stays open.
        """
        now = self.clock.now()
        async with self.database.write() as session:
            roster, repository = RosterRepository(session), ChatRepository(session)
            found = await _message(roster, reference)
            presence = await self.check_agent(session, agent_id, automatic=False)
            conversation = await self._locked(repository, found.conversation_id)
            message = await _message(roster, reference, lock=True)
            if message.state != "open":
                raise AlreadyTaken("A colleague looks after this message.")
            message.state, message.agent_id, message.agent_name, message.taken_at = "taken", agent_id, agent_name, now
            if conversation.owner == Owner.BOT:
                place = {"waiting_since": now, "queue_since": now, "team": message.team, "priority": message.priority}
                await repository.change_owner(
                    conversation,
                    Owner.WAITING,
                    actor=agent_name,
                    at=now,
                    reason=REASON,
                    values={**place, "reason": Reason.ASKED_FOR_HUMAN.value},
                )
            if conversation.owner == Owner.WAITING:
                await self.join(repository, conversation, presence, agent_id, agent_name, automatic=False)
        await self.changed(message.conversation_id, queue=True)
        return message

    async def finish_message(self, reference: str, agent_id: int, *, in_charge: bool) -> LeftMessage:
        """The customer has been answered.

        Raises:
            NotFound: there is no such message.
            Forbidden: somebody else looks after it, and the caller is no supervisor.
        """
        async with self.database.write() as session:
            message = await _message(RosterRepository(session), reference, lock=True)
            if message.agent_id != agent_id and not in_charge:
                raise Forbidden("Take the message first.", code="not_owner")
            message.state, message.done_at = "done", message.done_at or self.clock.now()
        await self.changed(message.conversation_id, queue=True)
        return message


def promise_of(left: Left, now: datetime, language: Lang) -> str:
    """By when it is answered, as it is said to the customer; empty when nothing is promised."""
    at = left.message.promised_at
    return "" if at is None else spoken_moment(at, now, left.time_zone, language)


def _priority(conversation: Conversation, needed: Handoff | None) -> int:
    reason, of_rule = (needed.reason, needed.priority) if needed else (Reason.ASKED_FOR_HUMAN, 0)
    return max(int(priority_of(reason, CustomerClass(conversation.customer_class), of_rule)), conversation.priority)


async def _message(roster: RosterRepository, reference: str, *, lock: bool = False) -> LeftMessage:
    message = await roster.message(reference.strip().upper(), lock=lock)
    if message is None:
        raise NotFound(said("left_message_not_found"), code="message_not_found")
    return message
