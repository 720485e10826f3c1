"""What another desk is told, in the shapes of Chatwoot's webhooks: pure functions over what is stored.

A conversation is ``open`` while a person has it or is on the way, ``pending`` while the bot has it, ``resolved`` when
it has ended. Ids are strings where Chatwoot's are numbers; a message's id is its sequence number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from chat.models import Conversation, Message
from chat.ownership import Owner

Json = dict[str, Any]
Status = Literal["open", "pending", "resolved"]

ACCOUNT: Json = {"id": 1, "name": "Bilin"}
INBOX: Json = {"id": 1, "name": "Bilin"}
INCOMING, OUTGOING, ACTIVITY = "incoming", "outgoing", "activity"
STATUS_OF_OWNER: dict[str, Status] = {
    Owner.WAITING: "open",
    Owner.AGENT: "open",
    Owner.BOT: "pending",
    Owner.CLOSED: "resolved",
}
STATUS_OF_NOTICE: dict[str, Status] = {
    "waiting": "open",
    "urgent": "open",
    "to_team": "open",
    "agent_lost": "open",
    "cancelled": "pending",
    "message_left": "pending",
    "returned": "pending",
    "closed": "resolved",
}


def status_after(message: Message) -> Status | None:
    """What a notice says about who has the conversation now; None when it says nothing of the kind."""
    return STATUS_OF_NOTICE.get(str(message.data.get("event"))) if message.sender == "system" else None


def sender_of(message: Message) -> Json:
    """Who said it."""
    if message.sender == "customer":
        return {"id": message.conversation_id, "name": "Customer", "type": "contact"}
    kind = "user" if message.sender == "agent" else "agent_bot"
    return {"id": message.sender, "name": message.sender_name or message.sender, "type": kind}


def message_fields(message: Message) -> Json:
    """A message by itself."""
    kinds = {"customer": INCOMING, "system": ACTIVITY}
    return {
        "id": message.seq,
        "content": message.text,
        "content_type": "text",
        "content_attributes": {"kind": message.kind, "language": message.language},
        "message_type": kinds.get(message.sender, OUTGOING),
        "created_at": message.created_at.isoformat(),
        "private": False,
        "source_id": message.client_id,
        "sender": sender_of(message),
        "conversation_id": message.conversation_id,
    }


def conversation_fields(conversation: Conversation, status: Status, messages: Sequence[Message] = ()) -> Json:
    """A conversation with why it was handed over and what the bot has collected, and with ``messages`` in order."""
    sender = {"id": conversation.customer_id or conversation.id, "type": "contact"}
    assignee = {"name": conversation.agent_name, "type": "user"} if conversation.agent_name else None
    return {
        "id": conversation.id,
        "inbox_id": INBOX["id"],
        "status": status,
        "channel": conversation.channel,
        "can_reply": status == "open",
        "created_at": int(conversation.created_at.timestamp()),
        "additional_attributes": {
            "language": conversation.language,
            "handoff_reason": conversation.reason,
            "emotion": conversation.emotion,
            "priority": conversation.priority,
            "team": conversation.team,
        },
        "custom_attributes": conversation.slots,
        "meta": {"sender": sender, "assignee": assignee},
        "messages": [message_fields(message) for message in messages],
    }


def message_created(conversation: Conversation, message: Message) -> Json:
    """The event for one message while the other desk has the conversation."""
    return {
        "event": "message_created",
        **message_fields(message),
        "conversation": conversation_fields(conversation, "open"),
        "account": ACCOUNT,
        "inbox": INBOX,
    }


def status_changed(conversation: Conversation, status: Status, messages: Sequence[Message]) -> Json:
    """The event for who has the conversation now; ``messages`` is what was said since the last one."""
    return {
        "event": "conversation_status_changed",
        **conversation_fields(conversation, status, messages),
        "account": ACCOUNT,
        "inbox": INBOX,
    }
