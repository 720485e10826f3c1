"""Stored conversations, read from the database and masked before anything else sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.casework.models import Rating as StoredRating
from chat.channels import TEST_CHANNELS
from chat.models import Conversation, Message, OwnerChange
from evaluation.metrics.conversations import Rating
from evaluation.traffic.facts import StoredConversation, StoredMessage
from handoff.records import Change
from kb.models import Revision
from kit.database import Database
from kit.masking import mask

BATCH = 500
Item = TypeVar("Item")


async def read_conversations(database: Database, since: datetime, until: datetime) -> list[StoredConversation]:
    """The conversations of customers that began in a period, ``until`` not included, in their order."""
    async with database.read() as session:
        rows = await session.scalars(
            select(Conversation)
            .where(Conversation.created_at >= since, Conversation.created_at < until)
            .where(Conversation.channel.not_in(TEST_CHANNELS))
            .order_by(Conversation.created_at, Conversation.id)
        )
        conversations = list(rows)
        found: list[StoredConversation] = []
        for batch in _batches(conversations):
            found += await _whole(session, batch, since)
    return found


async def read_scenarios(database: Database) -> dict[str, str]:
    """The scenario of each entry, as its newest revision has it."""
    async with database.read() as session:
        rows = await session.execute(select(Revision.entry_id, Revision.scenario).order_by(Revision.number))
        return {entry_id: scenario for entry_id, scenario in rows if scenario}


async def _whole(
    session: AsyncSession, conversations: Sequence[Conversation], since: datetime
) -> list[StoredConversation]:
    """The conversations with their messages, changes of owner and ratings, and what their customers wrote elsewhere."""
    ids = [conversation.id for conversation in conversations]
    messages: dict[str, list[StoredMessage]] = defaultdict(list)
    changes: dict[str, list[Change]] = defaultdict(list)
    ratings: dict[str, list[Rating]] = defaultdict(list)
    for message in await session.scalars(
        select(Message).where(Message.conversation_id.in_(ids)).order_by(Message.conversation_id, Message.seq)
    ):
        messages[message.conversation_id].append(_message(message))
    for change in await session.scalars(
        select(OwnerChange).where(OwnerChange.conversation_id.in_(ids)).order_by(OwnerChange.version)
    ):
        changes[change.conversation_id].append(
            Change(change.from_owner, change.to_owner, change.at, change.reason, change.agent_id)
        )
    for rating in await session.scalars(
        select(StoredRating).where(StoredRating.conversation_id.in_(ids)).order_by(StoredRating.subject)
    ):
        of = Rating("bot" if rating.subject == "bot" else "human", rating.score)
        ratings[rating.conversation_id].append(of)
    customers = [conversation.customer_id for conversation in conversations if conversation.customer_id]
    written = await _written(session, customers, since)
    return [
        StoredConversation(
            one.id,
            one.language,
            one.created_at,
            tuple(messages[one.id]),
            tuple(changes[one.id]),
            one.scenario or "",
            tuple(ratings[one.id]),
            tuple(message for where, message in written.get(one.customer_id or "", ()) if where != one.id),
        )
        for one in conversations
    ]


async def _written(
    session: AsyncSession, customers: Sequence[str], since: datetime
) -> dict[str, list[tuple[str, StoredMessage]]]:
    """By customer, everything that they wrote since then, with its conversation and in order."""
    written: dict[str, list[tuple[str, StoredMessage]]] = defaultdict(list)
    rows = await session.execute(
        select(Conversation.customer_id, Message)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.customer_id.in_(customers), Conversation.channel.not_in(TEST_CHANNELS))
        .where(Message.sender == "customer", Message.created_at >= since)
        .order_by(Message.created_at, Message.conversation_id, Message.seq)
    )
    for customer, message in rows:
        written[str(customer)].append((message.conversation_id, _message(message)))
    return written


def _message(message: Message) -> StoredMessage:
    return StoredMessage(message.sender, mask(message.text), message.created_at, message.turn or {}, message.helpful)


def _batches(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
