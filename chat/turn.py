"""One turn, from a stored message to a stored reply. Each conversation is handled by one worker at a time, in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from chat.answering import Answering
from chat.bot import BotUnavailable, RasaBot
from chat.models import Conversation, Message
from chat.ownership import Owner
from chat.repository import ChatRepository
from chat.service import ChatService, Stored
from chat.standing import anger_direction, standing_of
from handoff.policy import Handoff, Happening, Policy, TurnSignals, before_bot, is_angry, on_event
from handoff.signals import SignalReader
from handoff.trend import LOOKED_BACK
from kb.content import Lang
from kit.counters import count_degraded, turns
from kit.errors import Unavailable
from kit.language import detect
from kit.masking import mask

log = structlog.get_logger(__name__)

Turn = tuple[Conversation, Message]
Done = TypeVar("Done")

SWEEP_SECONDS = 5.0
ABANDONED_SECONDS = 10.0


class TurnRunner:
    """Takes turns in the background, and picks up those that a worker left behind when it died."""

    def __init__(
        self,
        chat: ChatService,
        answering: Answering,
        bot: RasaBot,
        signals: SignalReader,
        policy: Policy,
        *,
        claim_seconds: float,
    ) -> None:
        self._chat = chat
        self._answering = answering
        self._bot = bot
        self._signals = signals
        self._policy = policy
        self._claim = timedelta(seconds=claim_seconds)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look for abandoned turns."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def close(self) -> None:
        """Let the turns under way end, then stop."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        await self.idle()

    async def idle(self) -> None:
        """Wait until no turn is under way in this process."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def claim(self) -> timedelta:
        """For how long a turn is claimed; whoever holds a turn for longer has died."""
        return self._claim

    async def begin(self, storing: Coroutine[Any, Any, Stored]) -> Stored:
        """Store a message and take its turn and those after it, even if who waits for the storing goes away.

        Where it could not be claimed with the message, whoever takes turns in the conversation takes this one too.

        Args:
            storing: of `ChatService.post`, with this runner's `claim`.
        """
        return await asyncio.shield(self._spawn(self._stored(storing)))

    async def _stored(self, storing: Coroutine[Any, Any, Stored]) -> Stored:
        stored = await storing
        if stored.turn is not None:
            self._spawn(self._run(stored.turn.id, (stored.turn, stored.message)))
        return stored

    def _spawn(self, work: Coroutine[Any, Any, Done]) -> asyncio.Task[Done]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, conversation_id: str, claimed: Turn | None = None) -> None:
        with structlog.contextvars.bound_contextvars(conversation_id=conversation_id):
            try:
                await self._take_turns(conversation_id, claimed)
            except Exception as error:  # edge of a background task; the sweeper tries the turn again
                count_degraded("turn_failed")
                log.error("turn_failed", exc_info=error)

    async def _take_turns(self, conversation_id: str, claimed: Turn | None) -> None:
        clock = self._chat.clock
        next_turn = claimed or await self._claimed(conversation_id)
        while next_turn is not None:
            conversation, message = next_turn
            try:
                if await self._take(conversation, message):
                    return
            except Unavailable:
                raise  # the database is away: the sweeper takes the turn again when it is back
            except Exception as error:  # edge of a turn: whatever broke it, the customer is not left without a word
                count_degraded("turn_failed")
                log.error("turn_failed", exc_info=error)
                await self._unavailable(conversation, message)
            async with self._chat.database.write() as session:
                repository, until = ChatRepository(session), clock.now() + self._claim
                more = await repository.end_turn(conversation_id, message.seq, until)
                next_turn = await _next_turn(repository, conversation_id) if more else None

    async def _claimed(self, conversation_id: str) -> Turn | None:
        """The next turn of a conversation, if it could be claimed."""
        async with self._chat.database.write() as session:
            repository, now = ChatRepository(session), self._chat.clock.now()
            if not await repository.claim_turn(conversation_id, now, now + self._claim):
                return None
            return await _next_turn(repository, conversation_id)

    async def _take(self, conversation: Conversation, message: Message) -> bool:
        """Take a turn; returns whether it was over with its reply, and no other is owed."""
        language: Lang = "en" if message.language == "en" else "zh"
        signals = await self._read_signals(conversation, message, language)
        if conversation.owner == Owner.BOT:
            await self._chat.typing(conversation.id, "bot", True)
            try:
                return await self._bot_turn(conversation, message, language, signals)
            finally:
                await self._chat.typing(conversation.id, "bot", False)
        elif conversation.owner == Owner.WAITING:
            await self._answering.answer_while_waiting(conversation.id, message, language, signals)
        else:
            await self._answering.suggest(message, language)
            turns.labels("to_agent").inc()
        return False

    async def _read_signals(self, conversation: Conversation, message: Message, language: Lang) -> TurnSignals:
        signals = await self._signals.read(message.text, language)
        async with self._chat.database.write() as session:
            repository = ChatRepository(session)
            repository.hold(message)
            locked = await repository.conversation(conversation.id, lock=True)
            assert locked is not None
            earlier = await repository.customer_lines(conversation.id, LOOKED_BACK, before=message.seq)
            locked.emotion = signals.emotion[0]
            locked.angry_turns = locked.angry_turns + 1 if is_angry(signals, self._policy) else 0
            found = {
                "language": detect(message.text, language).language.value,
                **signals.to_store(),
                "trend": anger_direction(earlier, signals),
                "angry_turns": locked.angry_turns,
            }
            repository.merge_turn(message, found)
        return signals

    async def _bot_turn(
        self, conversation: Conversation, message: Message, language: Lang, signals: TurnSignals
    ) -> bool:
        decision = before_bot(signals, standing_of(conversation, message), self._policy)
        if decision is not None:
            await self._hand_off(conversation.id, decision, message)
            await self._answering.suggest(message, language)
            await self._bot.forget(conversation.id)
            return False
        choice = message.data.get("choice")
        if choice:
            await self._answering.answer_choice(conversation.id, message, str(choice), language)
            return False
        try:
            replies = await self._bot.send(conversation.id, message.text, language)
            if not replies and await self._still_with_bot(conversation):
                raise BotUnavailable("bot_silent", "Rasa answered with nothing.")
        except BotUnavailable as error:
            log.warning("bot_unavailable", path=error.path, reason=mask(error.message))
            await self._unavailable(conversation, message)
            return False
        turns.labels("bot").inc()
        if not replies:
            return False
        # An action may have handed the conversation over while it spoke; its last words still belong to the bot.
        said = await self._chat.say(
            conversation.id, replies, language, while_owner=(Owner.BOT, Owner.WAITING), turn=message
        )
        return said is not None and said.turn_until is None

    async def _unavailable(self, conversation: Conversation, message: Message) -> None:
        needed = on_event(Happening.BOT_UNAVAILABLE, standing_of(conversation, message), self._policy)
        await self._hand_off(conversation.id, needed, message)

    async def _hand_off(self, conversation_id: str, needed: Handoff, message: Message) -> None:
        turns.labels("handoff").inc()
        await self._chat.hand_off(conversation_id, needed, actor="policy", inputs=await self._answering.inputs(message))

    async def _still_with_bot(self, conversation: Conversation) -> bool:
        async with self._chat.database.read() as session:
            now = await ChatRepository(session).conversation(conversation.id)
        return now is not None and now.owner == Owner.BOT and now.version == conversation.version

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.recover()
            except Exception as error:  # noqa: BLE001  # edge of a background task: the next round tries again
                log.warning("sweep_failed", reason=str(error))

    async def recover(self) -> None:
        """Take the turns that nobody is taking."""
        now = self._chat.clock.now()
        async with self._chat.database.read() as session:
            found = await ChatRepository(session).abandoned(now, now - timedelta(seconds=ABANDONED_SECONDS))
        for conversation_id in found:
            count_degraded("turn_recovered")
            self._spawn(self._run(conversation_id))


async def _next_turn(repository: ChatRepository, conversation_id: str) -> Turn | None:
    conversation = await repository.conversation(conversation_id)
    message = await repository.next_unanswered(conversation) if conversation else None
    return (conversation, message) if conversation and message else None
