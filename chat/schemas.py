"""Shapes of the customer endpoints, as ``docs/protocol.md`` describes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from chat.left_messages import MAX_CONTACT, Left, promise_of
from chat.models import Conversation, Message
from chat.service import MAX_TEXT
from chat.waiting import LANGUAGES, People, Wait
from kb.content import Lang


class NewConversation(BaseModel):
    """What starts a conversation; ``marker`` shows that a tester's channel may be named."""

    language: Lang = "zh"
    channel: str = Field("web", min_length=1, max_length=20)
    marker: str | None = Field(None, max_length=120)
    customer: str | None = Field(None, max_length=200)
    customer_class: Literal["standard", "elder"] = "standard"
    claim: str | None = Field(None, max_length=2000)


class NewMessage(BaseModel):
    """A customer's message; ``client_id`` makes a retry harmless."""

    client_id: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    choice: str | None = Field(None, max_length=120)


class Feedback(BaseModel):
    """Whether an answer helped."""

    helpful: bool


class NewLeftMessage(BaseModel):
    """A message that a customer leaves; ``contact`` is how to reach them otherwise."""

    client_id: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    contact: str = Field("", max_length=MAX_CONTACT)


class LeftMessageReceipt(BaseModel):
    """What a customer gets for a message: its number, and by when it is answered."""

    reference: str
    created_at: datetime
    promised_at: datetime | None
    promise: dict[Lang, str] | None

    @classmethod
    def of(cls, left: Left, now: datetime) -> LeftMessageReceipt:
        """The receipt of a stored message."""
        at = left.message.promised_at
        return cls(
            reference=left.message.reference,
            created_at=left.message.created_at,
            promised_at=at,
            promise=None if at is None else {each: promise_of(left, now, each) for each in LANGUAGES},
        )


class EstimateView(BaseModel):
    """``within`` or ``more_than`` so many minutes, or ``unknown``."""

    kind: Literal["within", "more_than", "unknown"]
    minutes: int | None


class PeopleView(BaseModel):
    """Whether people are there; ``opens_at`` and ``opens`` say when next, where they are not."""

    open: bool
    opens_at: datetime | None
    opens: dict[Lang, str] | None
    hours: dict[Lang, str]

    @classmethod
    def of(cls, people: People) -> PeopleView:
        """The view of a team's times."""
        return cls.model_validate(people, from_attributes=True)


class WaitView(BaseModel):
    """How a customer waits."""

    position: int
    estimate: EstimateView
    people: PeopleView

    @classmethod
    def of(cls, wait: Wait) -> WaitView:
        """The view of a wait."""
        return cls(
            position=wait.position,
            estimate=EstimateView(kind=wait.estimate.kind, minutes=wait.estimate.minutes),
            people=PeopleView.of(wait.people),
        )


class ConversationView(BaseModel):
    """A conversation as the customer sees it."""

    id: str
    language: str
    owner: str
    agent_name: str | None
    queue_position: int | None
    wait: WaitView | None
    last_seq: int
    created_at: datetime

    @classmethod
    def of(cls, conversation: Conversation, wait: Wait | None) -> ConversationView:
        """The view of a stored conversation."""
        return cls(
            id=conversation.id,
            language=conversation.language,
            owner=conversation.owner,
            agent_name=conversation.agent_name if conversation.owner == "agent" else None,
            queue_position=wait.position if wait else None,
            wait=WaitView.of(wait) if wait else None,
            last_seq=conversation.last_seq,
            created_at=conversation.created_at,
        )


class MessageView(BaseModel):
    """A message as the customer sees it; what the bot made of it is for staff."""

    seq: int
    client_id: str | None
    sender: Literal["customer", "bot", "agent", "system"]
    sender_name: str | None
    kind: Literal["text", "answer", "choices", "form", "notice"]
    text: str
    language: str
    data: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, message: Message) -> MessageView:
        """The view of a stored message."""
        return cls.model_validate(message, from_attributes=True)


class ConversationAnswer(BaseModel):
    """A conversation."""

    conversation: ConversationView


class StartedConversation(ConversationAnswer):
    """A new conversation and the token that opens it; ``customer`` is to be sent when the next one is started."""

    token: str
    customer: str


class StoredMessage(BaseModel):
    """A message that is stored."""

    message: MessageView


class LeftMessageAnswer(ConversationAnswer):
    """A message that is stored, and where the conversation is now."""

    left_message: LeftMessageReceipt


class Backlog(ConversationAnswer):
    """A conversation and its messages after a sequence number."""

    messages: list[MessageView]


class FeaturedQuestion(BaseModel):
    """A most-asked question."""

    entry_id: str
    question: str


class WidgetConfig(BaseModel):
    """What the widget needs before a conversation starts, by language."""

    bank: dict[Lang, str]
    featured: dict[Lang, list[FeaturedQuestion]]
    hours: dict[Lang, str]
    people: PeopleView


class Intent(BaseModel):
    """What the bot understood."""

    name: str | None = Field(None, max_length=120)
    confidence: float = 0.0


class AnswerRequest(BaseModel):
    """The bot's action asks for an answer."""

    conversation_id: str
    text: str = ""
    intent: Intent
    slots: dict[str, Any] = Field(default_factory=dict)


class HandoffRequest(BaseModel):
    """The bot's action asks for a person."""

    conversation_id: str
    reason: str
    slots: dict[str, Any] = Field(default_factory=dict)


class BotMessage(BaseModel):
    """What the bot is to say."""

    kind: Literal["text", "answer", "choices", "form", "notice"]
    text: str
    data: dict[str, Any]


class AnswerReply(BaseModel):
    """The outcome, and what to say."""

    outcome: Literal["answer", "clarify", "decline", "handoff"]
    messages: list[BotMessage]


class HandoffReply(BaseModel):
    """Whether a person is on the way, and what to say if not."""

    accepted: bool
    messages: list[BotMessage]
