"""Past conversations as the replay of a policy reads them: ``handoff.interfaces.StoredConversations``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from chat.answering import OFF_TOPIC_INTENT
from chat.models import Conversation, Message, OwnerChange
from chat.ownership import Owner
from chat.repository import ChatRepository
from chat.standing import is_elder
from handoff.facts import Bars, Happening, Reason, TurnSignals
from handoff.interfaces import StoredConversation, StoredHandoff, StoredTurn
from kit.database import Database

PAGE = 200
_HAPPENED = {
    Reason.LOW_CONFIDENCE: Happening.NONE_OF_THESE,
    Reason.STAFF_ONLY_ACTION: Happening.STAFF_ONLY_ACTION,
    Reason.BOT_UNAVAILABLE: Happening.BOT_UNAVAILABLE,
}


class ConversationHistory:
    """Reads page by page; nothing is changed and nothing is encoded."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, moment: datetime | None) -> AsyncIterator[StoredConversation]:
        """Customers' begun since a moment, or all, oldest first; those of testers are left out."""
        after: tuple[datetime, str] | None = None
        while True:
            async with self._database.read() as session:
                repository = ChatRepository(session)
                page = await repository.begun_since(moment, after, PAGE)
                stored = [await _stored(repository, conversation) for conversation in page]
            for conversation in stored:
                yield conversation
            if len(page) < PAGE:
                return
            after = (page[-1].created_at, page[-1].id)


async def _stored(repository: ChatRepository, conversation: Conversation) -> StoredConversation:
    messages: list[Message] = []
    while page := await repository.messages(conversation.id, messages[-1].seq if messages else 0):
        messages += page
    handoff = _handoff(await repository.owner_changes(conversation.id), messages)
    said = [message for message in messages if message.sender == "customer"]
    if handoff is not None:
        said = [message for message in said if message.seq <= handoff.seq]
    turns = tuple(_turn(message, _unhelpful(message, messages)) for message in said)
    return StoredConversation(conversation.id, is_elder(conversation), turns, handoff)


def _handoff(changes: Sequence[OwnerChange], messages: Sequence[Message]) -> StoredHandoff | None:
    change = next((each for each in changes if (each.from_owner, each.to_owner) == (Owner.BOT, Owner.WAITING)), None)
    if change is None:
        return None
    reason, inputs = Reason(str(change.reason)), change.policy.get("inputs", {})
    before = [each.seq for each in messages if each.sender == "customer" and each.created_at <= change.at]
    happening = Happening(inputs["event"]) if "event" in inputs else _HAPPENED.get(reason)
    if happening is None and change.actor == "customer":
        happening = Happening.PRESSED_FOR_PERSON
    return StoredHandoff(int(inputs.get("seq", before[-1] if before else 0)), reason, happening)


def _turn(message: Message, unhelpful: int) -> StoredTurn:
    turn = message.turn or {}
    bars = turn.get("bars")
    confidences = turn.get("confidences") or [candidate["confidence"] for candidate in turn.get("candidates", [])]
    return StoredTurn(
        seq=message.seq,
        text=message.text,
        signals=TurnSignals.stored(turn),
        intent=turn.get("intent"),
        off_topic=turn.get("intent") == OFF_TOPIC_INTENT,
        confidences=tuple(confidences),
        bars=Bars(bars["answer"], bars["clarify"]) if bars else None,
        chosen="choice" in turn and turn["choice"] != "none",
        unhelpful=unhelpful,
    )


def _unhelpful(message: Message, messages: Sequence[Message]) -> int:
    """Answers between a customer's message and the next one that were marked as not helpful."""
    following = next((each.seq for each in messages if each.sender == "customer" and each.seq > message.seq), None)
    return sum(
        each.helpful is False
        for each in messages
        if each.seq > message.seq and (following is None or each.seq < following)
    )
