"""The queue moves by itself, over the real tables on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from chat.assignment import QueueRunner
from chat.bridge.incoming import BridgeDesk
from chat.casework.service import Casework
from chat.desk import DeskConversations
from chat.giving import AlreadyTaken, AtCapacity
from chat.ownership import Owner
from chat.queueing import QueueRules
from chat.repository import ChatRepository
from handoff.interfaces import Person
from handoff.policy import Reason
from handoff.presence import Presence, Timing
from handoff.priority import CustomerClass
from handoff.records import Change, handlings, services
from handoff.roster import Roster, RosterRules
from handoff.routing import Patience
from handoff.teams import MemberDefinition, TeamDefinition
from identity.models import Staff
from identity.repository import IdentityRepository
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Unavailable
from kit.events import MemoryEvents

RULES = RosterRules(capacity=2, timing=Timing(10, 30, 60), patience=Patience())
NAMES = {"zh": "甲", "en": "A"}


class Centre:
    """One worker's services, and people to move."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.clock = clock
        self.conversations = DeskConversations(database, MemoryEvents(), clock, QueueRules(RULES))
        self.roster = Roster(database, self.conversations.events, clock, self.conversations, RULES)
        self.queue = QueueRunner(self.conversations, self.roster)
        self.staff: dict[str, int] = {}
        self._desks: dict[str, str] = {}

    async def hire(self, *logins: str, languages: tuple[str, ...] = ("zh", "en")) -> None:
        async with self.conversations.database.write() as session:
            for login in logins:
                row = Staff(login=login, name=login, password_hash="", roles=["agent"], languages=list(languages))
                row.created_at = self.clock.now()
                IdentityRepository(session).add_staff(row)
        async with self.conversations.database.read() as session:
            self.staff = {person.login: person.id for person in await IdentityRepository(session).active()}

    async def open_desk(self, login: str) -> None:
        self._desks[login] = await self.roster.connect(self.staff[login])

    async def close_desk(self, login: str) -> None:
        await self.roster.disconnect(self._desks.pop(login), self.staff[login])

    async def hear(self) -> None:
        for login, connection in self._desks.items():
            await self.roster.heard(connection, self.staff[login])

    async def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.hear()

    async def ask(self, reason: Reason = Reason.ASKED_FOR_HUMAN, **values: Any) -> str:
        channel = values.pop("channel", "web")
        conversation, _ = await self.conversations.create(values.pop("language", "zh"), channel, **values)
        await self.conversations.hand_off(conversation.id, reason, actor="policy")
        return conversation.id

    async def owners(self) -> dict[str, str]:
        """Who has each conversation that is with an agent, by login."""
        logins = {number: login for login, number in self.staff.items()}
        async with self.conversations.database.read() as session:
            found = await ChatRepository(session).by_owner(Owner.AGENT)
        return {conversation.id: logins[conversation.agent_id or 0] for conversation in found}

    async def notices(self, conversation_id: str) -> list[str]:
        return [
            line.data["event"] for line in await self.conversations.lines(conversation_id, 0) if line.kind == "notice"
        ]


@pytest.fixture
async def centre(database: Database, clock: ManualClock) -> Centre:
    made = Centre(database, clock)
    await made.hire("lin", "chen")
    return made


@pytest.fixture
def another_worker(centre: Centre) -> Centre:
    """A second worker on the same database, with the same people."""
    other = Centre(centre.conversations.database, centre.clock)
    other.staff = centre.staff
    return other


class TestAssignment:
    async def test_one_who_waits_goes_to_an_agent_who_is_online(self, centre: Centre) -> None:
        await centre.open_desk("lin")
        asked = await centre.ask()
        await centre.queue.drain()
        assert await centre.owners() == {asked: "lin"}
        assert await centre.notices(asked) == ["waiting", "joined"]

    async def test_without_anybody_online_they_wait_until_somebody_is(self, centre: Centre) -> None:
        asked = await centre.ask()
        assert await centre.queue.drain() == []
        await centre.open_desk("chen")
        await centre.queue.drain()
        assert await centre.owners() == {asked: "chen"}

    @pytest.mark.parametrize("chosen", [Presence.AWAY, Presence.BREAK])
    async def test_who_is_away_or_on_a_break_gets_nothing_and_keeps_what_they_have(
        self, centre: Centre, chosen
    ) -> None:
        await centre.open_desk("lin")
        first = await centre.ask()
        await centre.queue.drain()
        await centre.roster.choose(centre.staff["lin"], chosen)
        await centre.ask()
        await centre.queue.drain()
        await centre.later(120)
        await centre.queue.return_dropped()
        assert await centre.owners() == {first: "lin"}

    async def test_a_slot_that_falls_free_goes_to_the_first_in_line(self, centre: Centre) -> None:
        await centre.open_desk("lin")
        asked = []
        for _ in range(4):
            asked.append(await centre.ask())
            centre.clock.advance(1)
        await centre.queue.drain()
        assert list(await centre.owners()) == asked[:2]
        await centre.conversations.close(await centre.conversations.case(asked[0]), "lin")
        await centre.queue.drain()
        assert set(await centre.owners()) == {asked[1], asked[2]}

    async def test_classes_come_in_their_order(self, centre: Centre) -> None:
        ordinary = await centre.ask()
        vip = await centre.ask(customer_class=CustomerClass.VIP)
        complaint = await centre.ask(Reason.COMPLAINT)
        elder = await centre.ask(customer_class=CustomerClass.ELDER)
        distressed = await centre.ask(Reason.DISTRESS)
        order = [case.id for case in await centre.conversations.waiting()]
        assert order == [distressed, elder, complaint, vip, ordinary]

    async def test_when_hours_open_the_queue_moves(self, centre: Centre) -> None:
        day = TeamDefinition(id="general", name=NAMES, time_zone="UTC", hours={"mon-sun": ["08:00-18:00"]})
        await centre.roster.put_team(day, "zhao")
        await centre.open_desk("lin")
        asked = await centre.ask()  # at midnight
        assert await centre.queue.drain() == []
        await centre.later(8 * 3600)
        await centre.queue.drain()
        assert await centre.owners() == {asked: "lin"}

    async def test_a_team_that_takes_by_hand_is_left_alone_and_may_take(self, centre: Centre) -> None:
        await centre.roster.put_team(TeamDefinition(id="general", name=NAMES, assignment="manual"), "zhao")
        await centre.open_desk("lin")
        asked = await centre.ask()
        assert await centre.queue.drain() == []
        case = await centre.conversations.take(await centre.conversations.case(asked), centre.staff["lin"], "lin")
        assert case.owner == "agent"

    async def test_by_hand_too_nobody_gets_more_than_they_may_have(self, centre: Centre) -> None:
        await centre.roster.put_agent(centre.staff["lin"], MemberDefinition(capacity=1), "zhao")
        first, second = await centre.ask(), await centre.ask()
        await centre.conversations.take(await centre.conversations.case(first), centre.staff["lin"], "lin")
        with pytest.raises(AtCapacity):
            await centre.conversations.take(await centre.conversations.case(second), centre.staff["lin"], "lin")

    @pytest.mark.parametrize("customer_id", [None, "c" * 32])
    async def test_a_customer_who_comes_back_meets_their_last_agent(
        self, centre: Centre, customer_id: str | None
    ) -> None:
        """In the same conversation, or, where the browser is known, in another one."""
        await centre.open_desk("lin")
        asked = await centre.ask(customer_id=customer_id)
        await centre.queue.drain()
        await centre.conversations.give_back(await centre.conversations.case(asked), "lin")
        await centre.open_desk("chen")
        await centre.ask()  # so that lin is not merely the least busy
        await centre.roster.choose(centre.staff["chen"], Presence.AWAY)
        await centre.queue.drain()
        await centre.roster.choose(centre.staff["chen"], Presence.ONLINE)
        if customer_id:
            asked = await centre.ask(customer_id=customer_id)
        else:
            await centre.conversations.hand_off(asked, Reason.ASKED_FOR_HUMAN, actor="customer")
        await centre.queue.drain()
        assert (await centre.owners())[asked] == "lin"

    async def test_one_whose_team_is_no_more_goes_to_the_general_one(self, centre: Centre) -> None:
        await centre.roster.put_team(TeamDefinition(id="general", name=NAMES), "zhao")
        await centre.roster.put_team(TeamDefinition(id="gone", name=NAMES, reasons=["complaint"]), "zhao")
        asked = await centre.ask(Reason.COMPLAINT)
        await centre.roster.remove_team("gone", "zhao")
        await centre.open_desk("lin")
        await centre.queue.drain()
        assert await centre.owners() == {asked: "lin"}


class TestDroppingOff:
    async def lost(self, centre: Centre) -> list[str]:
        """Two conversations of Lin's, whose line breaks; a third customer came later."""
        await centre.open_desk("lin")
        asked = [await centre.ask(), await centre.ask(Reason.COMPLAINT)]
        await centre.queue.drain()
        await centre.later(20)
        asked.append(await centre.ask())
        await centre.close_desk("lin")
        return asked

    async def test_in_the_grace_nothing_moves(self, centre: Centre) -> None:
        await self.lost(centre)
        await centre.later(60)
        assert await centre.queue.return_dropped() == 0

    async def test_whoever_comes_back_in_time_keeps_everything(self, centre: Centre) -> None:
        asked = await self.lost(centre)
        await centre.later(50)
        await centre.open_desk("lin")
        await centre.later(120)
        assert await centre.queue.return_dropped() == 0
        assert set(await centre.owners()) == set(asked[:2])

    async def test_after_the_grace_they_come_back_in_their_old_order(self, centre: Centre, counted) -> None:
        asked = await self.lost(centre)
        await centre.later(61)
        assert await centre.queue.return_dropped() == 2
        assert [case.id for case in await centre.conversations.waiting()] == [asked[1], asked[0], asked[2]]
        assert counted.degraded("agent_dropped") == 2

    async def test_the_customer_is_told_and_the_next_agent_sees_who_had_it(self, centre: Centre) -> None:
        asked = await self.lost(centre)
        await centre.later(61)
        await centre.queue.return_dropped()
        line = (await centre.conversations.lines(asked[0], 0))[-1]
        assert (line.data["event"], line.data["agent_name"]) == ("agent_lost", "lin")
        assert "不用再重复" in line.text
        await centre.open_desk("chen")
        await centre.queue.drain()
        assert {asked[0], asked[1]} == (await centre.owners()).keys()

    async def test_a_left_message_that_they_took_is_open_to_others_again(self, centre: Centre) -> None:
        """Its promise was made to the customer by the bank, not by the one who has gone home."""
        await centre.open_desk("lin")
        conversation, _ = await centre.conversations.create("zh", "web")
        left = await centre.conversations.leave_message(conversation.id, "1", "请回电", "13800138000")
        await centre.conversations.take_message(left.message.reference, centre.staff["lin"], "lin")
        await centre.conversations.close(await centre.conversations.case(conversation.id), "lin")
        await centre.close_desk("lin")
        await centre.later(50)
        await centre.queue.return_dropped()
        assert [message.state for message in await centre.conversations.left_messages()] == ["taken"]
        await centre.later(11)
        await centre.queue.return_dropped()
        (message,) = await centre.conversations.left_messages()
        assert (message.state, message.agent_name, message.promised_at) == ("open", None, left.message.promised_at)
        await centre.conversations.take_message(message.reference, centre.staff["chen"], "chen")

    async def test_who_was_asked_for_advice_no_longer_reads_along(self, centre: Centre) -> None:
        casework = Casework(centre.conversations.database, MemoryEvents(), centre.clock, QueueRules(RULES))
        asked = await self.lost(centre)
        chen = Person(centre.staff["chen"], "chen")
        await casework.consult(await casework.case(asked[0]), Person(centre.staff["lin"], "lin"), chen, "")
        await centre.later(61)
        await centre.queue.return_dropped()
        assert await casework.consulted_by(chen.id) == []

    async def test_a_worker_that_died_with_the_desk_is_noticed(self, centre: Centre) -> None:
        await centre.open_desk("lin")
        asked = await centre.ask()
        await centre.queue.drain()
        centre.clock.advance(61)  # nobody hears lin's desk any more, and nobody has closed it
        assert await centre.queue.return_dropped() == 1
        assert [case.id for case in await centre.conversations.waiting()] == [asked]

    @pytest.mark.parametrize("change", [{"active": False}, {"roles": ["editor"]}])
    async def test_what_somebody_had_who_is_no_agent_any_more_comes_back(self, centre: Centre, change) -> None:
        """Whether or not they were ever at a desk: nobody is left with an account that cannot sign in."""
        asked = await centre.ask()
        await centre.conversations.take(await centre.conversations.case(asked), centre.staff["lin"], "lin")
        async with centre.conversations.database.write() as session:
            account = await IdentityRepository(session).by_id(centre.staff["lin"])
            for field, value in change.items():
                setattr(account, field, value)
        assert await centre.queue.return_dropped() == 1
        await centre.open_desk("chen")
        await centre.queue.drain()
        assert await centre.owners() == {asked: "chen"}

    async def test_so_does_what_another_desk_had_when_the_bridge_to_it_was_taken_down(self, centre: Centre) -> None:
        asked = await centre.ask()
        await BridgeDesk(centre.conversations).message(asked, "1", "Zhou", "您好", private=False)
        assert await centre.queue.return_dropped() == 1
        assert [case.id for case in await centre.conversations.waiting()] == [asked]

    async def test_an_administrator_who_took_one_drops_off_like_anybody(self, centre: Centre) -> None:
        await centre.hire("boss")
        async with centre.conversations.database.write() as session:
            account = await IdentityRepository(session).by_id(centre.staff["boss"])
            assert account is not None
            account.roles = ["admin"]
        await centre.open_desk("boss")
        asked = await centre.ask()
        await centre.conversations.take(await centre.conversations.case(asked), centre.staff["boss"], "boss")
        await centre.close_desk("boss")
        assert await centre.queue.return_dropped() == 0
        centre.clock.advance(61)
        assert await centre.queue.return_dropped() == 1

    async def test_who_works_by_rest_alone_does_not_drop_off(self, centre: Centre) -> None:
        asked = await centre.ask()
        await centre.conversations.take(await centre.conversations.case(asked), centre.staff["lin"], "lin")
        centre.clock.advance(3600)
        assert await centre.queue.return_dropped() == 0


class TestManyWorkers:
    async def test_two_workers_that_drain_together_give_each_conversation_once(
        self, centre: Centre, another_worker: Centre
    ) -> None:
        for login in ("lin", "chen"):
            await centre.open_desk(login)
        asked = [await centre.ask() for _ in range(6)]
        done = await asyncio.gather(*(worker.queue.drain() for worker in (centre, another_worker) for _ in range(3)))
        given = [assignment.conversation for plan in done for assignment in plan]
        assert len(given) == len(set(given)) == 4
        owners = list((await centre.owners()).values())
        assert sorted(owners) == ["chen", "chen", "lin", "lin"]
        for conversation_id in asked:
            assert (await centre.notices(conversation_id)).count("joined") <= 1

    async def test_nobody_is_overfilled_by_workers_that_give_at_the_same_moment(
        self, centre: Centre, another_worker: Centre
    ) -> None:
        asked = [await centre.ask() for _ in range(6)]
        await centre.open_desk("lin")

        async def give(worker: Centre, conversation_id: str) -> bool:
            try:
                await worker.conversations.give(conversation_id, 1, centre.staff["lin"], "lin", automatic=True)
            except (AtCapacity, AlreadyTaken, Unavailable):
                return False
            return True

        workers = (centre, another_worker)
        tries = [give(workers[number % 2], conversation_id) for number, conversation_id in enumerate(asked)]
        assert sum(await asyncio.gather(*tries)) == 2
        assert len(await centre.owners()) == 2

    async def test_two_workers_return_a_lost_chat_once(self, centre: Centre, another_worker: Centre) -> None:
        await centre.open_desk("lin")
        asked = await centre.ask()
        await centre.queue.drain()
        centre.clock.advance(61)
        returned = await asyncio.gather(centre.queue.return_dropped(), another_worker.queue.return_dropped())
        assert sorted(returned) == [0, 1]
        assert (await centre.notices(asked)).count("agent_lost") == 1


class TestTheRunner:
    async def until(self, found: Callable[[], Awaitable[bool]]) -> None:
        for _ in range(200):
            if await found():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("waited in vain")

    async def test_it_acts_at_once_on_what_its_own_worker_changes(self, centre: Centre) -> None:
        await centre.queue.start()
        try:
            asked = await centre.ask()
            await centre.open_desk("lin")
            await self.until(lambda: self.has(centre, asked, "lin"))
        finally:
            await centre.queue.close()

    async def test_a_round_that_breaks_is_counted_and_the_next_one_goes_on(
        self, centre: Centre, counted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drain, broken = centre.queue.drain, []

        async def once() -> Any:
            if not broken:
                broken.append(True)
                raise RuntimeError("broken")
            return await drain()

        monkeypatch.setattr(centre.queue, "drain", once)
        await centre.queue.start()
        try:
            await centre.open_desk("lin")
            await self.until(lambda: asyncio.sleep(0, bool(broken)))
            asked = await centre.ask()
            await self.until(lambda: self.has(centre, asked, "lin"))
        finally:
            await centre.queue.close()
        assert counted.degraded("queue_failed") == 1

    async def test_what_agents_hold_is_looked_at_when_somebody_goes_and_not_whenever_the_queue_changes(
        self, centre: Centre, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chat.assignment.SWEEP_SECONDS", 60.0)
        looks: list[str] = []

        async def counted(name: str, work: Any) -> Any:
            looks.append(name)
            return await work()

        for name in ("return_dropped", "drain"):
            monkeypatch.setattr(centre.queue, name, partial(counted, name, getattr(centre.queue, name)))
        await centre.open_desk("lin")
        await centre.queue.start()
        centre.queue.wake()
        await self.until(lambda: asyncio.sleep(0, looks == ["return_dropped", "drain"]))
        for _ in range(3):
            drained = looks.count("drain")
            await centre.ask()
            await self.until(lambda drained=drained: asyncio.sleep(0, looks.count("drain") > drained))
        assert looks.count("return_dropped") == 1
        await centre.close_desk("lin")
        await self.until(lambda: asyncio.sleep(0, looks.count("return_dropped") == 2))
        await centre.queue.close()

    @staticmethod
    async def has(centre: Centre, conversation_id: str, login: str) -> bool:
        return (await centre.owners()).get(conversation_id) == login


async def test_waits_and_handle_times_follow_from_what_is_stored(centre: Centre) -> None:
    await centre.open_desk("lin")
    asked = await centre.ask(Reason.COMPLAINT)
    await centre.later(25)
    await centre.queue.drain()
    await centre.later(15)
    await centre.conversations.reply(asked, centre.staff["lin"], "lin", "1", "您好")
    await centre.later(300)
    await centre.conversations.close(await centre.conversations.case(asked), "lin")
    async with centre.conversations.database.read() as session:
        repository = ChatRepository(session)
        stored = await repository.owner_changes(asked)
        said = [message.created_at for message in await repository.messages(asked, 0) if message.sender == "agent"]
        recent = await repository.handle_seconds("general", centre.clock.now().replace(year=2000), 10)
    changes = [Change(each.from_owner, each.to_owner, each.at, each.reason, each.agent_id) for each in stored]
    (service,), (handling,) = services(changes, said), handlings(changes)
    assert (service.reason, service.wait_seconds, service.first_response_seconds) == ("complaint", 25, 40)
    assert (handling.agent_id, handling.handle_seconds) == (centre.staff["lin"], 315)
    assert recent == [315]
    assert {(each.team, each.priority) for each in stored} == {("general", 2)}


@pytest.mark.parametrize("channel", ["shopper", "simulation"])
async def test_no_agent_is_interrupted_for_a_tester(channel: str, centre: Centre) -> None:
    await centre.open_desk("lin")
    await centre.ask(channel=channel)
    customer = await centre.ask()
    await centre.queue.drain()
    assert await centre.owners() == {customer: "lin"}
