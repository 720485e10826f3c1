"""The bridge to another desk: what it is told, in which shape and order, and what it may do; on both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from chat.bridge.incoming import BridgeDesk, NotOpen
from chat.bridge.outgoing import DELIVERY, SIGNATURE, TIMESTAMP, BridgeRunner, signature
from chat.casework.afterwards import Afterwards
from chat.casework.service import Casework
from chat.current_turn import CurrentTurn
from chat.ownership import Owner
from handoff.desk import Desk
from handoff.interfaces import Person
from handoff.policy import Handoff, Reason
from handoff.priority import Priority
from identity.service import Role, SignedIn
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Conflict, NotFound
from kit.events import MemoryEvents

ANSWER = {
    "kind": "answer",
    "text": "可以，免费。",
    "data": {"entry_id": "mortgage-early", "question": "提前还款"},
}

# What Chatwoot's documents show of both events, as far as a desk reads it; `sender` has more for its own people.
MESSAGE_KEYS = {
    "event", "id", "content", "created_at", "message_type", "content_type", "private", "content_attributes",
    "source_id", "sender", "inbox", "conversation", "account",
}  # fmt: skip
CONVERSATION_KEYS = {"additional_attributes", "can_reply", "channel", "id", "inbox_id", "messages", "meta", "status"}


class OtherDesk:
    """Answers as the other desk's webhook would, and remembers what it heard."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise httpx.ConnectError("nobody there")
        if status < 300:
            self.heard.append((request.headers[DELIVERY], json.loads(request.content)))
        return httpx.Response(status)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event["event"], event.get("content") or event["status"]) for _, event in self.heard]


@pytest.fixture
def casework(database: Database, clock: ManualClock) -> Casework:
    return Casework(database, MemoryEvents(), clock)


@pytest.fixture
def desk(casework: Casework) -> BridgeDesk:
    return BridgeDesk(casework)


@pytest.fixture
def other() -> OtherDesk:
    return OtherDesk()


@pytest.fixture
def runner(database: Database, clock: ManualClock, other: OtherDesk) -> BridgeRunner:
    client = httpx.AsyncClient(transport=httpx.MockTransport(other))
    return BridgeRunner(database, MemoryEvents(), clock, "http://desk.example/", "secret", client)


@pytest.fixture
def handed_over(casework: Casework) -> Callable[[], Awaitable[str]]:
    """Somebody asked the bot, and then for a person."""

    async def make() -> str:
        conversation, _ = await casework.create("zh", "web")
        await casework.post(conversation.id, "1", "房贷可以提前还吗", "zh")
        await casework.say(conversation.id, [ANSWER], "zh", while_owner=(Owner.BOT,))
        await casework.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="policy", slots={"card_tail": "0128"})
        return conversation.id

    return make


class TestWhatIsTold:
    async def test_a_handoff_with_everything_already_said(self, runner, other, handed_over) -> None:
        case_id = await handed_over()
        await runner.tell_all()
        ((_, event),) = other.heard
        assert CONVERSATION_KEYS | {"event", "account"} <= event.keys()
        assert (event["event"], event["id"], event["status"]) == ("conversation_status_changed", case_id, "open")
        assert [(each["message_type"], each["sender"]["type"]) for each in event["messages"]] == [
            ("incoming", "contact"),
            ("outgoing", "agent_bot"),
            ("activity", "agent_bot"),
        ]
        assert event["additional_attributes"]["handoff_reason"] == "asked_for_human"
        assert event["custom_attributes"] == {"card_tail": "0128"}

    async def test_each_message_in_chatwoots_shape(self, runner, other, casework, handed_over) -> None:
        case_id = await handed_over()
        await casework.post(case_id, "2", "有人吗", "zh")
        await runner.tell_all()
        event = other.heard[-1][1]
        assert event.keys() >= MESSAGE_KEYS
        assert event["conversation"].keys() >= CONVERSATION_KEYS
        assert (event["event"], event["message_type"], event["private"]) == ("message_created", "incoming", False)
        assert (event["content"], event["conversation"]["id"]) == ("有人吗", case_id)

    async def test_a_whole_life_in_order_and_nothing_while_the_bot_has_it(
        self, runner, other, casework, desk, handed_over
    ) -> None:
        case_id = await handed_over()
        await runner.tell_all()
        await casework.say(case_id, [ANSWER], "zh", while_owner=(Owner.WAITING,))
        await desk.message(case_id, "a", "Zhou", "您好", private=False)
        await casework.post(case_id, "2", "要手续费吗", "zh")
        await desk.message(case_id, "n", "Zhou", "VIP 客户", private=True)
        await desk.set_status(case_id, "pending", "Zhou")
        await casework.post(case_id, "3", "谢谢", "zh")
        await casework.hand_off(case_id, Reason.COMPLAINT, actor="policy")
        await casework.cancel_waiting(case_id)
        await Afterwards(casework.database, MemoryEvents(), casework.clock).end(case_id)
        await runner.tell_all()
        assert other.told == [
            ("conversation_status_changed", "open"),
            ("message_created", ANSWER["text"]),
            ("message_created", "要手续费吗"),
            ("conversation_status_changed", "pending"),
            ("conversation_status_changed", "open"),
            ("conversation_status_changed", "pending"),
        ]
        assert [each["content"] for each in other.heard[4][1]["messages"]][-2] == "谢谢"
        await runner.tell_all()
        assert len(other.heard) == 6

    async def test_the_end_is_told(self, runner, other, casework, handed_over) -> None:
        case_id = await handed_over()
        await runner.tell_all()
        await Afterwards(casework.database, MemoryEvents(), casework.clock).end(case_id)
        await runner.tell_all()
        assert [status for _, status in other.told] == ["open", "resolved"]

    async def test_that_the_customer_left_a_message_instead_is_told(self, runner, other, casework, handed_over) -> None:
        """Or the other desk goes on calling somebody who has stopped waiting."""
        case_id = await handed_over()
        await runner.tell_all()
        await casework.leave_message(case_id, "m", "请回电", "13800138000")
        await runner.tell_all()
        assert [status for _, status in other.told] == ["open", "pending"]

    async def test_that_a_wait_has_become_urgent_is_told_with_the_new_reason(
        self, runner, other, casework, handed_over
    ) -> None:
        case_id = await handed_over()
        await runner.tell_all()
        stored = await casework.post(case_id, "2", "骗子在转我的钱", "zh")
        danger = Handoff(Reason.DISTRESS, "danger", "v", 8, {"zh": "请停止转账", "en": "Stop all transfers"})
        turn = CurrentTurn(await casework.current(case_id), stored.message)
        assert await casework.more_urgent(turn, danger)
        await runner.tell_all()
        assert other.told[1:] == [("message_created", "骗子在转我的钱"), ("conversation_status_changed", "open")]
        told = other.heard[-1][1]["additional_attributes"]
        assert (told["handoff_reason"], told["priority"]) == ("distress", Priority.VULNERABLE)

    async def test_the_signature_is_of_the_timestamp_and_the_body(self, runner, other, handed_over) -> None:
        await handed_over()
        await runner.tell_all()
        (request,) = other.requests
        assert request.headers[SIGNATURE] == signature(request.headers[TIMESTAMP], request.content, "secret")
        assert request.headers[SIGNATURE] != signature(request.headers[TIMESTAMP], request.content, "another")
        assert request.headers[SIGNATURE] != signature("1", request.content, "secret")


class TestWhenItDoesNotHear:
    @pytest.mark.parametrize("answer", [0, 500, 404])
    async def test_it_is_told_again_later_in_order_and_counted(
        self, runner, other, casework, handed_over, clock, counted, answer
    ) -> None:
        case_id = await handed_over()
        await casework.post(case_id, "2", "有人吗", "zh")
        other.answers = [answer, answer]
        await runner.tell_all()
        await runner.tell_all()
        assert (len(other.requests), other.heard) == (1, [])
        clock.advance(1)
        await runner.tell_all()
        clock.advance(4)
        await runner.tell_all()
        assert (len(other.requests), other.heard) == (2, [])
        clock.advance(1)
        await runner.tell_all()
        assert other.told == [("conversation_status_changed", "open"), ("message_created", "有人吗")]
        assert len({request.headers[DELIVERY] for request in other.requests}) == 2
        assert counted.degraded("bridge_failed") == 2
        assert counted.since("bilin_bridge_total", "message_created") == 1

    async def test_another_conversation_does_not_wait_for_it(self, runner, other, handed_over) -> None:
        await handed_over()
        await handed_over()
        other.answers = [500]
        await runner.tell_all()
        assert len(other.heard) == 1

    async def test_two_workers_tell_it_once(self, database, clock, other, handed_over) -> None:
        await handed_over()
        client = httpx.AsyncClient(transport=httpx.MockTransport(other))
        runners = [BridgeRunner(database, MemoryEvents(), clock, "http://x/", "s", client) for _ in range(2)]
        await runners[0].tell_all()
        await asyncio.gather(*(each.tell_all() for each in runners))
        assert len(other.heard) == 1

    async def test_a_worker_that_died_in_the_middle_is_followed_by_another(
        self, runner, other, casework, handed_over, clock, monkeypatch
    ) -> None:
        await handed_over()

        async def dies(*_: object) -> bool:
            raise asyncio.CancelledError

        with monkeypatch.context() as patch, pytest.raises(asyncio.CancelledError):
            patch.setattr(BridgeRunner, "_post", dies)
            await runner.tell_all()
        await runner.tell_all()
        assert other.heard == []
        clock.advance(31)
        await runner.tell_all()
        assert len(other.heard) == 1


class TestWhatItMayDo:
    async def test_the_first_message_takes_the_conversation_and_a_retry_says_nothing_twice(
        self, desk, casework, handed_over
    ) -> None:
        case_id = await handed_over()
        sent = [await desk.message(case_id, "same", "Zhou", "您好", private=False) for _ in range(2)]
        assert sent[0] == sent[1]
        assert (sent[0]["message_type"], sent[0]["sender"]) == (
            "outgoing",
            {"id": "agent", "name": "Zhou", "type": "user"},
        )
        now = await casework.case(case_id)
        assert (now.owner, now.agent_name) == ("agent", "Zhou")
        said = [line.text for line in await casework.lines(case_id, 0) if line.sender == "agent"]
        assert said == ["您好"]

    async def test_a_note_is_no_message(self, desk, casework, handed_over) -> None:
        case_id = await handed_over()
        before = await casework.lines(case_id, 0)
        await desk.message(case_id, "n", "Zhou", "内部", private=True)
        assert await casework.lines(case_id, 0) == before
        assert [note.text for note in await casework.notes(case_id, 0)] == ["内部"]

    @pytest.mark.parametrize(("status", "owner"), [("open", "agent"), ("pending", "bot"), ("resolved", "closed")])
    async def test_the_status_says_who_has_it_and_may_be_repeated(
        self, desk, casework, handed_over, status, owner
    ) -> None:
        case_id = await handed_over()
        for _ in range(2):
            assert await desk.set_status(case_id, status, "Zhou") == status
        assert (await casework.case(case_id)).owner == owner

    async def test_what_is_not_open_is_refused(self, desk, casework, handed_over) -> None:
        case_id = await handed_over()
        await desk.set_status(case_id, "pending", "Zhou")
        with pytest.raises(NotOpen):
            await desk.message(case_id, "late", "Zhou", "还在吗", private=False)
        with pytest.raises(NotOpen):
            await desk.set_status(case_id, "resolved", "Zhou")

    async def test_what_a_supervisor_took_over_is_refused(self, desk, casework, handed_over) -> None:
        case_id = await handed_over()
        await desk.message(case_id, "a", "Zhou", "您好", private=False)
        await casework.take_over(await casework.case(case_id), Person(5, "赵敏"))
        with pytest.raises(Conflict):
            await desk.message(case_id, "b", "Zhou", "我还在", private=False)

    async def test_what_was_never_handed_over_is_not_found(self, desk, casework) -> None:
        conversation, _ = await casework.create("zh", "web")
        for case_id in (conversation.id, "none"):
            for act in (
                desk.conversation(case_id),
                desk.message(case_id, "a", "Zhou", "您好", private=False),
                desk.set_status(case_id, "open", "Zhou"),
            ):
                with pytest.raises(NotFound):
                    await act

    async def test_nobody_takes_one_at_our_desk_meanwhile(self, casework, handed_over) -> None:
        case_id = await handed_over()
        lin = SignedIn(1, "lin", "林晓", frozenset({Role.AGENT}), ("zh",), "csrf")
        with pytest.raises(Conflict) as refused:
            await Desk(casework, elsewhere=True).take(lin, case_id)
        assert refused.value.code == "desk_elsewhere"
