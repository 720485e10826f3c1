"""The policy inside a turn, without an encoder: signals are as a test wants them, everything else is real."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chat.answering import Answering
from chat.casework.service import Casework
from chat.current_turn import TurnReading
from chat.history import ConversationHistory
from chat.repository import ChatRepository
from chat.texts import text as say
from chat.turn import TurnRunner
from handoff.facts import TurnSignals
from handoff.interfaces import conversation_topic
from handoff.policy import Reason, before_bot, read_policy
from handoff.priority import Priority
from handoff.replay import change_of, replay
from kit.errors import Unavailable

POLICY = read_policy()
READ = {
    "年费多少": TurnSignals(),
    "怎么还没好": TurnSignals(anger=0.25, at_bank=0.3),
    "到底行不行": TurnSignals(anger=0.29, at_bank=0.55),
    "骗子在转我的钱": TurnSignals(distress=0.9, fraud=0.8),
    "我爸走了": TurnSignals(distress=0.9, bereavement=0.8),
    "找个人": TurnSignals(asked=0.9),
    "有人吗": TurnSignals(asked=0.22, needs_person=0.5),
    "我要投诉": TurnSignals(complaint=0.9),
}


class Signals:
    async def read(self, text: str, language: str) -> TurnSignals:
        return READ[text]


class SmallTalk:
    """A bot that has something to say and asks for nothing."""

    async def send(self, conversation_id: str, text: str, language: str) -> list[dict[str, object]]:
        return [{"kind": "text", "text": "您好", "data": {}}]

    async def forget(self, conversation_id: str) -> None:
        pass


class NoKnowledge:
    async def search(self, *_: object) -> None:
        raise Unavailable("no encoder")


def runner_of(conversations: Casework, bot: object = SmallTalk(), answering: Answering | None = None) -> TurnRunner:
    reading = TurnReading(Signals(), POLICY)
    return TurnRunner(conversations, answering or answering_of(conversations), bot, reading, POLICY, claim_seconds=30)


def answering_of(conversations: Casework) -> Answering:
    return Answering(conversations, NoKnowledge(), POLICY, TurnReading(Signals(), POLICY))


@pytest.mark.parametrize(
    ("said", "reason", "rule", "trend"),
    [
        (["年费多少"], None, None, "steady"),
        (["年费多少", "骗子在转我的钱"], "distress", "fraud_in_progress", "rising"),
        (["我爸走了"], "vulnerable_customer", "bereavement", "steady"),
        (["年费多少", "怎么还没好", "到底行不行"], "negative_emotion", "anger_rising", "rising"),
        (["找个人"], "asked_for_human", "asked_plainly", "steady"),
    ],
)
async def test_a_row_decides_is_stored_and_can_be_replayed(conversations, said, reason, rule, trend) -> None:
    runner = runner_of(conversations)
    conversation, _ = await conversations.create("zh", "web")
    for number, text in enumerate(said):
        await runner.begin(conversations.post(conversation.id, str(number), text, "zh", claim=runner.claim))
        await runner.idle()

    case = await conversations.case(conversation.id)
    assert (case.reason, case.trend.direction, len(case.trend.points)) == (reason, trend, len(said))
    async with conversations.database.read() as session:
        changes = await ChatRepository(session).owner_changes(conversation.id)
    assert [(change.policy["rule"], change.policy["version"]) for change in changes] == (
        [(rule, POLICY.version)] if rule else []
    )
    if rule and (line := next(each.say for each in POLICY.rules if each.name == rule)):
        assert (await conversations.lines(conversation.id, 0))[-1].text == line["zh"]
    stored = [each async for each in ConversationHistory(conversations.database).since(None)]
    assert [change_of(each, replay(each, POLICY)) for each in stored] == [None]


async def test_who_goes_away_while_their_message_is_stored_is_answered_all_the_same(conversations, monkeypatch) -> None:
    """A phone loses its line between the message and its acknowledgement."""
    stored, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(*_: object, **__: object) -> None:
        stored.set()
        await may_go_on.wait()

    runner = runner_of(conversations)
    conversation, _ = await conversations.create("zh", "web")
    with monkeypatch.context() as patch:
        patch.setattr(conversations, "changed", slow)
        posted = conversations.post(conversation.id, "1", "年费多少", "zh", claim=runner.claim)
        sender = asyncio.create_task(runner.begin(posted))
        await stored.wait()
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
    may_go_on.set()
    await runner.idle()
    assert [line.sender for line in await conversations.lines(conversation.id, 0)] == ["customer", "bot"]


@pytest.mark.parametrize("asks", ["this worker", "another worker"])
async def test_what_the_bots_action_finds_is_stored_whichever_worker_it_reaches(conversations, asks) -> None:
    """With several workers behind one address, Rasa's action may reach any of them."""
    answering = answering_of(conversations)
    asked = answering if asks == "this worker" else answering_of(conversations)

    class Understanding(SmallTalk):
        async def send(self, conversation_id: str, text: str, language: str) -> list[dict[str, object]]:
            reply = await asked.answer(conversation_id, "ask_human", 0.8, {"card": "debit"})
            return [*reply.messages, {"kind": "text", "text": "马上来", "data": {}}]

    runner = runner_of(conversations, Understanding(), answering)
    conversation, _ = await conversations.create("zh", "web")
    await runner.begin(conversations.post(conversation.id, "1", "有人吗", "zh", claim=runner.claim))
    await runner.idle()

    asked_for, *told = await conversations.messages(conversation.id, 0)
    found = asked_for.turn
    assert (found["intent"], found["outcome"], found["signals"]["asked"]) == ("ask_human", "handoff", 0.22)
    assert [message.sender for message in told] == ["system", "bot"]  # the bot's last words, once a person is called
    now = await conversations.current(conversation.id)
    assert (now.owner, now.reason, now.slots, now.answered_seq) == ("waiting", "asked_for_human", {"card": "debit"}, 1)


async def test_what_the_bot_was_about_to_say_is_dropped_once_the_customer_has_called_a_person(conversations) -> None:
    class Slow(SmallTalk):
        async def send(self, conversation_id: str, text: str, language: str) -> list[dict[str, object]]:
            await conversations.hand_off(conversation_id, Reason.ASKED_FOR_HUMAN, actor="customer")
            return await super().send(conversation_id, text, language)

    runner = runner_of(conversations, Slow())
    conversation, _ = await conversations.create("zh", "web")
    await runner.begin(conversations.post(conversation.id, "1", "怎么还没好", "zh", claim=runner.claim))
    await runner.idle()
    asked, *told = await conversations.messages(conversation.id, 0)
    assert [message.sender for message in told] == ["system"]
    assert asked.turn["signals"]["at_bank"] == 0.3
    assert (await conversations.current(conversation.id)).answered_seq == 1


async def test_after_a_handoff_anger_is_counted_from_nothing_whatever_is_still_found_of_the_turn(conversations) -> None:
    conversation, _ = await conversations.create("zh", "web")
    stored = await conversations.post(conversation.id, "1", "怎么还没好", "zh", claim=timedelta(seconds=30))
    turn = stored.turn
    assert turn is not None
    turn.note({"emotion": "anger", "angry_turns": 3})
    await conversations.hand_off(conversation.id, Reason.NEGATIVE_EMOTION, actor="policy", turn=turn)
    turn.note({"outcome": "to_person"})
    async with conversations.database.write() as session:
        repository = ChatRepository(session)
        locked = await repository.conversation(conversation.id, lock=True)
        assert locked is not None
        await turn.store(repository, locked)
    now = await conversations.current(conversation.id)
    assert (now.emotion, now.angry_turns) == ("anger", 0)
    assert (await conversations.messages(conversation.id, 0))[0].turn["outcome"] == "to_person"


async def test_who_is_handed_over_does_not_see_the_bot_type_while_candidates_are_sought_for_the_agent(
    conversations,
) -> None:
    sought, may_end = asyncio.Event(), asyncio.Event()

    class SlowKnowledge:
        async def search(self, *_: object) -> None:
            sought.set()
            await may_end.wait()
            raise Unavailable("no encoder")

    reading = TurnReading(Signals(), POLICY)
    runner = runner_of(conversations, answering=Answering(conversations, SlowKnowledge(), POLICY, reading))
    conversation, _ = await conversations.create("zh", "web")
    typing: list[bool] = []
    async with conversations.events.subscribe(conversation_topic(conversation.id)) as subscription:
        await runner.begin(conversations.post(conversation.id, "1", "找个人", "zh", claim=runner.claim))
        await sought.wait()
        while typing[-1:] != [False] and (event := await subscription.next(timeout_seconds=10)) is not None:
            typing += [event.data["active"]] if event.kind == "typing" else []
    assert typing == [True, False]
    assert (await conversations.current(conversation.id)).owner == "waiting"
    may_end.set()
    await runner.idle()


class TestInTheQueue:
    """Who waits for something ordinary may be in a danger that they name only now."""

    async def wait(self, conversations: Casework, *said: str, language: str = "zh") -> str:
        """Somebody who has asked for a person, and then says more; returns the conversation's id."""
        runner = runner_of(conversations)
        conversation, _ = await conversations.create(language, "web")
        await conversations.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="customer")
        for number, text in enumerate(said):
            await runner.begin(conversations.post(conversation.id, str(number), text, language, claim=runner.claim))
            await runner.idle()
        return conversation.id

    async def notices(self, conversations: Casework, conversation_id: str) -> list[tuple[str, str]]:
        return [
            (line.data["event"], line.text)
            for line in await conversations.lines(conversation_id, 0)
            if line.kind == "notice"
        ]

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_one_in_danger_moves_up_and_gets_the_first_line(self, conversations, clock, language) -> None:
        in_front = await self.wait(conversations, language=language)
        clock.advance(600)
        in_danger = await self.wait(conversations, "骗子在转我的钱", language=language)
        assert [case.id for case in await conversations.waiting()] == [in_danger, in_front]
        case = await conversations.case(in_danger)
        assert (case.reason, case.emotion) == ("distress", "distress")
        rule = next(each for each in POLICY.rules if each.name == "fraud_in_progress")
        assert (await self.notices(conversations, in_danger))[1:] == [("urgent", rule.say[language])]

    async def test_what_is_found_of_it_is_stored_before_the_queue_hears_of_the_new_place(
        self, conversations, monkeypatch
    ) -> None:
        """The team is chosen by it, and the desk shows it."""
        seen: list[tuple[str, bool]] = []
        told = conversations.changed

        async def changed(conversation_id: str, *news: Any, queue: bool = False) -> None:
            if queue:
                case = await conversations.case(conversation_id)
                *_, said = [line for line in await conversations.lines(conversation_id, 0) if line.sender == "customer"]
                seen.append((case.emotion, "signals" in (said.turn or {})))
            await told(conversation_id, *news, queue=queue)

        conversation_id = await self.wait(conversations, "年费多少")
        monkeypatch.setattr(conversations, "changed", changed)
        runner = runner_of(conversations)
        await runner.begin(conversations.post(conversation_id, "1", "骗子在转我的钱", "zh", claim=runner.claim))
        await runner.idle()
        assert seen == [("distress", True)]

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_what_the_bot_is_not_sure_of_is_left_to_the_person_and_that_is_said_once_a_wait(
        self, conversations, language
    ) -> None:
        conversation_id = await self.wait(conversations, "年费多少", "怎么还没好", language=language)
        assert (await self.notices(conversations, conversation_id))[1:] == [("noted", say(language, "noted"))]
        await conversations.cancel_waiting(conversation_id)
        await conversations.hand_off(conversation_id, Reason.ASKED_FOR_HUMAN, actor="customer")
        runner = runner_of(conversations)
        await runner.begin(conversations.post(conversation_id, "again", "年费多少", language, claim=runner.claim))
        await runner.idle()
        told = [event for event, _ in await self.notices(conversations, conversation_id)]
        assert told == ["waiting", "noted", "cancelled", "waiting", "noted"]

    async def test_whom_a_person_has_taken_meanwhile_is_told_nothing(self, conversations) -> None:
        conversation, _ = await conversations.create("zh", "web")
        stored = await conversations.post(conversation.id, "1", "年费多少", "zh", claim=timedelta(seconds=30))
        assert not await conversations.left_to_person(stored.turn)
        assert await self.notices(conversations, conversation.id) == []

    async def test_the_decision_is_on_record_and_the_wait_goes_on(self, conversations, clock) -> None:
        conversation_id = await self.wait(conversations, "年费多少")
        before = await conversations.case(conversation_id)
        clock.advance(90)
        runner = runner_of(conversations)
        await runner.begin(conversations.post(conversation_id, "now", "我爸走了", "zh", claim=runner.claim))
        await runner.idle()
        async with conversations.database.read() as session:
            *_, change = await ChatRepository(session).owner_changes(conversation_id)
        assert (change.from_owner, change.to_owner, change.reason) == ("waiting", "waiting", "vulnerable_customer")
        assert (change.policy["rule"], change.policy["version"]) == ("bereavement", POLICY.version)
        assert change.policy["inputs"]["signals"]["bereavement"] == 0.8
        assert (await conversations.case(conversation_id)).waiting_since == before.waiting_since

    async def test_a_danger_named_twice_is_answered_once_and_another_one_too(self, conversations) -> None:
        conversation_id = await self.wait(conversations, "骗子在转我的钱", "骗子在转我的钱", "我爸走了")
        assert [event for event, _ in await self.notices(conversations, conversation_id)] == [
            "waiting",
            "urgent",
            "urgent",
        ]

    @pytest.mark.parametrize("said", ["找个人", "年费多少"])
    async def test_asking_again_changes_nothing(self, conversations, said) -> None:
        conversation_id = await self.wait(conversations, said)
        assert (await conversations.case(conversation_id)).version == 1
        told = [event for event, _ in await self.notices(conversations, conversation_id)]
        assert [event for event in told if event != "noted"] == ["waiting"]

    async def test_nobody_moves_down_by_what_they_write(self, conversations) -> None:
        conversation_id = await self.wait(conversations, "骗子在转我的钱", "我要投诉")
        stored = await conversations.current(conversation_id)
        assert (stored.reason, stored.priority) == ("distress", Priority.VULNERABLE)

    async def test_a_complaint_is_taken_as_one(self, conversations) -> None:
        conversation_id = await self.wait(conversations, "我要投诉")
        stored = await conversations.current(conversation_id)
        assert (stored.reason, stored.priority) == ("complaint", Priority.COMPLAINT)
        assert "投诉" in (await self.notices(conversations, conversation_id))[-1][1]

    async def test_a_person_who_was_quicker_has_it(self, conversations) -> None:
        conversation_id = await self.wait(conversations)
        stored = await conversations.post(conversation_id, "1", "我爸走了", "zh", claim=timedelta(seconds=30))
        turn = stored.turn
        assert turn is not None
        await conversations.take(await conversations.case(conversation_id), 1, "林晓")
        needed = before_bot(READ["我爸走了"], turn.standing, POLICY)
        assert needed is not None
        assert not await conversations.more_urgent(turn, needed)
        assert (await conversations.case(conversation_id)).owner == "agent"
