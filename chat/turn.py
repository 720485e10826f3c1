"""One turn, from a stored message to a stored reply. Each conversation is handled by one worker at a time, in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from chat.answering import Answering
from chat.bot import BotUnavailable, RasaBot
from chat.current_turn import CurrentTurn, TurnReading, read_turn
from chat.models import Conversation
from chat.ownership import Owner
from chat.repository import ChatRepository
from chat.service import ChatService, Stored
from handoff.policy import Happening, Policy, before_bot, on_event
from kit.counters import count_degraded, turns
from kit.errors import Unavailable
from kit.masking import mask

log = structlog.get_logger(__name__)

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
        reading: TurnReading,
        policy: Policy,
        *,
        claim_seconds: float,
    ) -> None:
        self._chat = chat
        self._answering = answering
        self._bot = bot
        self._reading = reading
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
            self._spawn(self._run(stored.turn.conversation.id, stored.turn))
        return stored

    def _spawn(self, work: Coroutine[Any, Any, Done]) -> asyncio.Task[Done]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, conversation_id: str, claimed: CurrentTurn | None = None) -> None:
        with structlog.contextvars.bound_contextvars(conversation_id=conversation_id):
            try:
                await self._take_turns(conversation_id, claimed)
            except Exception as error:  # edge of a background task; the sweeper tries the turn again
                count_degraded("turn_failed")
                log.error("turn_failed", exc_info=error)

    async def _take_turns(self, conversation_id: str, claimed: CurrentTurn | None) -> None:
        clock = self._chat.clock
        turn = claimed or await self._claimed(conversation_id)
        while turn is not None:
            try:
                if await self._take(turn):
                    return
            except Unavailable:
                raise  # the database is away: the sweeper takes the turn again when it is back
            except Exception as error:  # edge of a turn: whatever broke it, the customer is not left without a word
                count_degraded("turn_failed")
                log.error("turn_failed", exc_info=error)
                await self._unavailable(turn)
            is_noted = turn.is_noted
            async with self._chat.database.write(brief=True) as session:
                repository, until = ChatRepository(session), clock.now() + self._claim
                if is_noted and (conversation := await repository.conversation(conversation_id, lock=True)):
                    await turn.store(repository, conversation)
                more = await repository.end_turn(conversation_id, turn.message.seq, until)
                turn = await _next_turn(repository, conversation_id) if more else None
            if is_noted:
                await self._chat.found(conversation_id)

    async def _claimed(self, conversation_id: str) -> CurrentTurn | None:
        """The next turn of a conversation, if it could be claimed."""
        async with self._chat.database.write(brief=True) as session:
            repository, now = ChatRepository(session), self._chat.clock.now()
            if not await repository.claim_turn(conversation_id, now, now + self._claim):
                return None
            return await _next_turn(repository, conversation_id)

    async def _take(self, turn: CurrentTurn) -> bool:
        """Take a turn; returns whether it was over with its reply, and no other is owed."""
        await self._reading.read(turn)
        conversation_id, owner = turn.conversation.id, turn.conversation.owner
        if owner == Owner.BOT:
            decision = before_bot(turn.signals, turn.standing, self._policy)
            async with self._typing(conversation_id):
                if decision is None:
                    return await self._bot_turn(turn)
                await self._answering.hand_off(turn, decision)
            self._spawn(self._bot.forget(conversation_id))  # Rasa does what it is told of a conversation in order
            await self._answering.suggest(turn)  # for the agent: the customer has been told, and waits for nothing here
        elif owner == Owner.WAITING:
            await self._answering.answer_while_waiting(turn)
        else:
            await self._answering.suggest(turn)
            turns.labels("to_agent").inc()
        return False

    @contextlib.asynccontextmanager
    async def _typing(self, conversation_id: str) -> AsyncIterator[None]:
        """The customer sees the bot at work."""
        await self._chat.typing(conversation_id, "bot", True)
        try:
            yield
        finally:
            await self._chat.typing(conversation_id, "bot", False)

    async def _bot_turn(self, turn: CurrentTurn) -> bool:
        conversation_id = turn.conversation.id
        choice = turn.message.data.get("choice")
        if choice:
            return _is_over(await self._answering.answer_choice(turn, str(choice)))
        try:
            with self._answering.asking_bot(turn):
                replies = await self._bot.send(conversation_id, turn.message.text, turn.language)
            if not replies and await self._still_with_bot(turn):
                raise BotUnavailable("bot_silent", "Rasa answered with nothing.")
        except BotUnavailable as error:
            log.warning("bot_unavailable", path=error.path, reason=mask(error.message))
            await self._unavailable(turn)
            return False
        turns.labels("bot").inc()
        if not replies:
            return False
        # An action may have handed the conversation over while it spoke; its last words still belong to the bot.
        speaks_as = (Owner.BOT, Owner.WAITING)
        return _is_over(await self._chat.say(conversation_id, replies, turn.language, while_owner=speaks_as, turn=turn))

    async def _unavailable(self, turn: CurrentTurn) -> None:
        turn.left_unsaid("handoff")
        await self._answering.hand_off(turn, on_event(Happening.BOT_UNAVAILABLE, turn.standing, self._policy))

    async def _still_with_bot(self, turn: CurrentTurn) -> bool:
        async with self._chat.database.read(brief=True) as session:
            now = await ChatRepository(session).conversation(turn.conversation.id)
        return now is not None and now.owner == Owner.BOT and now.version == turn.conversation.version

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
        async with self._chat.database.read(brief=True) as session:
            found = await ChatRepository(session).abandoned(now, now - timedelta(seconds=ABANDONED_SECONDS))
        for conversation_id in found:
            count_degraded("turn_recovered")
            self._spawn(self._run(conversation_id))


def _is_over(said: Conversation | None) -> bool:
    """Whether something was said that ended the last turn that is owed."""
    return said is not None and said.turn_until is None


async def _next_turn(repository: ChatRepository, conversation_id: str) -> CurrentTurn | None:
    conversation = await repository.conversation(conversation_id)
    message = await repository.next_unanswered(conversation) if conversation else None
    return await read_turn(repository.session, conversation, message) if conversation and message else None
