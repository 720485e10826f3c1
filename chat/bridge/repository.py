"""All SQL of the bridge to another desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.bridge.models import BridgedConversation
from chat.models import Conversation
from chat.ownership import Owner

AT_ONCE = 100


class BridgeRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def new(self) -> list[str]:
        """Conversations with people, or on their way to one, of which the other desk knows nothing yet."""
        known = select(BridgedConversation.conversation_id).where(
            BridgedConversation.conversation_id == Conversation.id
        )
        statement = (
            select(Conversation.id)
            .where(Conversation.owner.in_((Owner.WAITING, Owner.AGENT)), ~known.exists())
            .order_by(Conversation.waiting_since, Conversation.id)
            .limit(AT_ONCE)
        )
        return list((await self._session.execute(statement)).scalars())

    async def behind(self, now: datetime) -> list[str]:
        """Conversations in which something is to be told, and nobody is telling it."""
        statement = (
            select(BridgedConversation.conversation_id)
            .join(Conversation, Conversation.id == BridgedConversation.conversation_id)
            .where(
                Conversation.last_seq > BridgedConversation.told_seq,
                or_(BridgedConversation.leased_until.is_(None), BridgedConversation.leased_until <= now),
            )
            .limit(AT_ONCE)
        )
        return list((await self._session.execute(statement)).scalars())

    def add(self, row: BridgedConversation) -> None:
        """A conversation that the other desk is to have."""
        self._session.add(row)

    async def row(self, conversation_id: str) -> BridgedConversation | None:
        """How far one has been told."""
        return await self._session.get(BridgedConversation, conversation_id)

    async def lease(self, conversation_id: str, now: datetime, until: datetime) -> bool:
        """Become the one worker that tells of a conversation until then."""
        leased = await self._session.execute(
            update(BridgedConversation)
            .where(
                BridgedConversation.conversation_id == conversation_id,
                or_(BridgedConversation.leased_until.is_(None), BridgedConversation.leased_until <= now),
            )
            .values(leased_until=until)
        )
        return bool(leased.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result has a row count
