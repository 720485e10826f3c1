"""What happens to entries in conversations, and which questions are asked in vain, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chat.desk import DeskConversations
from chat.ownership import Owner
from chat.records.provider import ConversationRecords
from chat.repository import ChatRepository
from handoff.policy import Reason
from kb.interfaces import AskedQuestion, Period
from kit.clock import ManualClock
from kit.database import Database


class Talk:
    """One conversation: what the customer and the bot say, without a bot."""

    def __init__(self, conversations: DeskConversations, conversation_id: str) -> None:
        self.conversations, self.id = conversations, conversation_id

    async def asks(self, text: str, choice: str | None = None, **turn: Any) -> int:
        stored = await self.conversations.post(self.id, f"c-{text}-{choice}", text, "zh", choice)
        async with self.conversations.database.write() as session:
            repository = ChatRepository(session)
            message = await repository.message(self.id, stored.message.seq)
            conversation = await repository.conversation(self.id)
            assert message is not None
            assert conversation is not None
            message.turn = {**turn, "choice": choice} if choice else turn
            await repository.keep_turn(conversation, message)
        return stored.message.seq

    async def is_told(self, entry_id: str, **data: Any) -> int:
        return await self._says({"kind": "answer", "text": "…", "data": {"entry_id": entry_id, **data}})

    async def is_offered(self, *entry_ids: str) -> int:
        choices = [{"entry_id": entry_id, "label": entry_id} for entry_id in entry_ids]
        return await self._says({"kind": "choices", "text": "…", "data": {"choices": choices, "none_label": "–"}})

    async def finds(self, seq: int, *, helpful: bool) -> None:
        await self.conversations.feedback(self.id, seq, helpful)

    async def _says(self, message: dict[str, Any]) -> int:
        await self.conversations.say(self.id, [message], "zh", while_owner=(Owner.BOT, Owner.WAITING))
        async with self.conversations.database.read() as session:
            conversation = await ChatRepository(session).conversation(self.id)
            assert conversation is not None
            return conversation.last_seq


@pytest.fixture
async def talk(conversations: DeskConversations) -> Talk:
    return Talk(conversations, (await conversations.create("zh", "web"))[0].id)


@pytest.fixture
def records(database: Database) -> ConversationRecords:
    return ConversationRecords(database)


async def used(records: ConversationRecords, clock: ManualClock, language: Any = None) -> Counter[tuple[str, str]]:
    period = Period(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
    return Counter({(each.entry_id, each.use): each.count for each in await records.counts(period, language)})


async def waiting(records: ConversationRecords) -> list[tuple[int, str, str]]:
    return [(each.seq, each.text, each.why) for each in await records.waiting(10)]


@pytest.mark.parametrize("channel", ["shopper", "simulation"])
async def test_what_testers_ask_and_are_told_is_nobodys_business(
    conversations: DeskConversations, records: ConversationRecords, clock: ManualClock, channel: str
) -> None:
    tester = Talk(conversations, (await conversations.create("zh", channel))[0].id)
    await tester.asks("卡丢了", outcome="answer")
    await tester.finds(await tester.is_told("card-lost"), helpful=False)
    await tester.is_offered("limit-app")
    await tester.asks("手机限额", choice="limit-app", outcome="answer")
    await tester.asks("天气如何", outcome="decline")
    await conversations.hand_off(tester.id, Reason.NO_ENTRY, actor="policy")
    assert await used(records, clock) == Counter()
    assert await waiting(records) == []


class TestUsesOfAnEntry:
    async def test_each_is_counted(self, talk: Talk, records: ConversationRecords, clock: ManualClock) -> None:
        await talk.asks("卡丢了", outcome="answer")
        told = await talk.is_told("card-lost", release_id=3, revision=7)
        await talk.finds(told, helpful=True)
        await talk.asks("限额", outcome="clarify")
        await talk.is_offered("limit-app", "limit-branch")
        await talk.asks("手机限额", choice="limit-app", outcome="answer")
        await talk.is_told("limit-app")
        assert await used(records, clock) == {
            ("card-lost", "answered"): 1,
            ("card-lost", "helpful"): 1,
            ("limit-app", "offered"): 1,
            ("limit-branch", "offered"): 1,
            ("limit-app", "chosen"): 1,
            ("limit-app", "answered"): 1,
        }

    async def test_a_choice_that_nobody_offered_is_not_chosen(
        self, talk: Talk, records: ConversationRecords, clock: ManualClock
    ) -> None:
        await talk.asks("x", choice="limit-app", outcome="answer")
        assert await used(records, clock) == {}

    async def test_the_latest_vote_counts(self, talk: Talk, records: ConversationRecords, clock: ManualClock) -> None:
        await talk.asks("卡丢了", outcome="answer")
        told = await talk.is_told("card-lost")
        for helpful in (True, True, False):
            await talk.finds(told, helpful=helpful)
        assert await used(records, clock) == {("card-lost", "answered"): 1, ("card-lost", "unhelpful"): 1}

    async def test_a_handoff_belongs_to_the_last_answer(
        self, talk: Talk, records: ConversationRecords, clock: ManualClock
    ) -> None:
        for entry_id in ("card-lost", "card-replace"):
            await talk.asks(entry_id, outcome="answer")
            await talk.is_told(entry_id)
        await talk.conversations.hand_off(talk.id, Reason.ASKED_FOR_HUMAN, actor="policy")
        found = await used(records, clock)
        assert {key for key in found if key[1] == "handed_off"} == {("card-replace", "handed_off")}

    async def test_a_handoff_long_after_an_answer_has_nothing_to_do_with_it(
        self, talk: Talk, records: ConversationRecords, clock: ManualClock
    ) -> None:
        await talk.asks("卡丢了", outcome="answer")
        await talk.is_told("card-lost")
        clock.advance(31 * 60)
        await talk.conversations.hand_off(talk.id, Reason.ASKED_FOR_HUMAN, actor="policy")
        assert await used(records, clock) == {("card-lost", "answered"): 1}

    async def test_other_days_and_other_languages_are_not_counted(
        self, talk: Talk, records: ConversationRecords, clock: ManualClock
    ) -> None:
        await talk.asks("卡丢了", outcome="answer")
        await talk.is_told("card-lost")
        assert await used(records, clock, "zh") == {("card-lost", "answered"): 1}
        assert await used(records, clock, "en") == {}
        until_now = Period(clock.now() - timedelta(days=1), clock.now())
        assert await records.counts(until_now, None) == []
        [count] = await records.counts(Period(clock.now(), clock.now() + timedelta(seconds=1)), None)
        assert count.last == clock.now()


class TestQuestionsAskedInVain:
    async def test_what_was_not_found_waits_for_the_editors_without_personal_data(
        self, talk: Talk, records: ConversationRecords
    ) -> None:
        seq = await talk.asks("我手机13800138000换号了怎么改", outcome="handoff", candidates=[])
        assert await waiting(records) == [(seq, "我手机[phone]换号了怎么改", "handoff")]

    async def test_none_of_these_is_about_the_question_before_the_choices(
        self, talk: Talk, records: ConversationRecords
    ) -> None:
        asked = await talk.asks("限额", outcome="clarify", candidates=[])
        await talk.is_offered("limit-app", "limit-branch")
        await talk.asks("都不是", choice="none", outcome="handoff")
        assert await waiting(records) == [(asked, "限额", "none_of_these")]

    async def test_not_helpful_is_about_the_question_that_was_answered(
        self, talk: Talk, records: ConversationRecords
    ) -> None:
        await talk.asks("你好", outcome="answer")
        asked = await talk.asks("限额", outcome="clarify")
        await talk.is_offered("limit-app")
        await talk.asks("手机限额", choice="limit-app", outcome="answer")
        await talk.finds(await talk.is_told("limit-app"), helpful=False)
        assert await waiting(records) == [(asked, "限额", "not_helpful")]

    async def test_a_question_is_one_question_and_taken_once(self, talk: Talk, records: ConversationRecords) -> None:
        seq = await talk.asks("限额", outcome="decline")
        declined = await talk._says({"kind": "text", "text": "…", "data": {}})
        await talk.finds(declined, helpful=False)
        [found] = await records.waiting(10)
        assert (found.seq, found.why) == (seq, "decline")
        await records.take([found])
        assert await records.waiting(10) == []
        await talk.finds(declined, helpful=False)
        assert await records.waiting(10) == []

    async def test_taking_nothing_and_what_is_not_there_is_no_mistake(
        self, talk: Talk, records: ConversationRecords, clock: ManualClock
    ) -> None:
        await records.take([])
        await records.take([AskedQuestion("nobody", 1, "", "zh", "handoff", clock.now())])
