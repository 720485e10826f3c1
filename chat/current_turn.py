"""The turn that is being taken: what is found of a message stays here until it is stored with the reply.

A worker that dies leaves nothing of it, and the turn is taken anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from chat.casework.repository import CaseRepository
from chat.models import Conversation, Message
from chat.repository import TOPIC_LASTS, ChatRepository
from chat.standing import anger_direction, standing_of
from handoff.facts import Standing
from handoff.policy import Policy, TurnSignals, is_angry
from handoff.signals import SignalReader
from handoff.trend import LOOKED_BACK
from kb.content import Lang
from kb.context import Earlier, joined
from kit.language import detect

LONGEST_TOPIC = 200
TURNS_LOOKED_BACK = 2


@dataclass
class CurrentTurn:
    """A customer's message, and what was said before it.

    Args:
        conversation: as it was when the turn began, or when the turn itself handed it over.
        message: what is found of it stands in its ``turn`` at once.
        before: the customer's latest messages before it, oldest first.
        agent_words: what an agent said since the turn before.
        helped: whether the bot could help; None where it had no say.
        is_noted: whether something was found that is not stored yet.
        is_counted: whether the conversation knows of the feeling in it.
    """

    conversation: Conversation
    message: Message
    before: Sequence[Message] = ()
    agent_words: Sequence[Message] = ()
    helped: bool | None = field(default=None, init=False)
    is_noted: bool = field(default=False, init=False)
    is_counted: bool = field(default=False, init=False)

    @property
    def language(self) -> Lang:
        """In which it is answered."""
        return "en" if self.message.language == "en" else "zh"

    @property
    def found(self) -> dict[str, Any]:
        """What was found of the message so far."""
        return self.message.turn or {}

    @property
    def signals(self) -> TurnSignals:
        """What its words say, once they were read."""
        return TurnSignals.stored(self.found)

    @property
    def standing(self) -> Standing:
        """How the conversation stands with it."""
        return standing_of(self.conversation, self.message)

    @property
    def inputs(self) -> dict[str, Any]:
        """What a decision is based on, as it is stored with a handoff."""
        return {"seq": self.message.seq, **{key: value for key, value in self.found.items() if key != "candidates"}}

    @property
    def topic(self) -> Earlier | None:
        """What the message may follow up: the turn before, or a person's words, which count as said."""
        before = turn_before(self.message, self.before)
        if self.agent_words:
            return _after_agent(before, self.agent_words)
        if before is None or before.turn is None:
            return None
        answered = before.turn.get("choice")
        if before.turn.get("outcome") == "answer" and before.turn.get("candidates"):
            answered = before.turn["candidates"][0]["entry_id"]
        return Earlier(before.turn.get("searched", before.text), answered)

    def note(self, found: dict[str, Any], *, helped: bool | None = None) -> None:
        """Add to what was found."""
        self.message.turn = {**self.found, **found}
        self.is_noted = True
        if helped is not None:
            self.helped = helped

    def left_unsaid(self, outcome: str = "to_person") -> None:
        """The customer was not told what was found for them, but this happened."""
        self.helped = None
        if "outcome" in self.found:
            self.note({"outcome": outcome})

    async def was_called_away(self, repository: ChatRepository, conversation: Conversation) -> bool:
        """Whether somebody else than the bot has changed the owner of the locked conversation since the turn began."""
        if conversation.version == self.conversation.version:
            return False
        return await repository.changed_by(conversation) not in ("bot", "policy")

    async def store(self, repository: ChatRepository, conversation: Conversation) -> None:
        """Store what was found, in a transaction that has locked the conversation.

        Where another worker answered for the bot, it has stored what it found.
        """
        if not self.is_noted:
            return
        if "outcome" not in self.found:
            self.message.turn = {**self.found, **(await repository.found_of(self.message) or {})}
        await repository.keep_turn(conversation, self.message)
        if not self.is_counted and "emotion" in self.found:  # once: a handoff begins to count anew
            conversation.emotion, conversation.angry_turns = self.found["emotion"], self.found["angry_turns"]
            self.is_counted = True
        if self.helped is not None:
            conversation.unhelped_turns = 0 if self.helped else conversation.unhelped_turns + 1
        self.helped, self.is_noted = None, False


class TurnReading:
    """Reads what the words of a turn say.

    Args:
        signals: of one text.
        policy: says from when on somebody is angry.
    """

    def __init__(self, signals: SignalReader, policy: Policy) -> None:
        self._signals = signals
        self._policy = policy

    async def read(self, turn: CurrentTurn) -> TurnSignals:
        """The signals, noted with the turn."""
        text = turn.message.text
        signals = await self.of_text(text, turn.language)
        turn.note(
            {
                "language": detect(text, turn.language).language.value,
                **signals.to_store(),
                "trend": anger_direction(turn.before, signals),
                "angry_turns": turn.conversation.angry_turns + 1 if is_angry(signals, self._policy) else 0,
            }
        )
        return signals

    async def of_text(self, text: str, language: Lang) -> TurnSignals:
        """The signals of words that are no turn, such as those of a message that was left."""
        return await self._signals.read(text, language)


async def read_turn(session: AsyncSession, conversation: Conversation, message: Message) -> CurrentTurn:
    """A message with what was said before it."""
    if message.seq == 1:
        return CurrentTurn(conversation, message)
    before = await ChatRepository(session).customer_lines(conversation.id, LOOKED_BACK, before=message.seq)
    if conversation.version == 0:  # it has always been the bot's
        return CurrentTurn(conversation, message, before)
    since = turn_before(message, before)
    told = await CaseRepository(session).agent_words(message, since.seq if since else 0)
    return CurrentTurn(conversation, message, before, told)


def turn_before(message: Message, lines: Sequence[Message]) -> Message | None:
    """The customer's message before this one that was looked up, if it is among the latest few and not old.

    Args:
        message: the one that may follow it up.
        lines: the customer's messages before it, oldest first.
    """
    recent = [line for line in lines[-TURNS_LOOKED_BACK:] if line.created_at > message.created_at - TOPIC_LASTS]
    return next((line for line in reversed(recent) if {"candidates", "choice"} & set(line.turn or {})), None)


def _after_agent(before: Message | None, told: Sequence[Message]) -> Earlier:
    """What a message follows up that comes after a person's words: those, and what they answered.

    What the person gave as an answer of the knowledge base counts as said, as if the bot had said it.
    """
    language: Lang = "en" if told[-1].language == "en" else "zh"
    asked = Earlier(before.text) if before else None
    words = " ".join(message.text for message in told)[-LONGEST_TOPIC:]
    used = [(message.turn or {}).get("suggestion") for message in told]
    given = [suggestion["entry_id"] for suggestion in used if suggestion]
    return Earlier(joined(asked, words, language) if asked else words, given[-1] if given else None)
