"""The customers' REST calls."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from starlette.requests import HTTPConnection

from chat.answering import Answering
from chat.channels import check_channel
from chat.customers import CustomerKeys
from chat.desk import DeskConversations
from chat.models import Conversation
from chat.schemas import (
    Backlog,
    ConversationAnswer,
    ConversationView,
    FeaturedQuestion,
    Feedback,
    LeftMessageAnswer,
    LeftMessageReceipt,
    MessageView,
    NewConversation,
    NewLeftMessage,
    NewMessage,
    PeopleView,
    StartedConversation,
    StoredMessage,
    WidgetConfig,
)
from chat.service import ChatService, ConversationNotFound, language_of
from chat.texts import text as say
from chat.turn import TurnRunner
from chat.waiting import WaitingRoom
from handoff.interfaces import conversation_topic
from handoff.policy import Happening
from handoff.priority import CustomerClass
from identity.claims import read_claim
from kb.content import LANGUAGES
from kb.service import KnowledgeBase
from kit.counters import count_degraded
from kit.language import detect
from kit.sockets import LAST_SEQ

LONGEST_WAIT_SECONDS = 25
FEATURED = 4

router = APIRouter(prefix="/api/chat", tags=["chat"])


def chat_service(connection: HTTPConnection) -> DeskConversations:
    """The service that ``server`` put there."""
    return cast(DeskConversations, connection.app.state.chat)


def turn_runner(connection: HTTPConnection) -> TurnRunner:
    """The runner that ``server`` put there."""
    return cast(TurnRunner, connection.app.state.turns)


def knowledge_base(connection: HTTPConnection) -> KnowledgeBase:
    """The knowledge base that ``server`` put there."""
    return cast(KnowledgeBase, connection.app.state.knowledge)


def waiting_room(connection: HTTPConnection) -> WaitingRoom:
    """The room that ``server`` put there."""
    return cast(WaitingRoom, connection.app.state.waiting_room)


def answering_service(connection: HTTPConnection) -> Answering:
    """The service that ``server`` put there."""
    return cast(Answering, connection.app.state.answering)


Answers = Annotated[Answering, Depends(answering_service)]
Chat = Annotated[DeskConversations, Depends(chat_service)]
Room = Annotated[WaitingRoom, Depends(waiting_room)]
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


async def view_of(chat: ChatService, room: WaitingRoom, conversation_id: str) -> ConversationView:
    """The conversation as it is now."""
    conversation = await chat.current(conversation_id)
    return ConversationView.of(conversation, await room.look(conversation))


@router.get("/config")
async def config(knowledge: Knowledge, room: Room) -> WidgetConfig:
    """What the widget shows before the first message."""
    entries = knowledge.featured(FEATURED)
    people = await room.people()
    return WidgetConfig(
        bank={language: say(language, "bank") for language in LANGUAGES},
        hours=people.hours,
        people=PeopleView.of(people),
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
async def start(body: NewConversation, request: Request, chat: Chat) -> StartedConversation:
    """Start a conversation with the bot. A claim that is not to be believed is left out, and counted."""
    check_channel(body.channel, body.marker, request.app.state.shopper_secret, chat.clock.now())
    customer_class = CustomerClass(body.customer_class)
    if body.claim is not None:
        claim = read_claim(body.claim, request.app.state.settings.claim_secret.get_secret_value())
        if claim is None:
            count_degraded("claim_refused")
        else:
            customer_class = CustomerClass(claim.customer_class)
    keys = cast(CustomerKeys, request.app.state.customer_keys)
    customer_id = keys.known(body.customer)
    conversation, token = await chat.create(body.language, body.channel, customer_class, customer_id)
    view = ConversationView.of(conversation, None)
    return StartedConversation(conversation=view, token=token, customer=keys.key(customer_id))


@router.get("/conversations/{conversation_id}")
async def read(conversation: OwnConversation, room: Room) -> ConversationAnswer:
    """Who has the conversation, and where in the queue it is."""
    return ConversationAnswer(conversation=ConversationView.of(conversation, await room.look(conversation)))


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def send(
    body: NewMessage, conversation: OwnConversation, chat: Chat, turns: Turns, response: Response
) -> StoredMessage:
    """Store a message; the reply follows as a message of its own."""
    language = detect(body.text, "en" if conversation.language == "en" else "zh").answer_language
    stored = await turns.begin(
        chat.post(conversation.id, body.client_id, body.text, language, body.choice, claim=turns.claim)
    )
    if stored.repeated:
        response.status_code = 200
    return StoredMessage(message=MessageView.of(stored.message))


@router.get("/conversations/{conversation_id}/messages")
async def messages(
    conversation: OwnConversation,
    chat: Chat,
    room: Room,
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
        conversation=await view_of(chat, room, conversation.id),
        messages=[MessageView.of(message) for message in found],
    )


@router.post("/conversations/{conversation_id}/handoff")
async def ask_for_person(
    conversation: OwnConversation, chat: Chat, room: Room, answering: Answers
) -> ConversationAnswer:
    """Ask for a person; asking twice changes nothing."""
    await answering.happened(conversation, Happening.PRESSED_FOR_PERSON, actor="customer")
    return ConversationAnswer(conversation=await view_of(chat, room, conversation.id))


@router.post("/conversations/{conversation_id}/handoff/cancel")
async def cancel_handoff(conversation: OwnConversation, chat: Chat) -> ConversationAnswer:
    """Stop waiting; the bot goes on."""
    return ConversationAnswer(conversation=ConversationView.of(await chat.cancel_waiting(conversation.id), None))


@router.post("/conversations/{conversation_id}/left-messages", status_code=201)
async def leave_message(
    body: NewLeftMessage,
    conversation: OwnConversation,
    chat: Chat,
    room: Room,
    answering: Answers,
    response: Response,
) -> LeftMessageAnswer:
    """Leave a message instead of waiting; a repeated ``client_id`` is the same message."""
    language = detect(body.text, language_of(conversation)).answer_language
    needed = await answering.needed_by(body.text, language)
    left = await chat.leave_message(conversation.id, body.client_id, body.text, body.contact, needed)
    if left.repeated:
        response.status_code = 200
    return LeftMessageAnswer(
        conversation=await view_of(chat, room, conversation.id),
        left_message=LeftMessageReceipt.of(left, chat.clock.now()),
    )


@router.post("/conversations/{conversation_id}/messages/{seq}/feedback", status_code=204)
async def feedback(
    seq: Annotated[int, Path(ge=1, le=LAST_SEQ)], body: Feedback, conversation: OwnConversation, chat: Chat
) -> None:
    """Say whether an answer helped."""
    await chat.feedback(conversation.id, seq, body.helpful)
