"""What `docs/protocol.md` promises customers and the desk, over REST and WebSocket."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from chat.texts import text as say


def numbers(frames: list[dict[str, Any]]) -> list[int]:
    return [frame["message"]["seq"] for frame in frames]


@pytest.fixture
async def open_customer(open_socket):
    async def open_(customer: Any, after: Any = 0) -> Any:
        frames = await open_socket(f"{customer.path}/socket")
        await frames.send(type="hello", token=customer.token, after=after)
        assert (await frames.next())["type"] == "welcome"
        return frames

    return open_


@pytest.fixture
async def open_desk(open_socket, service):
    async def open_(agent: Any) -> Any:
        cookie = f"bilin_session={agent.http.cookies['bilin_session']}"
        frames = await open_socket("/api/desk/socket", Cookie=cookie, Origin=service.url)
        await frames.send(type="hello", csrf=agent.csrf)
        assert (await frames.next())["type"] == "welcome"
        assert (await frames.next())["type"] == "queue"
        return frames

    return open_


class TestRest:
    async def test_config(self, http) -> None:
        config = (await http.get("/api/chat/config")).json()
        assert config["bank"] == {"zh": say("zh", "bank"), "en": say("en", "bank")}
        featured = {question["entry_id"]: question["question"] for question in config["featured"]["en"]}
        assert featured == {
            "card-lost": "How do I report a lost bank card?",
            "card-activate": "How do I activate a new card?",
        }

    async def test_a_message_has_the_shape_of_the_protocol(self, customer) -> None:
        stored = (await customer.send("你好", client_id="c1")).json()["message"]
        assert stored.pop("created_at").endswith("Z")
        assert stored == {
            "seq": 1,
            "client_id": "c1",
            "sender": "customer",
            "sender_name": None,
            "kind": "text",
            "text": "你好",
            "language": "zh",
            "data": {},
        }

    @pytest.mark.parametrize("text", ["", "   ", "\n", "\x00", "字" * 2001, "\ud800"])
    async def test_a_text_has_1_to_2000_characters(self, customer, text) -> None:
        import json

        body = json.dumps({"client_id": "c", "text": text})
        headers = {**customer.headers, "Content-Type": "application/json"}
        refused = await customer.http.post(f"{customer.path}/messages", content=body, headers=headers)
        assert refused.status_code == 422
        assert refused.json()["error"]["code"] in ("invalid_request", "invalid_text")
        assert await customer.said() == []

    async def test_the_longest_text_is_kept_whole(self, customer, rasa) -> None:
        rasa.behave(customer.id, lambda *_: [{"text": "ok"}])
        text = "字😀" * 1000
        await customer.reply_to(text)
        assert (await customer.said())[0]["text"] == text

    @pytest.mark.parametrize("after", ["-1", "x", str(10**30)])
    async def test_a_senseless_after_is_refused(self, customer, after) -> None:
        refused = await customer.http.get(f"{customer.path}/messages?after={after}", headers=customer.headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_request")

    async def test_after_gives_what_came_later(self, customer, rasa) -> None:
        rasa.behave(customer.id, lambda *_: [{"text": "一"}, {"text": "二"}])
        await customer.reply_to("你好吗")
        assert [message["seq"] for message in await customer.said(after=1)] == [2, 3]

    async def test_long_poll_returns_as_soon_as_something_is_said(self, customer, rasa) -> None:
        rasa.behave(customer.id, lambda *_: time.sleep(0.5) or [{"text": "ok"}])
        seq = (await customer.send("你好吗")).json()["message"]["seq"]
        started = time.monotonic()
        messages = (await customer.backlog(seq, wait=20))["messages"]
        assert [message["text"] for message in messages] == ["ok"]
        assert 0.2 < time.monotonic() - started < 5

    async def test_long_poll_gives_up_when_asked_to(self, customer) -> None:
        started = time.monotonic()
        assert (await customer.backlog(0, wait=0.5))["messages"] == []
        assert 0.4 < time.monotonic() - started < 3

    async def test_waiting_and_giving_up(self, customer) -> None:
        waiting = (await customer.post("/handoff")).json()["conversation"]
        assert waiting["owner"] == "waiting"
        assert waiting["queue_position"] >= 1
        again = (await customer.post("/handoff")).json()["conversation"]
        assert again["last_seq"] == waiting["last_seq"]
        back = (await customer.post("/handoff/cancel")).json()["conversation"]
        assert (back["owner"], back["queue_position"]) == ("bot", None)
        refused = await customer.post("/handoff/cancel")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "owner_changed")

    async def test_feedback_on_answers_only(self, customer) -> None:
        answer = await customer.reply_to("银行卡丢了怎么挂失？")
        feedback = await customer.post(f"/messages/{answer['seq']}/feedback", {"helpful": False})
        assert feedback.status_code == 204
        for seq in (1, 99, 10**30):
            refused = await customer.post(f"/messages/{seq}/feedback", {"helpful": True})
            assert refused.status_code in (404, 422), seq

    async def test_a_closed_conversation_takes_no_more(self, customer, sign_in) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        assert (await agent.desk("POST", f"/{customer.id}/close")).json()["case"]["owner"] == "closed"
        refused = await customer.send("还有一个问题")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conversation_closed")
        assert (await customer.said())[-1]["data"]["event"] == "closed"


class TestCustomersSocket:
    async def test_a_message_is_acknowledged_and_everything_comes_once_in_order(self, customer, open_customer) -> None:
        frames = await open_customer(customer)
        await frames.send(type="message", client_id="c1", text="银行卡丢了怎么挂失？")
        while len(frames.of("message")) < 2:
            await frames.next()
        assert numbers(frames.of("message")) == [1, 2]
        assert frames.of("message")[1]["message"]["data"]["entry_id"] == "card-lost"
        (ack,) = frames.of("ack")
        assert (ack["client_id"], ack["seq"]) == ("c1", 1)

    async def test_a_repeated_message_is_acknowledged_again_and_stored_once(self, customer, open_customer) -> None:
        frames = await open_customer(customer)
        for _ in range(3):
            await frames.send(type="message", client_id="c1", text="银行卡丢了怎么挂失？")
            assert (await frames.until("ack"))["seq"] == 1
        assert [m["text"] for m in await customer.said() if m["sender"] == "customer"] == ["银行卡丢了怎么挂失？"]

    @pytest.mark.parametrize("after", [0, 1, 2, 3])
    async def test_who_comes_back_gets_what_was_missed(self, customer, rasa, open_customer, after) -> None:
        rasa.behave(customer.id, lambda *_: [{"text": "一"}, {"text": "二"}])
        await customer.reply_to("你好吗")
        frames = await open_customer(customer, after)
        await frames.send(type="message", client_id="next", text="在吗")
        while not frames.of("message") or numbers(frames.of("message"))[-1] < 6:
            await frames.next()
        assert numbers(frames.of("message")) == list(range(after + 1, 7))

    @pytest.mark.parametrize("after", [-1, None, "x", 10**30, [1]])
    async def test_a_senseless_after_begins_at_the_beginning(self, customer, rasa, open_customer, after) -> None:
        await customer.reply_to("银行卡丢了怎么挂失？")
        frames = await open_customer(customer, after)
        assert (await frames.until("message"))["message"]["seq"] == 1

    async def test_a_long_backlog_comes_whole_at_once(self, customer, store, open_customer) -> None:
        from chat.ownership import Owner

        line = {"kind": "text", "text": "x", "data": {}}
        await store.say(customer.id, [line] * 1100, "zh", while_owner=(Owner.BOT,))
        started = time.monotonic()
        frames = await open_customer(customer)
        while len(frames.of("message")) < 1100:
            await frames.next()
        assert time.monotonic() - started < 10
        assert numbers(frames.of("message")) == list(range(1, 1101))

    async def test_it_shows_who_has_the_conversation(self, customer, open_customer, sign_in) -> None:
        agent = await sign_in("chen")
        frames = await open_customer(customer)
        await customer.post("/handoff")
        assert (await frames.until("conversation"))["conversation"]["owner"] == "waiting"
        await agent.take(customer.id)
        while (seen := (await frames.until("conversation"))["conversation"])["owner"] != "agent":
            pass
        assert seen["agent_name"] == "陈帆 Chen Fan"
        await agent.say(customer.id, "您好")
        while (message := (await frames.until("message"))["message"])["sender"] != "agent":
            pass
        assert (message["text"], message["sender_name"]) == ("您好", "陈帆 Chen Fan")

    async def test_typing_of_the_bot_is_shown_and_ends(self, customer, open_customer) -> None:
        frames = await open_customer(customer)
        await frames.send(type="message", client_id="c", text="银行卡丢了怎么挂失？")
        assert (await frames.until("typing", sender="bot"))["active"] is True
        assert (await frames.until("typing", sender="bot"))["active"] is False

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            ("not json", "invalid_frame"),
            ("[1]", "invalid_frame"),
            ("{}", "invalid_frame"),
            ('{"type": "dance"}', "invalid_frame"),
            (b"\x00\xff", "invalid_frame"),
            ('{"type": "message", "text": "no client id"}', "invalid_request"),
            ('{"type": "message", "client_id": "c", "text": ""}', "invalid_request"),
            ('{"type": "message", "client_id": "c", "text": "  "}', "invalid_text"),
            ('{"type": "message", "client_id": "c", "text": 5}', "invalid_request"),
        ],
    )
    async def test_a_bad_frame_is_refused_and_the_connection_stays(self, customer, open_customer, raw, code) -> None:
        frames = await open_customer(customer)
        await frames.socket.send(raw)
        assert (await frames.until("error"))["code"] == code
        await frames.send(type="ping")
        await frames.until("pong")

    @pytest.mark.parametrize("raw", ["not json", '{"type": "message"}', "[]", b"\x00"])
    async def test_the_first_frame_is_a_hello(self, customer, open_socket, raw) -> None:
        frames = await open_socket(f"{customer.path}/socket")
        await frames.socket.send(raw)
        with pytest.raises(ConnectionClosed) as closed:
            await frames.next()
        assert closed.value.rcvd.code == 4400

    async def test_two_devices_see_the_same(self, customer, open_customer) -> None:
        phone, laptop = await open_customer(customer), await open_customer(customer)
        await phone.send(type="message", client_id="c", text="银行卡丢了怎么挂失？")
        for frames in (phone, laptop):
            while len(frames.of("message")) < 2:
                await frames.next()
        assert phone.of("message") == laptop.of("message")


class TestDesk:
    async def test_an_agents_message_reaches_the_customer_once(self, customer, sign_in) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        case = (await agent.take(customer.id)).json()["case"]
        assert (case["owner"], case["reason"]) == ("agent", "asked_for_human")
        for status in (201, 201):
            assert (await agent.say(customer.id, "您好，我来帮您", client_id="a1")).status_code == status
        said = [message for message in await customer.said() if message["sender"] == "agent"]
        assert [message["text"] for message in said] == ["您好，我来帮您"]

    async def test_taking_ones_own_again_changes_nothing(self, customer, sign_in, store) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        before = (await store.current(customer.id)).version
        assert (await agent.take(customer.id)).status_code == 200
        assert (await store.current(customer.id)).version == before

    async def test_the_lists_follow(self, customer, sign_in, open_desk) -> None:
        agent = await sign_in("lin")
        frames = await open_desk(agent)
        await customer.post("/handoff")
        while customer.id not in {case["id"] for case in (await frames.until("queue"))["waiting"]}:
            pass
        await agent.take(customer.id)
        queue = await frames.until("queue")
        while customer.id not in {case["id"] for case in queue["mine"]}:
            queue = await frames.until("queue")
        assert customer.id not in {case["id"] for case in queue["waiting"]}

    async def test_a_watched_conversation_comes_in_order(self, customer, sign_in, open_desk) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        frames = await open_desk(agent)
        await frames.send(type="watch", conversation_id=customer.id, after=0)
        await customer.send("请问在吗")
        await agent.say(customer.id, "在的")
        new: list[int] = []
        while len(new) < 4:
            seq = (await frames.until("message", conversation_id=customer.id))["message"]["seq"]
            if seq not in new:
                new.append(seq)
        assert new == [1, 2, 3, 4]

    async def test_what_the_bot_made_of_each_message_follows_even_when_more_was_said_since(
        self, customer, sign_in, open_desk
    ) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        frames = await open_desk(agent)
        await frames.send(type="watch", conversation_id=customer.id, after=2)
        asked = ["银行卡丢了怎么挂失？", "新卡怎么激活？", "房贷可以提前还款吗？"]
        for text in asked:
            await customer.send(text)
        candidates: dict[str, str] = {}
        while set(candidates) != set(asked):
            message = (await frames.until("message"))["message"]
            if (message["turn"] or {}).get("candidates"):
                candidates[message["text"]] = message["turn"]["candidates"][0]["entry_id"]
        assert [candidates[text] for text in asked] == ["card-lost", "card-activate", "mortgage-early"]

    async def test_typing_goes_both_ways(self, customer, sign_in, open_desk, open_customer) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        desk, widget = await open_desk(agent), await open_customer(customer)
        await desk.send(type="watch", conversation_id=customer.id, after=0)
        await desk.until("message")
        await widget.until("message")
        await asyncio.sleep(0.2)
        await widget.send(type="typing", active=True)
        assert (await desk.until("typing"))["active"] is True
        await desk.send(type="typing", conversation_id=customer.id, active=True)
        assert (await widget.until("typing", sender="agent"))["active"] is True

    @pytest.mark.parametrize("after", [10**30, -5, "x"])
    async def test_a_senseless_after_does_not_end_the_watch(self, customer, sign_in, open_desk, after) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        frames = await open_desk(agent)
        await frames.send(type="watch", conversation_id=customer.id, after=after)
        assert (await frames.until("message"))["message"]["seq"] == 1

    async def test_the_summary_hides_card_numbers(self, customer, sign_in, rasa) -> None:
        rasa.behave(customer.id, lambda *_: [{"text": "ok"}])
        await customer.reply_to("我的卡号是6222021234567890128")
        await customer.post("/handoff")
        agent = await sign_in("lin")
        case = (await agent.take(customer.id)).json()["case"]
        assert "6222021234567890128" not in case["summary"]
        assert "0128" in case["summary"]

    async def test_the_same_words_twice_are_two_messages(self, customer) -> None:
        for _ in range(2):
            assert (await customer.send("在吗", client_id=uuid4().hex)).status_code == 201
        assert len([m for m in await customer.said() if m["sender"] == "customer"]) == 2
