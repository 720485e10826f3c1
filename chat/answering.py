"""From a question to what the customer is told: search, policy, and the messages that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chat.casework.repository import CaseRepository
from chat.models import Conversation, Message
from chat.ownership import Owner
from chat.repository import ChatRepository
from chat.service import ChatService
from chat.standing import standing_of
from chat.texts import text as say
from handoff.policy import (
    Answer,
    Bars,
    Clarify,
    Decline,
    Handoff,
    Happening,
    Policy,
    Standing,
    TurnSignals,
    after_intent,
    after_search,
    before_bot,
    on_event,
)
from kb.content import EntryContent, Lang
from kb.context import Earlier, joined
from kb.finding import Search
from kb.service import KnowledgeBase
from kit.counters import turns
from kit.errors import NotFound, Unavailable

log = structlog.get_logger(__name__)

OFF_TOPIC_INTENT = "out_of_scope"
LONGEST_TOPIC = 200
OutcomeName = Literal["answer", "clarify", "decline", "handoff"]


@dataclass(frozen=True)
class Reply:
    """The outcome of a question, and what to tell the customer; a handoff tells them by itself."""

    outcome: OutcomeName
    messages: list[dict[str, Any]]


class Answering:
    """Answers from the knowledge base, under the handoff policy."""

    def __init__(self, chat: ChatService, knowledge: KnowledgeBase, policy: Policy) -> None:
        self._chat = chat
        self._knowledge = knowledge
        self._policy = policy

    async def answer(self, conversation_id: str, intent: str, intent_confidence: float, slots: dict[str, Any]) -> Reply:
        """Answer the customer message whose turn it is. Called by the bot's actions.

        Args:
            conversation_id: the conversation.
            intent: what the bot understood.
            intent_confidence: how sure it was, 0 to 1; stored, never decided by.
            slots: what a form has collected so far, for the person if one takes over.
        """
        async with self._chat.database.read() as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(conversation_id)
            message = await repository.next_unanswered(conversation) if conversation else None
            earlier = await _earlier(session, message) if message else None
        if conversation is None or message is None or conversation.owner != Owner.BOT:
            return Reply("handoff", [])  # a person has taken over while the bot was thinking
        language: Lang = "en" if message.language == "en" else "zh"
        noted = {"intent": intent, "intent_confidence": round(intent_confidence, 4)}
        standing = standing_of(conversation, message)
        by_intent = after_intent(intent, TurnSignals.stored(message.turn), standing, self._policy)
        if by_intent is not None:
            await self._note(message, {**noted, "outcome": "handoff"})
            return await self._hand_off(conversation_id, by_intent, message, slots)
        try:
            search = await self._knowledge.search(message.text, language, earlier)
        except Unavailable as error:
            log.warning("search_unavailable", code=error.code)
            unavailable = on_event(Happening.BOT_UNAVAILABLE, standing, self._policy)
            return await self._hand_off(conversation_id, unavailable, message, slots)
        outcome = after_search(
            search.confidences,
            off_topic=intent == OFF_TOPIC_INTENT,
            standing=standing,
            policy=self._policy,
            bars=_bars(search),
        )
        found = {**noted, **self._seen(search, language), "outcome": _name(outcome)}
        if search.in_context and earlier is not None:
            found["searched"] = joined(earlier, message.text, language)[-LONGEST_TOPIC:]
        if isinstance(outcome, Handoff):
            await self._note(message, found)
            return await self._hand_off(conversation_id, outcome, message, slots)
        await self._note(message, found, helped=isinstance(outcome, Answer))
        turns.labels(_name(outcome)).inc()
        return Reply(_name(outcome), await self._messages(outcome, search, language))

    async def answer_choice(self, conversation_id: str, message: Message, choice: str, language: Lang) -> None:
        """The customer has chosen among the candidates, or none of them."""
        if choice == "none":
            await self._note(message, {"outcome": "handoff", "choice": choice})
            turns.labels("handoff").inc()
            conversation = await self._chat.current(conversation_id)
            inputs = await self.inputs(message)
            await self.happened(conversation, Happening.NONE_OF_THESE, actor="policy", inputs=inputs)
            return
        try:
            release_id, entry = self._knowledge.live_entry(choice)
            reply = await self._answer_message(entry, release_id, language)
        except NotFound:
            reply = {"kind": "text", "text": say(language, "entry_gone"), "data": {}}
        await self._note(message, {"outcome": "answer", "choice": choice}, helped=True)
        turns.labels("answer").inc()
        await self._chat.say(conversation_id, [reply], language, while_owner=(Owner.BOT,))

    async def answer_while_waiting(
        self, conversation_id: str, message: Message, language: Lang, signals: TurnSignals
    ) -> None:
        """In the queue, the bot still answers what it is sure of and leaves the rest to the person."""
        search = await self.suggest(message, language)
        if before_bot(signals, Standing(), self._policy) is not None:
            return  # asked again for the person who is on the way
        if search and search.candidates[0].confidence >= search.thresholds.answer:
            reply = await self._answer_message(search.candidates[0].entry, search.release_id, language)
            await self._chat.say(conversation_id, [reply], language, while_owner=(Owner.WAITING,))
        turns.labels("while_waiting").inc()

    async def suggest(self, message: Message, language: Lang) -> Search | None:
        """Note the candidates for the agent to see; None when the knowledge base cannot be searched."""
        async with self._chat.database.read() as session:
            earlier = await _earlier(session, message)
        try:
            search = await self._knowledge.search(message.text, language, earlier)
        except Unavailable:
            return None
        await self._note(message, {**self._seen(search, language), "outcome": "to_person"})
        await self._chat.changed(message.conversation_id)
        return search

    async def inputs(self, message: Message) -> dict[str, Any]:
        """What a decision was based on, as it is stored with the handoff."""
        async with self._chat.database.read() as session:
            stored = await ChatRepository(session).message(message.conversation_id, message.seq)
        seen = {key: value for key, value in ((stored.turn if stored else None) or {}).items() if key != "candidates"}
        return {"seq": message.seq, **seen}

    async def happened(
        self,
        conversation: Conversation,
        happening: Happening,
        *,
        actor: str,
        inputs: dict[str, Any] | None = None,
        slots: dict[str, Any] | None = None,
    ) -> bool:
        """Something that is not words calls for a person; False when one has the conversation, or is on the way."""
        needed = on_event(happening, standing_of(conversation), self._policy)
        seen = {**(inputs or {}), "event": happening.value}
        return await self._chat.hand_off(conversation.id, needed, actor=actor, inputs=seen, slots=slots)

    async def _hand_off(
        self, conversation_id: str, needed: Handoff, message: Message, slots: dict[str, Any] | None = None
    ) -> Reply:
        turns.labels("handoff").inc()
        inputs = await self.inputs(message)
        await self._chat.hand_off(conversation_id, needed, actor="policy", inputs=inputs, slots=slots)
        return Reply("handoff", [])

    async def _note(self, message: Message, found: dict[str, Any], *, helped: bool | None = None) -> None:
        """Store the outcome of a turn, and whether the bot could help, where it had its say.

        Nobody is told: what the customer is told of the outcome tells those who watch, too.
        """
        async with self._chat.database.write() as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(message.conversation_id, lock=True)
            if conversation is None:
                return
            repository.hold(message)
            await repository.note_outcome(conversation, message, found)
            if helped is not None:
                conversation.unhelped_turns = 0 if helped else conversation.unhelped_turns + 1

    async def _messages(
        self, outcome: Answer | Clarify | Decline, search: Search, language: Lang
    ) -> list[dict[str, Any]]:
        if isinstance(outcome, Answer):
            besides = search.besides.entry.id if search.besides else None
            return [
                await self._answer_message(candidate.entry, search.release_id, language, besides)
                for candidate in search.answers
            ]
        if isinstance(outcome, Clarify):
            offered = search.candidates[: outcome.choices]
            choices = [
                {"entry_id": candidate.entry.id, "label": candidate.entry.variant_for(language)[1].question}
                for candidate in offered
            ]
            question, none = ("clarify", "none_of_these") if len(choices) > 1 else ("clarify_one", "not_this")
            data = {"choices": choices, "none_label": say(language, none)}
            return [{"kind": "choices", "text": say(language, question), "data": data}]
        person = say(language, "talk_to_person")
        data = {"buttons": [{"label": person, "text": person}]}
        return [{"kind": "text", "text": say(language, "decline"), "data": data}]

    async def _answer_message(
        self, entry: EntryContent, release_id: int, language: Lang, besides: str | None = None
    ) -> dict[str, Any]:
        """The answer, and by which revision in which release: what a customer was told can be traced for good.

        What was perhaps asked ``besides`` comes first of the related questions.
        """
        answered_in, variant = entry.variant_for(language)
        related = []
        for identifier in dict.fromkeys([*([besides] if besides else []), *entry.related]):
            try:
                other = self._knowledge.entry(identifier)
            except NotFound:
                continue
            related.append({"entry_id": identifier, "question": other.variant_for(language)[1].question})
        text = variant.answer or variant.question
        return {
            "kind": "answer",
            "text": text if answered_in == language else f"{say(language, 'other_language')}\n\n{text}",
            "data": {
                "entry_id": entry.id,
                "question": variant.question,
                "updated": entry.updated.isoformat() if entry.updated else None,
                "risk": variant.risk,
                "related": related,
                "answer_language": answered_in,
                "release_id": release_id,
                "revision": await self._knowledge.browsing.revision_in(release_id, entry.id),
            },
        }

    @staticmethod
    def _seen(search: Search, language: Lang) -> dict[str, Any]:
        return {
            "bars": {"answer": round(search.thresholds.answer, 4), "clarify": round(search.thresholds.clarify, 4)},
            "confidences": [round(confidence, 4) for confidence in search.confidences[:3]],
            "candidates": [
                {
                    "entry_id": candidate.entry.id,
                    "question": candidate.entry.variant_for(language)[1].question,
                    "answer": candidate.entry.variant_for(language)[1].answer,
                    "confidence": round(candidate.confidence, 4),
                }
                for candidate in search.candidates[:3]
            ],
        }


async def _earlier(session: AsyncSession, message: Message) -> Earlier | None:
    """The turn before, as far as it says what this message may follow up."""
    before = await ChatRepository(session).turn_before(message)
    told = await CaseRepository(session).agent_words(message, before.seq if before else 0)
    if told:
        return _after_agent(before, told)
    if before is None or before.turn is None:
        return None
    answered = before.turn.get("choice")
    if before.turn.get("outcome") == "answer" and before.turn.get("candidates"):
        answered = before.turn["candidates"][0]["entry_id"]
    return Earlier(before.turn.get("searched", before.text), answered)


def _after_agent(before: Message | None, told: list[Message]) -> Earlier:
    """What a message follows up that comes after a person's words: those, and what they answered.

    What the person gave as an answer of the knowledge base counts as said, as if the bot had said it.
    """
    language: Lang = "en" if told[-1].language == "en" else "zh"
    asked = Earlier(before.text) if before else None
    words = " ".join(message.text for message in told)[-LONGEST_TOPIC:]
    used = [(message.turn or {}).get("suggestion") for message in told]
    given = [suggestion["entry_id"] for suggestion in used if suggestion]
    return Earlier(joined(asked, words, language) if asked else words, given[-1] if given else None)


def _name(outcome: Answer | Clarify | Decline | Handoff) -> OutcomeName:
    names: dict[type, OutcomeName] = {Answer: "answer", Clarify: "clarify", Decline: "decline", Handoff: "handoff"}
    return names[type(outcome)]


def _bars(search: Search) -> Bars:
    return Bars(search.thresholds.answer, search.thresholds.clarify)
