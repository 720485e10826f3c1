"""A conversation so far, as the handoff policy sees it."""

from __future__ import annotations

from collections.abc import Sequence

from chat.models import Conversation, Message
from handoff.facts import Standing, TurnSignals
from handoff.priority import CustomerClass
from handoff.trend import Direction, Trend, TrendPoint, direction, trend_of


def is_elder(conversation: Conversation) -> bool:
    """Whether the conversation was begun in the mode for elderly people."""
    return conversation.customer_class == CustomerClass.ELDER


def standing_of(conversation: Conversation, message: Message | None = None) -> Standing:
    """How a conversation stands at the turn of a message, as it was noted when the message's signals were read."""
    turn = (message.turn if message else None) or {}
    return Standing(
        unhelped_turns=conversation.unhelped_turns,
        angry_turns=turn.get("angry_turns", conversation.angry_turns),
        trend=turn.get("trend", "steady"),
        elder=is_elder(conversation),
    )


def anger_direction(earlier: Sequence[Message], signals: TurnSignals) -> Direction:
    """Where the anger goes from the customer's earlier messages, oldest first, to this turn's signals."""
    read = [TurnSignals.stored(message.turn) for message in earlier if message.turn]
    return direction([each.annoyance for each in [*read, signals]])


def trend_for_staff(messages: Sequence[Message]) -> Trend:
    """The trend of the customer's messages, oldest first; those whose signals were not read are left out."""
    return trend_of(
        [
            TrendPoint(message.seq, str(message.turn["emotion"]), TurnSignals.stored(message.turn).negativity)
            for message in messages
            if message.turn and "emotion" in message.turn
        ]
    )
