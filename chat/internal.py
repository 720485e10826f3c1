"""What the bot's actions call. Guarded by a token that only processes of this installation know."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from chat.answering import Reply
from chat.endpoints import Answers, Chat
from chat.schemas import AnswerReply, AnswerRequest, BotMessage, HandoffReply, HandoffRequest
from handoff.policy import Happening, Reason
from kit.errors import Forbidden, InvalidRequest

ASKED_BY_WORDS = {Reason.ASKED_FOR_HUMAN: "ask_human", Reason.COMPLAINT: "complaint"}
HAPPENINGS = {
    Reason.STAFF_ONLY_ACTION: Happening.STAFF_ONLY_ACTION,
    Reason.LOW_CONFIDENCE: Happening.NONE_OF_THESE,
    Reason.BOT_UNAVAILABLE: Happening.BOT_UNAVAILABLE,
}


async def from_the_bot(request: Request, token: Annotated[str, Header(alias="X-Internal-Token")] = "") -> None:
    """Refuse everybody else."""
    if not hmac.compare_digest(token.encode(), request.app.state.internal_token.encode()):
        raise Forbidden("This is for the bot's actions only.")


router = APIRouter(prefix="/internal", tags=["internal"], dependencies=[Depends(from_the_bot)])


def _messages(reply: Reply) -> list[BotMessage]:
    return [BotMessage.model_validate(message) for message in reply.messages]


@router.post("/answer")
async def answer(body: AnswerRequest, answering: Answers) -> AnswerReply:
    """Answer the message whose turn it is."""
    reply = await answering.answer(body.conversation_id, body.intent.name or "", body.intent.confidence, body.slots)
    return AnswerReply(outcome=reply.outcome, messages=_messages(reply))


@router.post("/handoffs")
async def hand_off(body: HandoffRequest, chat: Chat, answering: Answers) -> HandoffReply:
    """Ask for a person.

    Where the bot only thinks that the customer asked for one, the policy decides on the words; if it sees no such
    request, the message is answered like any other.
    """
    try:
        reason = Reason(body.reason)
    except ValueError as error:
        raise InvalidRequest(f"Unknown reason {body.reason!r}; one of {', '.join(Reason)}.") from error
    if reason in ASKED_BY_WORDS:
        reply = await answering.answer(body.conversation_id, ASKED_BY_WORDS[reason], 1.0, body.slots)
        return HandoffReply(accepted=reply.outcome == "handoff", messages=_messages(reply))
    inputs, turn = {"asked_by": "bot"}, answering.under_way(body.conversation_id)
    if reason in HAPPENINGS:
        conversation = await chat.current(body.conversation_id)
        happening = HAPPENINGS[reason]
        accepted = await answering.happened(
            conversation, happening, actor="bot", turn=turn, inputs=inputs, slots=body.slots
        )
    else:
        accepted = await chat.hand_off(
            body.conversation_id, reason, actor="bot", inputs=inputs, slots=body.slots, turn=turn
        )
    return HandoffReply(accepted=accepted, messages=[])
