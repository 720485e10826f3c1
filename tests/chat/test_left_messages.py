"""Messages that customers leave: a number, a promise, and a case at the desk. On both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chat.desk import DeskConversations
from chat.giving import AlreadyTaken, AtCapacity
from chat.left_messages import promise_of
from chat.ownership import OwnerChanged
from chat.queueing import QueueRules
from chat.service import ConversationClosed
from handoff.policy import Handoff, Reason, read_policy
from handoff.priority import CustomerClass, Priority
from handoff.roster import Roster, RosterRules
from handoff.teams import TeamDefinition
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Forbidden, InvalidRequest, NotFound
from kit.events import MemoryEvents

RULES = RosterRules(capacity=1)
LIN, CHEN = (1, "Lin"), (2, "Chen")
EVENING = datetime(2026, 9, 25, 11, tzinfo=UTC)  # a Friday, 19:00 in Shanghai
OFFICE = TeamDefinition(
    id="general",
    name={"zh": "客户服务", "en": "Customer service"},
    hours={"mon-fri": ["09:00-18:00"]},
    message_hours=2,
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(EVENING)


@pytest.fixture
async def conversations(database: Database, clock: ManualClock) -> DeskConversations:
    made = DeskConversations(database, MemoryEvents(), clock, QueueRules(RULES))
    await Roster(database, made.events, clock, made, RULES).put_team(OFFICE, "zhao")
    return made


@pytest.fixture
async def asked(conversations: DeskConversations) -> str:
    """One who has asked for a person, out of hours."""
    conversation, _ = await conversations.create("zh", "web")
    await conversations.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="customer")
    return conversation.id


async def last_line(conversations: DeskConversations, conversation_id: str) -> str:
    return (await conversations.lines(conversation_id, 0))[-1].text


async def test_out_of_hours_the_customer_is_told_when_people_are_back(conversations, asked) -> None:
    assert "9月28日（周一）9:00" in await last_line(conversations, asked)


async def test_out_of_hours_one_in_distress_is_told_what_to_do_until_then(conversations) -> None:
    conversation, _ = await conversations.create("en", "web")
    await conversations.hand_off(conversation.id, Reason.DISTRESS, actor="policy")
    line = await last_line(conversations, conversation.id)
    assert "Do not transfer any money" in line
    assert "Monday 28 September at 9:00" in line
    assert "first in line" not in line


async def test_a_message_has_a_number_and_is_promised_in_open_time(conversations, asked, clock) -> None:
    left = await conversations.leave_message(asked, "1", "想改还款日", "138 0013 8000")
    assert left.message.promised_at == datetime(2026, 9, 28, 3, tzinfo=UTC)  # Monday, 11:00 in Shanghai
    assert promise_of(left, clock.now(), "en") == "Monday 28 September at 11:00"
    line = await last_line(conversations, asked)
    assert left.message.reference in line
    assert "9月28日（周一）11:00" in line


async def test_whoever_leaves_a_message_no_longer_waits_and_has_the_bot(conversations, asked) -> None:
    await conversations.leave_message(asked, "1", "想改还款日", "")
    assert (await conversations.current(asked)).owner == "bot"
    assert await conversations.waiting() == []


async def test_it_can_be_left_without_having_waited(conversations) -> None:
    conversation, _ = await conversations.create("zh", "web")
    left = await conversations.leave_message(conversation.id, "1", "请回电", "")
    assert [message.reference for message in await conversations.left_messages()] == [left.message.reference]


async def test_sent_twice_it_is_one(conversations, asked) -> None:
    first = await conversations.leave_message(asked, "same", "想改还款日", "")
    again = await conversations.leave_message(asked, "same", "想改还款日", "")
    assert (again.message.reference, again.repeated) == (first.message.reference, True)
    assert len(await conversations.left_messages()) == 1


@pytest.mark.parametrize("text", ["", "  ", "\x00", "x" * 2001])
async def test_a_message_says_something(conversations, asked, text: str) -> None:
    with pytest.raises(InvalidRequest):
        await conversations.leave_message(asked, "1", text, "")


async def test_with_a_person_or_after_the_end_there_is_nothing_to_leave(conversations, asked) -> None:
    await conversations.take(await conversations.case(asked), *LIN)
    with pytest.raises(OwnerChanged):
        await conversations.leave_message(asked, "1", "想改还款日", "")
    await conversations.close(await conversations.case(asked), "Lin")
    with pytest.raises(ConversationClosed):
        await conversations.leave_message(asked, "1", "想改还款日", "")


class TestAtTheDesk:
    async def test_the_earliest_promise_comes_first(self, conversations, clock) -> None:
        left = []
        for _ in range(2):
            conversation, _ = await conversations.create("zh", "web")
            left.append((await conversations.leave_message(conversation.id, "1", "请回电", "")).message.reference)
            clock.advance(3 * 24 * 3600)
        assert [message.reference for message in await conversations.left_messages()] == left

    async def test_who_takes_it_gets_the_conversation_and_the_customer_is_told(self, conversations, asked) -> None:
        left = await conversations.leave_message(asked, "1", "想改还款日", "")
        taken = await conversations.take_message(left.message.reference.lower(), *LIN)
        assert (taken.state, taken.agent_name) == ("taken", "Lin")
        case = await conversations.case(asked)
        assert (case.owner, case.agent_id) == ("agent", 1)
        assert "Lin" in await last_line(conversations, asked)
        assert (await conversations.reply(asked, *LIN, "1", "您好")).text == "您好"

    async def test_one_who_waits_again_is_taken_from_the_queue(self, conversations, asked) -> None:
        left = await conversations.leave_message(asked, "1", "想改还款日", "")
        await conversations.hand_off(asked, Reason.ASKED_FOR_HUMAN, actor="customer")
        await conversations.take_message(left.message.reference, *LIN)
        assert await conversations.waiting() == []

    async def test_two_do_not_take_the_same(self, conversations, asked) -> None:
        left = await conversations.leave_message(asked, "1", "想改还款日", "")
        await conversations.take_message(left.message.reference, *LIN)
        with pytest.raises(AlreadyTaken):
            await conversations.take_message(left.message.reference, *CHEN)

    async def test_who_is_full_takes_none_and_it_stays_open(self, conversations, asked) -> None:
        other, _ = await conversations.create("zh", "web")
        await conversations.hand_off(other.id, Reason.NO_ENTRY, actor="policy")
        await conversations.take(await conversations.case(other.id), *LIN)
        left = await conversations.leave_message(asked, "1", "想改还款日", "")
        with pytest.raises(AtCapacity):
            await conversations.take_message(left.message.reference, *LIN)
        assert [message.state for message in await conversations.left_messages()] == ["open"]
        assert (await conversations.current(asked)).owner == "bot"

    async def test_done_by_who_took_it_or_by_a_supervisor(self, conversations, asked) -> None:
        left = await conversations.leave_message(asked, "1", "想改还款日", "")
        await conversations.take_message(left.message.reference, *LIN)
        with pytest.raises(Forbidden):
            await conversations.finish_message(left.message.reference, CHEN[0], in_charge=False)
        await conversations.finish_message(left.message.reference, CHEN[0], in_charge=True)
        assert await conversations.left_messages() == []

    async def test_a_number_that_was_never_given(self, conversations) -> None:
        with pytest.raises(NotFound):
            await conversations.take_message("AAAA-AAAA", *LIN)

    async def test_one_in_danger_comes_first_and_is_told_what_to_do_until_then(self, conversations, asked) -> None:
        """Out of hours somebody may write into the box for messages what they would have said to a person."""
        ordinary = await conversations.leave_message(asked, "1", "想改还款日", "")
        conversation, _ = await conversations.create("zh", "web")
        rule = next(each for each in read_policy().rules if each.name == "self_harm")
        needed = Handoff(rule.reason, rule.name, "v", rule.priority, rule.say, rule.say_away)
        urgent = await conversations.leave_message(conversation.id, "1", "不想活了", "", needed)
        assert urgent.message.priority == Priority.VULNERABLE
        assert [message.reference for message in await conversations.left_messages()] == [
            urgent.message.reference,
            ordinary.message.reference,
        ]
        told = await last_line(conversations, conversation.id)
        assert told.startswith(rule.say_away["zh"])
        assert urgent.message.reference in told

    async def test_it_keeps_the_customers_class(self, conversations) -> None:
        conversation, _ = await conversations.create("zh", "web", CustomerClass.ELDER)
        left = await conversations.leave_message(conversation.id, "1", "请回电", "")
        assert left.message.priority == 3
