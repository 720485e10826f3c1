"""From a question to what the customer is told: search, policy, and the messages that come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from chat.current_turn import LONGEST_TOPIC, CurrentTurn, TurnReading, read_turn
from chat.in_queue import QueueingConversations
from chat.models import Conversation
from chat.ownership import Owner
from chat.repository import ChatRepository
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
    after_intent,
    after_search,
    before_bot,
    on_event,
)
from kb.content import EntryContent, Lang
from kb.context import joined
from kb.finding import Search
from kb.search import Candidate
from kb.service import KnowledgeBase
from kit.counters import turns
from kit.errors import NotFound, Unavailable

log = structlog.get_logger(__name__)

OFF_TOPIC_INTENT = "out_of_scope"
OutcomeName = Literal["answer", "clarify", "decline", "handoff"]


@dataclass(frozen=True)
class Reply:
    """The outcome of a question, and what to tell the customer; a handoff tells them by itself."""

    outcome: OutcomeName
    messages: list[dict[str, Any]]


class Answering:
    """Answers from the knowledge base, under the handoff policy.

    Args:
        reading: reads the words of a turn that another worker is taking.
    """

    def __init__(
        self, chat: QueueingConversations, knowledge: KnowledgeBase, policy: Policy, reading: TurnReading
    ) -> None:
        self._chat = chat
        self._knowledge = knowledge
        self._policy = policy
        self._reading = reading
        self._under_way: dict[str, CurrentTurn] = {}

    @contextmanager
    def asking_bot(self, turn: CurrentTurn) -> Iterator[None]:
        """While it lasts, what the bot asks for is of this turn; what is found is stored by whoever takes the turn."""
        self._under_way[turn.conversation.id] = turn
        try:
            yield
        finally:
            del self._under_way[turn.conversation.id]

    def under_way(self, conversation_id: str) -> CurrentTurn | None:
        """The turn for which this worker is asking the bot."""
        return self._under_way.get(conversation_id)

    async def answer(self, conversation_id: str, intent: str, intent_confidence: float, slots: dict[str, Any]) -> Reply:
        """Answer the customer message whose turn it is. Called by the bot's actions.

        Args:
            conversation_id: the conversation.
            intent: what the bot understood.
            intent_confidence: how sure it was, 0 to 1; stored, never decided by.
            slots: what a form has collected so far, for the person if one takes over.
        """
        held = self.under_way(conversation_id)
        turn = held or await self._taken_elsewhere(conversation_id)
        if turn is None or turn.conversation.owner != Owner.BOT:
            return Reply("handoff", [])  # a person has taken over while the bot was thinking
        reply = await self._answered(turn, intent, intent_confidence, slots)
        if held is None:
            await self._store(turn)
        return reply

    async def _answered(self, turn: CurrentTurn, intent: str, intent_confidence: float, slots: dict[str, Any]) -> Reply:
        noted = {"intent": intent, "intent_confidence": round(intent_confidence, 4)}
        by_intent = after_intent(intent, turn.signals, turn.standing, self._policy)
        if by_intent is not None:
            turn.note({**noted, "outcome": "handoff"})
            return await self.hand_off(turn, by_intent, slots)
        earlier = turn.topic
        try:
            search = await self._knowledge.search(turn.message.text, turn.language, earlier)
        except Unavailable as error:
            log.warning("search_unavailable", code=error.code)
            return await self.hand_off(turn, on_event(Happening.BOT_UNAVAILABLE, turn.standing, self._policy), slots)
        outcome = after_search(
            search.confidences,
            off_topic=intent == OFF_TOPIC_INTENT,
            standing=turn.standing,
            policy=self._policy,
            bars=_bars(search),
        )
        found = {**noted, **await self._seen(search, turn.language), "outcome": _name(outcome)}
        if search.in_context and earlier is not None:
            found["searched"] = joined(earlier, turn.message.text, turn.language)[-LONGEST_TOPIC:]
        if isinstance(outcome, Handoff):
            turn.note(found)
            return await self.hand_off(turn, outcome, slots)
        turn.note(found, helped=isinstance(outcome, Answer))
        turns.labels(_name(outcome)).inc()
        return Reply(_name(outcome), await self._messages(outcome, search, turn.language))

    async def _taken_elsewhere(self, conversation_id: str) -> CurrentTurn | None:
        """The turn that another worker is taking, whose bot asks this one; its words are read again."""
        async with self._chat.database.read(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(conversation_id)
            message = await repository.next_unanswered(conversation) if conversation else None
            if conversation is None or message is None or conversation.owner != Owner.BOT:
                return None
            turn = await read_turn(session, conversation, message)
        await self._reading.read(turn)
        return turn

    async def answer_choice(self, turn: CurrentTurn, choice: str) -> Conversation | None:
        """The customer has chosen among the candidates, or none of them; returns as `ChatService.say`."""
        if choice == "none":
            turn.note({"outcome": "handoff", "choice": choice})
            turns.labels("handoff").inc()
            await self.happened(turn.conversation, Happening.NONE_OF_THESE, actor="policy", turn=turn)
            return None
        try:
            release_id, entry = self._knowledge.live_entry(choice)
            reply = await self._answer_message(entry, release_id, turn.language)
        except NotFound:
            reply = {"kind": "text", "text": say(turn.language, "entry_gone"), "data": {}}
        turn.note({"outcome": "answer", "choice": choice}, helped=True)
        turns.labels("answer").inc()
        return await self._chat.say(turn.conversation.id, [reply], turn.language, while_owner=(Owner.BOT,), turn=turn)

    async def answer_while_waiting(self, turn: CurrentTurn) -> None:
        """In the queue, the bot still answers what it is sure of and leaves the rest to the person."""
        search = await self.suggest(turn)
        needed = before_bot(turn.signals, Standing(), self._policy)
        if needed is not None:  # asked again for the person who is on the way, or in a danger that nobody knew of
            await self._chat.more_urgent(turn, needed)
            return
        sure = [found for found in search.answers if found.confidence >= search.thresholds.answer] if search else []
        if search and sure:
            replies = await self._answers(sure, search, turn.language)
            await self._chat.say(turn.conversation.id, replies, turn.language, while_owner=(Owner.WAITING,))
        else:
            await self._chat.left_to_person(turn)
        turns.labels("while_waiting").inc()

    async def needed_by(self, text: str, language: Lang) -> Handoff | None:
        """What the words of a message that was left demand, by the gate that is asked before the bot."""
        return before_bot(await self._reading.of_text(text, language), Standing(), self._policy)

    async def suggest(self, turn: CurrentTurn) -> Search | None:
        """Note the candidates for the agent, who sees them when the turn is over; None when nothing can be searched."""
        try:
            search = await self._knowledge.search(turn.message.text, turn.language, turn.topic)
        except Unavailable:
            return None
        turn.note({**await self._seen(search, turn.language), "outcome": "to_person"})
        return search

    async def happened(
        self,
        conversation: Conversation,
        happening: Happening,
        *,
        actor: str,
        turn: CurrentTurn | None = None,
        inputs: dict[str, Any] | None = None,
        slots: dict[str, Any] | None = None,
    ) -> bool:
        """Something that is not words calls for a person; False when one has the conversation, or is on the way.

        Args:
            turn: in which it happened.
            inputs: what else the decision is based on.
        """
        needed = on_event(happening, standing_of(conversation), self._policy)
        seen = {**(turn.inputs if turn else {}), **(inputs or {}), "event": happening.value}
        return await self._chat.hand_off(conversation.id, needed, actor=actor, inputs=seen, slots=slots, turn=turn)

    async def hand_off(self, turn: CurrentTurn, needed: Handoff, slots: dict[str, Any] | None = None) -> Reply:
        """The policy calls a person in a turn; whether one is on the way already makes no difference to the reply."""
        turns.labels("handoff").inc()
        await self._chat.hand_off(
            turn.conversation.id, needed, actor="policy", inputs=turn.inputs, slots=slots, turn=turn
        )
        return Reply("handoff", [])

    async def _store(self, turn: CurrentTurn) -> None:
        """Store what was found of a turn that another worker takes."""
        async with self._chat.database.write(brief=True) as session:
            repository = ChatRepository(session)
            conversation = await repository.conversation(turn.conversation.id, lock=True)
            if conversation is not None:
                await turn.store(repository, conversation)

    async def _messages(
        self, outcome: Answer | Clarify | Decline, search: Search, language: Lang
    ) -> list[dict[str, Any]]:
        if isinstance(outcome, Answer):
            return await self._answers(search.answers, search, language)
        if isinstance(outcome, Clarify):
            offered = search.candidates[: outcome.choices]
            choices = [
                {"entry_id": candidate.entry.id, "label": _label(candidate.entry, language)} for candidate in offered
            ]
            question, none = ("clarify", "none_of_these") if len(choices) > 1 else ("clarify_one", "not_this")
            data = {"choices": choices, "none_label": say(language, none)}
            return [{"kind": "choices", "text": say(language, question), "data": data}]
        person = say(language, "talk_to_person")
        data = {"buttons": [{"label": person, "text": person}]}
        return [{"kind": "text", "text": say(language, "decline"), "data": data}]

    async def _answers(self, given: Sequence[Candidate], search: Search, language: Lang) -> list[dict[str, Any]]:
        besides = search.besides.entry.id if search.besides else None
        return [await self._answer_message(found.entry, search.release_id, language, besides) for found in given]

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
            question = other.variant_for(language)[1].question
            related.append({"entry_id": identifier, "question": question, "label": _label(other, language)})
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

    async def _seen(self, search: Search, language: Lang) -> dict[str, Any]:
        """What was found, for the person: also by which revision in which release, as they may tell it."""
        revision_in = self._knowledge.browsing.revision_in
        return {
            "bars": {"answer": round(search.thresholds.answer, 4), "clarify": round(search.thresholds.clarify, 4)},
            "confidences": [round(confidence, 4) for confidence in search.confidences[:3]],
            "candidates": [
                {
                    "entry_id": candidate.entry.id,
                    "question": candidate.entry.variant_for(language)[1].question,
                    "answer": candidate.entry.variant_for(language)[1].answer,
                    "confidence": round(candidate.confidence, 4),
                    "release_id": search.release_id,
                    "revision": await revision_in(search.release_id, candidate.entry.id),
                }
                for candidate in search.candidates[:3]
            ],
        }


def _name(outcome: Answer | Clarify | Decline | Handoff) -> OutcomeName:
    names: dict[type, OutcomeName] = {Answer: "answer", Clarify: "clarify", Decline: "decline", Handoff: "handoff"}
    return names[type(outcome)]


def _label(entry: EntryContent, language: Lang) -> str:
    """The question by which an entry is offered; where only the other language has one, it says which that is."""
    asked_in, variant = entry.variant_for(language)
    question = variant.question
    return question if asked_in == language else say(language, "label_in_other_language", question=question)


def _bars(search: Search) -> Bars:
    return Bars(search.thresholds.answer, search.thresholds.clarify)
