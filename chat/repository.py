"""All SQL of conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Table, bindparam, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from chat.channels import TEST_CHANNELS, is_business
from chat.models import Conversation, Message, OwnerChange
from chat.ownership import Owner, OwnerChanged, check_change
from chat.records.repository import Records
from handoff.routing import DEFAULT_TEAM
from kit.database import Moment

TOPIC_LASTS = timedelta(minutes=30)
NEVER = 2**31 - 1  # the sequence number of no message
_QUEUE_SINCE = func.coalesce(Conversation.queue_since, Conversation.waiting_since)
_TEAM = func.coalesce(Conversation.team, DEFAULT_TEAM)

# Asked many times a turn, and built once: SQLAlchemy takes longer to build a query than SQLite to answer it.
_CONVERSATION = select(Conversation).where(Conversation.id == bindparam("id"))
_CONVERSATION_LOCKED = _CONVERSATION.with_for_update()
_OF_CONVERSATION = select(Message).where(Message.conversation_id == bindparam("id"))
_OF_CUSTOMER = _OF_CONVERSATION.where(Message.sender == "customer")
_SENT = _OF_CONVERSATION.where(Message.sender == bindparam("sender"), Message.client_id == bindparam("client_id"))
_LIMIT = bindparam("limit", type_=Integer)
_TABLE = cast(Table, Message.__table__)
_MESSAGES = _OF_CONVERSATION.where(Message.seq > bindparam("after")).order_by(Message.seq).limit(_LIMIT)
_CUSTOMER_MESSAGES = _OF_CUSTOMER.where(Message.seq > bindparam("after")).order_by(Message.seq).limit(_LIMIT)
_CUSTOMER_LINES = _OF_CUSTOMER.where(Message.seq < bindparam("before")).order_by(Message.seq.desc()).limit(_LIMIT)
# What is new in the transaction is none of these, and is stored with all else when it ends.
_EARLIER_LINES = _CUSTOMER_LINES.execution_options(autoflush=False)
_FOUND = select(Message.turn).where(Message.conversation_id == bindparam("id"), Message.seq == bindparam("at"))
_KEEP_FOUND = (
    update(_TABLE)
    .where(_TABLE.c.conversation_id == bindparam("id"), _TABLE.c.seq == bindparam("at"))
    .values(turn=bindparam("found"))
)


class ChatRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @property
    def session(self) -> AsyncSession:
        """The transaction, for another repository that works in the same one."""
        return self._session

    def add(self, conversation: Conversation) -> None:
        """A new conversation."""
        self._session.add(conversation)

    async def last_agent_of(self, customer_id: str) -> tuple[int, datetime] | None:
        """The agent whom a customer talked to last, in whichever conversation, and when it ended."""
        found = await self._session.execute(
            select(Conversation.last_agent_id, Conversation.last_agent_at)
            .where(Conversation.customer_id == customer_id, Conversation.last_agent_id.is_not(None))
            .order_by(Conversation.last_agent_at.desc())
            .limit(1)
        )
        agent_id, at = found.one_or_none() or (None, None)
        return None if agent_id is None or at is None else (agent_id, at)

    async def conversation(self, conversation_id: str, *, lock: bool = False) -> Conversation | None:
        """One conversation; with ``lock``, nobody else changes it before this transaction ends."""
        statement = _CONVERSATION_LOCKED if lock else _CONVERSATION
        return (await self._session.execute(statement, {"id": conversation_id})).scalar_one_or_none()

    async def by_owner(self, owner: Owner, agent_id: int | None = None) -> list[Conversation]:
        """Conversations of an owner, in the order of the queue."""
        statement = select(Conversation).where(Conversation.owner == owner)
        if agent_id is not None:
            statement = statement.where(Conversation.agent_id == agent_id)
        statement = statement.order_by(_QUEUE_SINCE, Conversation.id)
        return list((await self._session.execute(statement)).scalars())

    async def waiting_before(self, conversation: Conversation) -> int:
        """How many wait in front of a waiting conversation for the same team."""
        count = await self._session.execute(
            select(func.count())
            .select_from(Conversation)
            .where(
                Conversation.owner == Owner.WAITING,
                literal(conversation.team or DEFAULT_TEAM) == _TEAM,
                tuple_(_QUEUE_SINCE, Conversation.id)
                < tuple_(
                    literal(conversation.queue_since or conversation.waiting_since, Moment),
                    literal(conversation.id),
                ),
            )
        )
        return count.scalar_one()

    async def places(self) -> dict[str, int]:
        """How many wait in front of each conversation that waits, for the same team."""
        statement = select(Conversation.id, _TEAM).where(Conversation.owner == Owner.WAITING)
        before: Counter[str] = Counter()
        places: dict[str, int] = {}
        for conversation_id, team in await self._session.execute(statement.order_by(_QUEUE_SINCE, Conversation.id)):
            places[conversation_id] = before[team]
            before[team] += 1
        return places

    async def waiting_by_team(self) -> dict[str, int]:
        """How many wait for each team."""
        statement = select(_TEAM, func.count()).where(Conversation.owner == Owner.WAITING).group_by(_TEAM)
        return {row[0]: row[1] for row in (await self._session.execute(statement)).all()}

    async def loads(self) -> dict[int, int]:
        """How many conversations each agent has."""
        statement = select(Conversation.agent_id, func.count()).where(
            Conversation.owner == Owner.AGENT, Conversation.agent_id.is_not(None)
        )
        rows = (await self._session.execute(statement.group_by(Conversation.agent_id))).all()
        return {agent_id: count for agent_id, count in rows if agent_id is not None}

    async def load_of(self, agent_id: int) -> int:
        """How many conversations one agent has."""
        statement = (
            select(func.count())
            .select_from(Conversation)
            .where(Conversation.owner == Owner.AGENT, Conversation.agent_id == agent_id)
        )
        return (await self._session.execute(statement)).scalar_one()

    async def handle_seconds(self, team: str, since: datetime, limit: int) -> list[float]:
        """How long agents had the conversations of a team that they have finished lately, the newest first."""
        ended = aliased(OwnerChange)
        statement = (
            select(OwnerChange.at, ended.at)
            .join(
                ended,
                (ended.conversation_id == OwnerChange.conversation_id) & (ended.version == OwnerChange.version + 1),
            )
            .where(
                OwnerChange.to_owner == Owner.AGENT,
                func.coalesce(OwnerChange.team, DEFAULT_TEAM) == team,
                ended.to_owner.in_((Owner.BOT, Owner.CLOSED)),
                ended.at >= since,
            )
            .order_by(ended.at.desc())
            .limit(limit)
        )
        return [(row[1] - row[0]).total_seconds() for row in (await self._session.execute(statement)).all()]

    async def by_client_id(self, conversation_id: str, sender: str, client_id: str) -> Message | None:
        """The message that a client has sent before under this id."""
        sent = {"id": conversation_id, "sender": sender, "client_id": client_id}
        return (await self._session.execute(_SENT, sent)).scalar_one_or_none()

    async def append(self, conversation: Conversation, message: Message) -> Message:
        """Store a message under the next sequence number. ``conversation`` must be locked."""
        conversation.last_seq += 1
        message.conversation_id, message.seq = conversation.id, conversation.last_seq
        if message.sender == "customer":
            conversation.customer_seq = message.seq
        self._session.add(message)
        if is_business(conversation.channel):
            await Records(self._session).said(message)
        return message

    async def message(self, conversation_id: str, seq: int) -> Message | None:
        """One message."""
        return await self._session.get(Message, (conversation_id, seq))

    async def messages(self, conversation_id: str, after: int, limit: int = 500) -> list[Message]:
        """Messages after a sequence number, in order."""
        wanted = {"id": conversation_id, "after": after, "limit": limit}
        return list((await self._session.execute(_MESSAGES, wanted)).scalars())

    async def next_unanswered(self, conversation: Conversation) -> Message | None:
        """The oldest customer message whose turn has not been taken."""
        wanted = {"id": conversation.id, "after": conversation.answered_seq, "limit": 1}
        return (await self._session.execute(_CUSTOMER_MESSAGES, wanted)).scalar_one_or_none()

    async def notices(self, conversation_id: str) -> list[tuple[int, str]]:
        """The notices by sequence number and kind, in order."""
        statement = (
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.kind == "notice")
            .order_by(Message.seq)
        )
        found = (await self._session.execute(statement)).scalars()
        return [(notice.seq, str(notice.data.get("event"))) for notice in found]

    async def first_notice(self, conversation_id: str, event: str) -> int:
        """The sequence number of the first notice of a kind; 0 when there is none."""
        return next((seq for seq, kind in await self.notices(conversation_id) if kind == event), 0)

    async def last_said(self, conversation_ids: Sequence[str]) -> dict[str, Message]:
        """The latest message of a speaker in each conversation; notices are not said by anybody."""
        found = await self._latest(conversation_ids, 1, Message.sender != "system")
        return {message.conversation_id: message for message in found}

    async def latest_of_customers(self, conversation_ids: Sequence[str], limit: int) -> dict[str, list[Message]]:
        """The customer's latest messages in each conversation, oldest first."""
        lines: dict[str, list[Message]] = {}
        for message in await self._latest(conversation_ids, limit, Message.sender == "customer"):
            lines.setdefault(message.conversation_id, []).append(message)
        return lines

    async def _latest(
        self, conversation_ids: Sequence[str], limit: int, which: ColumnElement[bool]
    ) -> Sequence[Message]:
        """The latest of some messages in each conversation, in one query for all."""
        backwards = func.row_number().over(partition_by=Message.conversation_id, order_by=Message.seq.desc())
        ranked = (
            select(Message.conversation_id, Message.seq, backwards.label("place"))
            .where(Message.conversation_id.in_(conversation_ids), which)
            .subquery()
        )
        statement = (
            select(Message)
            .join(ranked, (ranked.c.conversation_id == Message.conversation_id) & (ranked.c.seq == Message.seq))
            .where(ranked.c.place <= limit)
            .order_by(Message.conversation_id, Message.seq)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def customer_lines(self, conversation_id: str, limit: int, *, before: int | None = None) -> list[Message]:
        """The customer's latest messages, oldest first; with ``before``, of those before a sequence number."""
        wanted = {"id": conversation_id, "before": NEVER if before is None else before, "limit": limit}
        statement = _CUSTOMER_LINES if before is None else _EARLIER_LINES
        return list((await self._session.execute(statement, wanted)).scalars())[::-1]

    async def found_of(self, message: Message) -> dict[str, Any] | None:
        """What is stored of the turn of a message."""
        found: dict[str, Any] | None = (
            await self._session.execute(_FOUND, {"id": message.conversation_id, "at": message.seq})
        ).scalar_one()
        return found

    async def keep_turn(self, conversation: Conversation, message: Message) -> None:
        """Store what was found of a customer's message, and its question for the editors where it was not answered."""
        found = {"id": message.conversation_id, "at": message.seq, "found": message.turn}
        await self._session.execute(_KEEP_FOUND, found)
        if is_business(conversation.channel):
            await Records(self._session).turn_noted(message)

    async def changed_by(self, conversation: Conversation) -> str | None:
        """Who changed the owner of a conversation last."""
        changed = await self._session.execute(
            select(OwnerChange.actor).where(
                OwnerChange.conversation_id == conversation.id, OwnerChange.version == conversation.version
            )
        )
        return changed.scalar_one_or_none()

    async def vote(self, conversation: Conversation, message: Message, helpful: bool, at: datetime) -> None:
        """Store what the customer thinks of an answer."""
        message.helpful = helpful
        if is_business(conversation.channel):
            await Records(self._session).voted(message, helpful, at)

    async def change_owner(
        self,
        conversation: Conversation,
        to: Owner,
        *,
        actor: str,
        at: datetime,
        reason: str | None = None,
        policy: dict[str, Any] | None = None,
        values: dict[str, Any] | None = None,
    ) -> None:
        """Compare-and-swap of the owner: it happens only if the version is still the one ``conversation`` was read at.

        An agent who lets go is remembered as the one to ask first when the conversation comes again.

        Raises:
            OwnerChanged: it is not, or the change is not allowed.
        """
        current, version = Owner(conversation.owner), conversation.version
        check_change(current, to)
        values = dict(values or {})
        agent_id = values.get("agent_id") or conversation.agent_id
        if current == Owner.AGENT and conversation.agent_id is not None:
            values.update(last_agent_id=conversation.agent_id, last_agent_at=at)
        swapped = await self._session.execute(
            update(Conversation)
            .where(Conversation.id == conversation.id, Conversation.version == version)
            .values(owner=to.value, version=version + 1, **values)
        )
        if swapped.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has a row count
            raise OwnerChanged("Somebody else has just changed this conversation. Reload it.")
        self._session.add(
            OwnerChange(
                conversation_id=conversation.id,
                version=version + 1,
                from_owner=current.value,
                to_owner=to.value,
                actor=actor,
                reason=reason,
                policy=policy or {},
                agent_id=agent_id,
                team=values.get("team", conversation.team),
                priority=values.get("priority", conversation.priority),
                at=at,
            )
        )
        await self._session.flush()
        if (current, to) == (Owner.BOT, Owner.WAITING) and is_business(conversation.channel):
            await Records(self._session).handed_off(conversation.id, at, at - TOPIC_LASTS)
        await self._session.refresh(conversation)

    @staticmethod
    def is_free(conversation: Conversation, now: datetime) -> bool:
        """Whether the turn of a locked conversation's next message can be claimed: none is owed, and none is taken."""
        no_turn = conversation.turn_until is None or conversation.turn_until < now
        return no_turn and conversation.customer_seq <= conversation.answered_seq

    async def claim_turn(self, conversation_id: str, now: datetime, until: datetime) -> bool:
        """Become the one worker that handles this conversation's turns until ``until``."""
        claimed = await self._session.execute(
            update(Conversation)
            .where(
                Conversation.id == conversation_id,
                Conversation.customer_seq > Conversation.answered_seq,
                or_(Conversation.turn_until.is_(None), Conversation.turn_until < now),
            )
            .values(turn_until=until)
        )
        return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result has a row count

    @staticmethod
    def end(conversation: Conversation, message: Message) -> None:
        """Mark the turn of a locked conversation's message as over; the claim goes on while others are owed."""
        conversation.answered_seq = message.seq
        if conversation.customer_seq <= message.seq:
            conversation.turn_until = None

    async def end_turn(self, conversation_id: str, seq: int, until: datetime) -> bool:
        """Mark a message's turn as over; returns whether more messages are waiting, in which case the claim goes on."""
        await self._session.execute(
            update(Conversation).where(Conversation.id == conversation_id).values(answered_seq=seq, turn_until=until)
        )
        released = await self._session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id, Conversation.customer_seq <= seq)
            .values(turn_until=None)
        )
        return bool(released.rowcount == 0)  # type: ignore[attr-defined]  # an UPDATE's result has a row count

    async def abandoned(self, now: datetime, older_than: datetime) -> Sequence[str]:
        """Conversations with an unanswered message that no worker is handling."""
        statement = (
            select(Conversation.id)
            .join(
                Message,
                (Message.conversation_id == Conversation.id) & (Message.seq == Conversation.customer_seq),
            )
            .where(
                Conversation.customer_seq > Conversation.answered_seq,
                or_(Conversation.turn_until.is_(None), Conversation.turn_until < now),
                Message.created_at < older_than,
            )
            .limit(100)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def begun_since(
        self, moment: datetime | None, after: tuple[datetime, str] | None, limit: int
    ) -> list[Conversation]:
        """A page of customers' begun since a moment, oldest first; ``after`` is the last one of the page before."""
        statement = (
            select(Conversation)
            .where(Conversation.channel.not_in(TEST_CHANNELS))
            .order_by(Conversation.created_at, Conversation.id)
            .limit(limit)
        )
        if moment is not None:
            statement = statement.where(Conversation.created_at >= moment)
        if after is not None:
            last = tuple_(literal(after[0], Moment), literal(after[1]))
            statement = statement.where(tuple_(Conversation.created_at, Conversation.id) > last)
        return list((await self._session.execute(statement)).scalars())

    async def owner_changes(self, conversation_id: str) -> list[OwnerChange]:
        """Every change of owner, in order."""
        statement = (
            select(OwnerChange).where(OwnerChange.conversation_id == conversation_id).order_by(OwnerChange.version)
        )
        return list((await self._session.execute(statement)).scalars())
