"""Who speaks: the table of changes, and any interleaving of everybody who may act on a conversation."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chat.casework.afterwards import Afterwards
from chat.casework.service import Casework
from chat.current_turn import CurrentTurn
from chat.desk import AlreadyTaken, DeskConversations, NotOwner
from chat.ownership import Owner, OwnerChanged, check_change
from chat.repository import ChatRepository
from chat.service import ConversationClosed
from handoff.case_interfaces import Team
from handoff.interfaces import Person
from handoff.policy import Handoff, Reason
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Conflict
from kit.events import MemoryEvents

LEGAL = {
    "bot -> waiting",
    "bot -> closed",
    "waiting -> bot",
    "waiting -> waiting",
    "waiting -> agent",
    "waiting -> closed",
    "agent -> bot",
    "agent -> waiting",
    "agent -> closed",
    "agent -> agent",
    "bot -> agent",
}


@pytest.mark.parametrize(("current", "wanted"), list(itertools.product(Owner, Owner)))
def test_the_table_of_changes(current: Owner, wanted: Owner) -> None:
    if f"{current} -> {wanted}" in LEGAL:
        check_change(current, wanted)
    else:
        with pytest.raises(OwnerChanged):
            check_change(current, wanted)


# ── any interleaving ──────────────────────────────────────────────────────────────────────────────────────────────

AGENTS = {1: "林晓", 2: "Chen Fan"}
BOT_LINE = {"kind": "text", "text": "bot", "data": {}}


class OneConversation(RuleBasedStateMachine):
    """The real services on SQLite against a model of six variables. Stale views of the desk are kept and used."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        database = Database(f"sqlite+aiosqlite:///{Path(self.folder.name) / 'test.db'}")
        self.chat = Casework(database, MemoryEvents(), ManualClock())
        self.runner.run(database.migrate())
        conversation, _ = self.runner.run(self.chat.create("zh", "web"))
        self.id = conversation.id
        self.owner, self.holder, self.version = Owner.BOT, None, 0
        self.log: list[tuple[str, str]] = []
        self.numbers = itertools.count(1)
        self.views: list[Any] = []

    def teardown(self) -> None:
        self.runner.run(self.chat.database.close())
        self.runner.close()
        self.folder.cleanup()

    def attempt(self, work: Any, *, allowed: bool, refusal: type[Conflict]) -> bool:
        if not allowed:
            with pytest.raises(refusal):
                self.runner.run(work)
            return False
        self.runner.run(work)
        return True

    def moved(self, owner: Owner, holder: int | None, notice: str) -> None:
        self.owner, self.holder, self.version = owner, holder, self.version + 1
        self.log.append(("system", notice))

    @initialize()
    def the_desk_looks_once(self) -> None:
        self.the_desk_looks()

    @rule()
    def the_desk_looks(self) -> None:
        self.views = [*self.views[-3:], self.runner.run(self.chat.case(self.id))]

    @rule()
    def the_customer_writes(self) -> None:
        text = f"customer {next(self.numbers)}"
        work = self.chat.post(self.id, text, text, "zh")
        if self.attempt(work, allowed=self.owner != Owner.CLOSED, refusal=ConversationClosed):
            self.log.append(("customer", text))

    @rule()
    def the_customer_repeats_the_first_message(self) -> None:
        first = next((text for sender, text in self.log if sender == "customer"), None)
        if first is not None:
            assert self.runner.run(self.chat.post(self.id, first, first, "zh")).repeated

    @rule()
    def the_bot_speaks(self) -> None:
        said = self.runner.run(
            self.chat.say(self.id, [BOT_LINE, BOT_LINE], "zh", while_owner=(Owner.BOT, Owner.WAITING))
        )
        assert (said is not None) == (self.owner in (Owner.BOT, Owner.WAITING))
        if said is not None:
            self.log += [("bot", "bot"), ("bot", "bot")]

    @rule(reason=st.sampled_from([Reason.ASKED_FOR_HUMAN, Reason.DISTRESS, Reason.BOT_UNAVAILABLE]))
    def somebody_hands_off(self, reason: Reason) -> None:
        accepted = self.runner.run(self.chat.hand_off(self.id, reason, actor="policy"))
        assert accepted == (self.owner == Owner.BOT)
        if accepted:
            self.moved(Owner.WAITING, None, "waiting")

    @rule()
    def the_customer_names_a_danger(self) -> None:
        if self.owner == Owner.CLOSED:
            return
        self.the_customer_writes()
        *_, said = self.runner.run(self.chat.messages(self.id, 0))
        turn = CurrentTurn(self.runner.run(self.chat.current(self.id)), said)
        danger = Handoff(Reason.DISTRESS, "danger", "v", 8, {"zh": "请停止转账", "en": "Stop all transfers"})
        if self.runner.run(self.chat.more_urgent(turn, danger)):
            assert self.owner == Owner.WAITING
            self.moved(Owner.WAITING, None, "urgent")

    @rule()
    def the_customer_gives_up_waiting(self) -> None:
        work = self.chat.cancel_waiting(self.id)
        if self.attempt(work, allowed=self.owner == Owner.WAITING, refusal=OwnerChanged):
            self.moved(Owner.BOT, None, "cancelled")

    @rule(agent=st.sampled_from(list(AGENTS)), view=st.integers(0, 3))
    def an_agent_takes(self, agent: int, view: int) -> None:
        seen = self.views[view % len(self.views)]
        allowed = seen.version == self.version and self.owner == Owner.WAITING
        if self.attempt(self.chat.take(seen, agent, AGENTS[agent]), allowed=allowed, refusal=AlreadyTaken):
            self.moved(Owner.AGENT, agent, "joined")

    @rule(agent=st.sampled_from(list(AGENTS)))
    def an_agent_takes_what_waits_now(self, agent: int) -> None:
        self.the_desk_looks()
        self.an_agent_takes(agent, len(self.views) - 1)

    @rule(agent=st.sampled_from(list(AGENTS)))
    def an_agent_replies(self, agent: int) -> None:
        text = f"agent {next(self.numbers)}"
        work = self.chat.reply(self.id, agent, AGENTS[agent], text, text)
        allowed = self.owner == Owner.AGENT and self.holder == agent
        if self.attempt(work, allowed=allowed, refusal=NotOwner):
            self.log.append(("agent", text))

    @rule(view=st.integers(0, 3), to=st.sampled_from(list(AGENTS)))
    def the_agent_transfers_to_a_colleague(self, view: int, to: int) -> None:
        seen = self.views[view % len(self.views)]
        allowed = seen.version == self.version and self.owner in (Owner.AGENT, Owner.WAITING, Owner.BOT)
        work = self.chat.transfer(seen, Person(9, "by"), Person(to, AGENTS[to]), "memo")
        if self.attempt(work, allowed=allowed, refusal=OwnerChanged):
            self.moved(Owner.AGENT, to, "transferred")

    @rule(view=st.integers(0, 3))
    def the_agent_transfers_to_a_team(self, view: int) -> None:
        seen = self.views[view % len(self.views)]
        allowed = seen.version == self.version and self.owner in (Owner.AGENT, Owner.BOT)
        work = self.chat.transfer(seen, Person(9, "by"), Team("loans", {"zh": "贷款组", "en": "Loans"}), "")
        if self.attempt(work, allowed=allowed, refusal=OwnerChanged):
            self.moved(Owner.WAITING, None, "to_team")

    @rule(view=st.integers(0, 3), by=st.sampled_from(list(AGENTS)))
    def a_supervisor_takes_over(self, view: int, by: int) -> None:
        seen = self.views[view % len(self.views)]
        allowed = seen.version == self.version and self.owner != Owner.CLOSED
        if self.attempt(self.chat.take_over(seen, Person(by, AGENTS[by])), allowed=allowed, refusal=OwnerChanged):
            self.moved(Owner.AGENT, by, "joined")

    @rule()
    def the_customer_ends_it(self) -> None:
        self.runner.run(Afterwards(self.chat.database, MemoryEvents(), ManualClock()).end(self.id))
        if self.owner != Owner.CLOSED:
            self.moved(Owner.CLOSED, self.holder, "closed")

    @rule(view=st.integers(0, 3))
    def the_agent_gives_back(self, view: int) -> None:
        seen = self.views[view % len(self.views)]
        allowed = seen.version == self.version and self.owner in (Owner.AGENT, Owner.WAITING)
        if self.attempt(self.chat.give_back(seen, "agent"), allowed=allowed, refusal=OwnerChanged):
            self.moved(Owner.BOT, None, "returned")

    @rule(view=st.integers(0, 3))
    def the_agent_closes(self, view: int) -> None:
        seen = self.views[view % len(self.views)]
        allowed = seen.version == self.version and self.owner != Owner.CLOSED
        if self.attempt(self.chat.close(seen, "agent"), allowed=allowed, refusal=OwnerChanged):
            self.moved(Owner.CLOSED, self.holder, "closed")

    @invariant()
    def there_is_exactly_one_owner(self) -> None:
        now = self.runner.run(self.chat.current(self.id))
        assert (now.owner, now.version) == (self.owner, self.version)
        assert now.owner != Owner.AGENT or now.agent_id == self.holder
        listed = len(self.runner.run(self.chat.waiting()))
        held = {agent: len(self.runner.run(self.chat.held_by(agent))) for agent in AGENTS}
        assert listed == (self.owner == Owner.WAITING)
        assert held == {agent: int(self.owner == Owner.AGENT and self.holder == agent) for agent in AGENTS}

    @invariant()
    def no_message_is_lost_and_numbers_have_no_gaps(self) -> None:
        stored = self.runner.run(self.chat.messages(self.id, 0))
        assert [message.seq for message in stored] == list(range(1, len(self.log) + 1))
        said = [(m.sender, m.data["event"] if m.sender == "system" else m.text) for m in stored]
        assert said == self.log

    @invariant()
    def every_change_of_owner_is_on_record(self) -> None:
        async def changes() -> list[Any]:
            async with self.chat.database.read() as session:
                return await ChatRepository(session).owner_changes(self.id)

        recorded = self.runner.run(changes())
        assert [change.version for change in recorded] == list(range(1, self.version + 1))
        owners = [Owner.BOT.value, *(change.to_owner for change in recorded)]
        assert [change.from_owner for change in recorded] == owners[:-1]
        assert owners[-1] == self.owner


OneConversation.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyInterleaving = OneConversation.TestCase


# ── truly at once, on both databases ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def waiting(conversations: DeskConversations) -> Any:
    conversation, _ = await conversations.create("en", "web")
    await conversations.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="customer")
    return await conversations.case(conversation.id)


class TestAtOnce:
    async def test_of_two_agents_one_gets_it(self, conversations, waiting) -> None:
        taken = await asyncio.gather(
            *(conversations.take(waiting, agent, name) for agent, name in AGENTS.items()), return_exceptions=True
        )
        refused = [each for each in taken if isinstance(each, AlreadyTaken)]
        (got,) = [each for each in taken if each not in refused]
        assert len(refused) == 1
        assert (await conversations.current(waiting.id)).agent_id == got.agent_id
        assert (got.owner, got.version) == ("agent", waiting.version + 1)
        assert [line.data.get("event") for line in await conversations.lines(waiting.id, 0)] == ["waiting", "joined"]

    async def test_an_agent_takes_while_the_customer_leaves(self, conversations, waiting) -> None:
        taken, left = await asyncio.gather(
            conversations.take(waiting, 1, "林晓"), conversations.cancel_waiting(waiting.id), return_exceptions=True
        )
        assert isinstance(taken, AlreadyTaken) != isinstance(left, OwnerChanged)

    async def test_many_handoffs_put_it_into_the_queue_once(self, conversations) -> None:
        conversation, _ = await conversations.create("zh", "web")
        accepted = await asyncio.gather(
            *(conversations.hand_off(conversation.id, Reason.LOW_CONFIDENCE, actor="policy") for _ in range(5))
        )
        assert sorted(accepted) == [False, False, False, False, True]
        assert len(await conversations.lines(conversation.id, 0)) == 1

    async def test_a_client_id_sent_many_times_at_once_is_stored_once(self, conversations) -> None:
        conversation, _ = await conversations.create("zh", "web")
        stored = await asyncio.gather(*(conversations.post(conversation.id, "same", "你好", "zh") for _ in range(6)))
        assert sorted(each.repeated for each in stored) == [False, True, True, True, True, True]
        assert {each.message.seq for each in stored} == {1}
        assert [m.text for m in await conversations.messages(conversation.id, 0)] == ["你好"]

    async def test_everybody_writes_at_once_without_a_gap(self, conversations, waiting) -> None:
        await conversations.take(waiting, 1, "林晓")
        await asyncio.gather(
            *(conversations.post(waiting.id, f"c{number}", f"c{number}", "zh") for number in range(8)),
            *(conversations.reply(waiting.id, 1, "林晓", f"a{number}", f"a{number}") for number in range(8)),
        )
        messages = await conversations.messages(waiting.id, 0)
        assert [message.seq for message in messages] == list(range(1, 19))
        assert len({message.text for message in messages}) == 18

    async def test_one_worker_gets_a_turn(self, conversations, clock) -> None:
        from datetime import timedelta

        conversation, _ = await conversations.create("zh", "web")
        await conversations.post(conversation.id, "1", "你好", "zh")

        async def claim() -> bool:
            async with conversations.database.write() as session:
                now = clock.now()
                return await ChatRepository(session).claim_turn(conversation.id, now, now + timedelta(seconds=30))

        assert sorted(await asyncio.gather(*(claim() for _ in range(4)))) == [False, False, False, True]
        clock.advance(31)
        assert await claim(), "the claim of a worker that died runs out"


class TestTheQueue:
    async def test_classes_first_then_the_longest_waiting(self, conversations, clock) -> None:
        order = {}
        for reason in (Reason.LOW_CONFIDENCE, Reason.DISTRESS, Reason.COMPLAINT, Reason.VULNERABLE_CUSTOMER):
            conversation, _ = await conversations.create("zh", "web")
            await conversations.hand_off(conversation.id, reason, actor="policy")
            order[reason] = conversation.id
            clock.advance(10)
        wanted = [Reason.DISTRESS, Reason.VULNERABLE_CUSTOMER, Reason.COMPLAINT, Reason.LOW_CONFIDENCE]
        assert [case.reason for case in await conversations.waiting()] == wanted
        positions = [
            await conversations.queue_position(await conversations.current(order[reason])) for reason in wanted
        ]
        assert positions == [1, 2, 3, 4]

    async def test_a_customer_is_told_how_many_are_ahead(self, conversations, clock) -> None:
        said = []
        for _ in range(3):
            conversation, _ = await conversations.create("en", "web")
            await conversations.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="customer")
            said.append((await conversations.lines(conversation.id, 0))[-1].text)
            clock.advance(1)
        assert "you are next" in said[0]
        assert "People ahead of you: 1." in said[1]
        assert "People ahead of you: 2." in said[2]

    async def test_whoever_comes_back_waits_again_from_the_end(self, conversations, clock) -> None:
        first, _ = await conversations.create("zh", "web")
        second, _ = await conversations.create("zh", "web")
        for conversation in (first, second):
            await conversations.hand_off(conversation.id, Reason.DISTRESS, actor="policy")
            clock.advance(5)
        await conversations.cancel_waiting(first.id)
        clock.advance(5)
        await conversations.hand_off(first.id, Reason.ASKED_FOR_HUMAN, actor="customer")
        assert [case.id for case in await conversations.waiting()] == [second.id, first.id]
