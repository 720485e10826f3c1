"""Stored conversations, read from the database and masked before anything else sees them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from chat.channels import TEST_CHANNELS
from chat.models import Conversation, Message, OwnerChange
from evaluation.traffic.facts import OwnerChanged, StoredConversation, StoredMessage
from kit.database import Database
from kit.masking import mask

BATCH = 500


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
        messages: dict[str, list[StoredMessage]] = defaultdict(list)
        changes: dict[str, list[OwnerChanged]] = defaultdict(list)
        for start in range(0, len(conversations), BATCH):
            ids = [conversation.id for conversation in conversations[start : start + BATCH]]
            for message in await session.scalars(
                select(Message).where(Message.conversation_id.in_(ids)).order_by(Message.seq)
            ):
                messages[message.conversation_id].append(
                    StoredMessage(
                        message.sender, mask(message.text), message.created_at, message.turn or {}, message.helpful
                    )
                )
            for change in await session.scalars(
                select(OwnerChange).where(OwnerChange.conversation_id.in_(ids)).order_by(OwnerChange.version)
            ):
                changes[change.conversation_id].append(OwnerChanged(change.to_owner, change.reason, change.at))
    return [
        StoredConversation(
            conversation.id,
            conversation.language,
            conversation.created_at,
            tuple(messages[conversation.id]),
            tuple(changes[conversation.id]),
        )
        for conversation in conversations
    ]
