"""The customers' REST calls."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from starlette.requests import HTTPConnection

from chat.answering import Answering
from chat.models import Conversation
from chat.schemas import (
    Backlog,
    ConversationAnswer,
    ConversationView,
    FeaturedQuestion,
    Feedback,
    MessageView,
    NewConversation,
    NewMessage,
    StartedConversation,
    StoredMessage,
    WidgetConfig,
)
from chat.service import ChatService, ConversationNotFound
from chat.texts import text as say
from chat.turn import TurnRunner
from handoff.interfaces import conversation_topic
from handoff.policy import Happening
from kb.content import LANGUAGES
from kb.service import KnowledgeBase
from kit.language import detect
from kit.sockets import LAST_SEQ

LONGEST_WAIT_SECONDS = 25
FEATURED = 4

router = APIRouter(prefix="/api/chat", tags=["chat"])


def chat_service(connection: HTTPConnection) -> ChatService:
    """The service that ``server`` put there."""
    return cast(ChatService, connection.app.state.chat)


def turn_runner(connection: HTTPConnection) -> TurnRunner:
    """The runner that ``server`` put there."""
    return cast(TurnRunner, connection.app.state.turns)


def knowledge_base(connection: HTTPConnection) -> KnowledgeBase:
    """The knowledge base that ``server`` put there."""
    return cast(KnowledgeBase, connection.app.state.knowledge)


def answering_service(connection: HTTPConnection) -> Answering:
    """The service that ``server`` put there."""
    return cast(Answering, connection.app.state.answering)


Answers = Annotated[Answering, Depends(answering_service)]
Chat = Annotated[ChatService, Depends(chat_service)]
Turns = Annotated[TurnRunner, Depends(turn_runner)]
Knowledge = Annotated[KnowledgeBase, Depends(knowledge_base)]


async def own_conversation(
    conversation_id: str, chat: Chat, authorization: Annotated[str, Header()] = ""
) -> Conversation:
    """The conversation that the bearer token opens."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ConversationNotFound("Send the conversation's token as 'Authorization: Bearer TOKEN'.")
    return await chat.opened_by(conversation_id, token.strip())


OwnConversation = Annotated[Conversation, Depends(own_conversation)]


async def _view(chat: ChatService, conversation_id: str) -> ConversationView:
    conversation = await chat.current(conversation_id)
    return ConversationView.of(conversation, await chat.queue_position(conversation))


@router.get("/config")
async def config(knowledge: Knowledge) -> WidgetConfig:
    """What the widget shows before the first message."""
    entries = knowledge.featured(FEATURED)
    return WidgetConfig(
        bank={language: say(language, "bank") for language in LANGUAGES},
        hours={language: say(language, "hours") for language in LANGUAGES},
        featured={
            language: [
                FeaturedQuestion(entry_id=entry.id, question=entry.variants[language].question)
                for entry in entries
                if language in entry.variants
            ]
            for language in LANGUAGES
        },
    )


@router.post("/conversations", status_code=201)
async def start(body: NewConversation, chat: Chat) -> StartedConversation:
    """Start a conversation with the bot."""
    conversation, token = await chat.create(body.language, body.channel)
    return StartedConversation(conversation=ConversationView.of(conversation, None), token=token)


@router.get("/conversations/{conversation_id}")
async def read(conversation: OwnConversation, chat: Chat) -> ConversationAnswer:
    """Who has the conversation, and where in the queue it is."""
    return ConversationAnswer(conversation=ConversationView.of(conversation, await chat.queue_position(conversation)))


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def send(
    body: NewMessage, conversation: OwnConversation, chat: Chat, turns: Turns, response: Response
) -> StoredMessage:
    """Store a message; the reply follows as a message of its own."""
    language = detect(body.text, "en" if conversation.language == "en" else "zh").answer_language
    stored = await chat.post(conversation.id, body.client_id, body.text, language, body.choice)
    if stored.repeated:
        response.status_code = 200
    else:
        turns.begin(conversation.id)
    return StoredMessage(message=MessageView.of(stored.message))


@router.get("/conversations/{conversation_id}/messages")
async def messages(
    conversation: OwnConversation,
    chat: Chat,
    after: Annotated[int, Query(ge=0, le=LAST_SEQ)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS)] = 0,
) -> Backlog:
    """Messages after a sequence number; with ``wait``, as soon as there is one."""
    async with chat.events.subscribe(conversation_topic(conversation.id)) as subscription:
        found = await chat.messages(conversation.id, after)
        remaining = wait
        while not found and remaining > 0:
            started = chat.clock.now()
            await subscription.next(timeout_seconds=remaining)
            remaining -= max((chat.clock.now() - started).total_seconds(), 0.001)
            found = await chat.messages(conversation.id, after)
    return Backlog(
        conversation=await _view(chat, conversation.id),
        messages=[MessageView.of(message) for message in found],
    )


@router.post("/conversations/{conversation_id}/handoff")
async def ask_for_person(conversation: OwnConversation, chat: Chat, answering: Answers) -> ConversationAnswer:
    """Ask for a person; asking twice changes nothing."""
    await answering.happened(conversation, Happening.PRESSED_FOR_PERSON, actor="customer")
    return ConversationAnswer(conversation=await _view(chat, conversation.id))


@router.post("/conversations/{conversation_id}/handoff/cancel")
async def cancel_handoff(conversation: OwnConversation, chat: Chat) -> ConversationAnswer:
    """Stop waiting; the bot goes on."""
    await chat.cancel_waiting(conversation.id)
    return ConversationAnswer(conversation=await _view(chat, conversation.id))


@router.post("/conversations/{conversation_id}/messages/{seq}/feedback", status_code=204)
async def feedback(
    seq: Annotated[int, Path(ge=1, le=LAST_SEQ)], body: Feedback, conversation: OwnConversation, chat: Chat
) -> None:
    """Say whether an answer helped."""
    await chat.feedback(conversation.id, seq, body.helpful)
