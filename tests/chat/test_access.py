"""Nobody reads or changes a conversation that is not theirs: every call, with every wrong key."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from websockets.exceptions import ConnectionClosed

SECRET = "我的秘密卡号尾数是0128"  # what must not be seen

CUSTOMER_CALLS = {
    "read": ("GET", "", None),
    "messages": ("GET", "/messages", None),
    "messages-waiting": ("GET", "/messages?after=0&wait=1", None),
    "send": ("POST", "/messages", {"client_id": "intruder", "text": "let me in"}),
    "handoff": ("POST", "/handoff", None),
    "cancel": ("POST", "/handoff/cancel", None),
    "leave-message": ("POST", "/left-messages", {"client_id": "intruder", "text": "let me in"}),
    "feedback": ("POST", "/messages/2/feedback", {"helpful": True}),
    "end": ("POST", "/end", None),
    "asked-to-rate": ("GET", "/rating", None),
    "rate": ("POST", "/rating", {"subject": "bot", "score": 1}),
}
DESK_CALLS = {
    "read": ("GET", "", None),
    "reply": ("POST", "/messages", {"client_id": "intruder", "text": "let me in"}),
    "take": ("POST", "/take", None),
    "return": ("POST", "/return", None),
    "close": ("POST", "/close", None),
    "summary": ("GET", "/summary", None),
    "note": ("POST", "/notes", {"client_id": "intruder", "text": "let me in"}),
    "transfer": ("POST", "/transfer", {"colleague_id": 2}),
    "consult": ("POST", "/consult", {"colleague_id": 2}),
    "end-consult": ("POST", "/consult/end", {"colleague_id": 2}),
    "take-over": ("POST", "/take-over", None),
    "others": ("GET", "/others", None),
    "other": ("GET", "/others/none", None),
    "trace": ("GET", "/messages/2/trace", None),
    "draft": ("POST", "/messages/2/draft", None),
}


def routes(service: Any, prefix: str) -> set[tuple[str, str]]:
    found = set()
    for path, operations in service.app.openapi()["paths"].items():
        if path.startswith(prefix + "/{conversation_id}"):
            suffix = (
                path.removeprefix(prefix + "/{conversation_id}").replace("{seq}", "2").replace("{other_id}", "none")
            )
            found |= {(method.upper(), suffix) for method in operations}
    return found


@pytest.mark.parametrize(
    ("prefix", "calls"),
    [("/api/chat/conversations", CUSTOMER_CALLS), ("/api/desk/conversations", DESK_CALLS)],
)
def test_the_matrix_below_has_every_call_there_is(service, prefix, calls) -> None:
    assert APIRoute is not None
    assert {(method, suffix.partition("?")[0]) for method, suffix, _ in calls.values()} == routes(service, prefix)


@pytest.fixture
async def secretive(arrive, rasa) -> Any:
    """A customer who has said something private, and is waiting."""
    customer = await arrive("zh")
    rasa.behave(customer.id, lambda *_: [{"text": "好的"}])
    await customer.reply_to(SECRET)
    await customer.post("/handoff")
    return customer


async def state(store: Any, conversation_id: str) -> tuple[str, int, int]:
    now = await store.current(conversation_id)
    return now.owner, now.version, now.last_seq


class TestCustomers:
    @pytest.mark.parametrize("call", CUSTOMER_CALLS)
    @pytest.mark.parametrize(
        "key", ["none", "another-conversations", "empty", "no-scheme", "basic", "digest", "not-ascii", "staff-cookie"]
    )
    async def test_the_wrong_key_opens_nothing(self, secretive, arrive, sign_in, http, store, call, key) -> None:
        other = await arrive("zh")
        before = await store.current(secretive.id)
        client, headers = http, {}
        if key == "staff-cookie":
            agent = await sign_in("zhao")
            client, headers = agent.http, agent.headers
        elif key != "none":
            headers["Authorization"] = {
                "another-conversations": f"Bearer {other.token}",
                "empty": "Bearer",
                "no-scheme": secretive.token,
                "basic": f"Basic {secretive.token}",
                "digest": f"Bearer {before.token_hash}",
                "not-ascii": "Bearer é",
            }[key].encode("latin-1")
        method, suffix, body = CUSTOMER_CALLS[call]
        unchanged = await state(store, secretive.id)
        refused = await client.request(method, secretive.path + suffix, json=body, headers=headers)
        assert refused.status_code == 404
        assert refused.json()["error"]["code"] == "conversation_not_found"
        assert SECRET not in refused.text
        assert await state(store, secretive.id) == unchanged

    async def test_a_conversation_that_does_not_exist_looks_the_same(self, secretive, http) -> None:
        headers = {"Authorization": "Bearer wrong"}
        for path in (secretive.path, "/api/chat/conversations/none"):
            answer = await http.get(path, headers=headers)
            error = answer.json()["error"]
            error.pop("request_id")
            assert (answer.status_code, error["code"]) == (404, "conversation_not_found")
            assert error["message"] == "There is no such conversation, or it is not yours. Start a new one."

    @pytest.mark.parametrize("token", ["", "wrong", None, 5, "é", "\ud800", {"a": 1}])
    async def test_the_socket_closes_on_a_wrong_token(self, secretive, open_socket, token) -> None:
        frames = await open_socket(f"/api/chat/conversations/{secretive.id}/socket")
        await frames.send(type="hello", token=token, after=0)
        with pytest.raises(ConnectionClosed) as closed:
            await frames.next()
        assert closed.value.rcvd.code == 4401
        assert frames.seen == []


class TestTheDesk:
    @pytest.mark.parametrize("call", DESK_CALLS)
    @pytest.mark.parametrize(
        ("key", "status", "code"),
        [
            ("nobody", 401, "not_signed_in"),
            ("customers-token", 401, "not_signed_in"),
            ("forged-cookie", 401, "not_signed_in"),
            ("signed-out", 401, "not_signed_in"),
            ("editor", 403, "forbidden"),
            ("reviewer", 403, "forbidden"),
        ],
    )
    async def test_who_is_no_agent_can_do_nothing(
        self, secretive, sign_in, http, store, call, key, status, code
    ) -> None:
        method, suffix, body = DESK_CALLS[call]
        client, headers = http, {}
        if key == "customers-token":
            headers = secretive.headers
        elif key == "forged-cookie":
            headers = {"Cookie": "bilin_session=abc.def"}
        elif key == "signed-out":
            agent = await sign_in("lin")
            cookie = agent.http.cookies["bilin_session"]
            assert (await agent.http.post("/api/staff/logout", headers=agent.headers)).status_code == 204
            headers = {**agent.headers, "Cookie": f"bilin_session={cookie}"}
        elif key in ("editor", "reviewer"):
            person = await sign_in({"editor": "he", "reviewer": "wu"}[key])
            client, headers = person.http, person.headers
        before = await state(store, secretive.id)
        path = f"/api/desk/conversations/{secretive.id}{suffix}"
        refused = await client.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
        assert SECRET not in refused.text
        assert await state(store, secretive.id) == before

    @pytest.mark.parametrize(
        ("call", "status", "code"),
        [
            ("read", 404, "conversation_not_found"),
            ("reply", 409, "not_owner"),
            ("take", 409, "already_taken"),
            ("return", 404, "conversation_not_found"),
            ("close", 404, "conversation_not_found"),
            ("summary", 404, "conversation_not_found"),
            ("note", 404, "conversation_not_found"),
            ("transfer", 404, "conversation_not_found"),
            ("consult", 404, "conversation_not_found"),
            ("end-consult", 404, "conversation_not_found"),
            ("take-over", 403, "forbidden"),
            ("others", 404, "conversation_not_found"),
            ("other", 404, "conversation_not_found"),
            ("trace", 404, "conversation_not_found"),
            ("draft", 404, "conversation_not_found"),
        ],
    )
    async def test_another_agent_can_do_nothing(self, secretive, sign_in, store, call, status, code) -> None:
        owner, other = await sign_in("lin"), await sign_in("chen")
        assert (await owner.take(secretive.id)).status_code == 200
        before = await state(store, secretive.id)
        method, suffix, body = DESK_CALLS[call]
        refused = await other.desk(method, f"/{secretive.id}{suffix}", body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
        assert SECRET not in refused.text
        assert await state(store, secretive.id) == before

    @pytest.mark.parametrize(
        ("call", "status", "code"),
        [
            ("return", 403, "not_owner"),
            ("close", 403, "not_owner"),
            ("reply", 409, "not_owner"),
            ("transfer", 403, "not_owner"),
            ("consult", 403, "not_owner"),
            ("other", 404, "conversation_not_found"),
        ],
    )
    async def test_a_supervisor_reads_but_does_not_speak(self, secretive, sign_in, store, call, status, code) -> None:
        owner, supervisor = await sign_in("lin"), await sign_in("zhao")
        await owner.take(secretive.id)
        before = await state(store, secretive.id)
        assert SECRET in [line["text"] for line in (await supervisor.history(secretive.id))["messages"]]
        method, suffix, body = DESK_CALLS[call]
        refused = await supervisor.desk(method, f"/{secretive.id}{suffix}", body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
        assert await state(store, secretive.id) == before

    @pytest.mark.parametrize("csrf", [None, "", "wrong", "é"])
    @pytest.mark.parametrize("call", [call for call, (method, _, _) in DESK_CALLS.items() if method == "POST"])
    async def test_a_change_needs_the_csrf_token(self, secretive, sign_in, store, call, csrf) -> None:
        agent = await sign_in("lin")
        await agent.take(secretive.id)
        before = await state(store, secretive.id)
        method, suffix, body = DESK_CALLS[call]
        path = f"/api/desk/conversations/{secretive.id}{suffix}"
        headers = {} if csrf is None else {"X-CSRF-Token": csrf.encode("latin-1")}
        refused = await agent.http.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "csrf_failed")
        assert await state(store, secretive.id) == before

    async def test_an_agent_reads_no_conversation_that_still_waits(self, secretive, sign_in) -> None:
        agent = await sign_in("lin")
        assert (await agent.desk("GET", f"/{secretive.id}")).status_code == 404

    async def test_what_was_given_back_is_no_longer_readable(self, secretive, sign_in) -> None:
        agent = await sign_in("lin")
        await agent.take(secretive.id)
        await agent.desk("POST", f"/{secretive.id}/return")
        assert (await agent.desk("GET", f"/{secretive.id}")).status_code == 404

    @pytest.mark.parametrize("who", ["nobody", "editor", "wrong-csrf", "odd-csrf", "other-origin"])
    async def test_the_socket_lets_in_agents_only(self, sign_in, service, open_socket, who) -> None:
        headers, csrf = {}, ""
        if who != "nobody":
            person = await sign_in("he" if who == "editor" else "lin")
            headers["Cookie"] = f"bilin_session={person.http.cookies['bilin_session']}"
            csrf = {"wrong-csrf": "wrong", "odd-csrf": "é"}.get(who, person.csrf)
        headers["Origin"] = "https://elsewhere.example" if who == "other-origin" else service.url
        frames = await open_socket("/api/desk/socket", **headers)
        with pytest.raises(ConnectionClosed) as closed:
            await frames.send(type="hello", csrf=csrf)
            while True:
                await frames.next()
        assert closed.value.rcvd.code == 4401
        assert not frames.of("queue")

    async def test_the_socket_shows_no_other_agents_conversation(
        self, secretive, sign_in, service, open_socket
    ) -> None:
        owner, other = await sign_in("lin"), await sign_in("chen")
        await owner.take(secretive.id)
        cookie = f"bilin_session={other.http.cookies['bilin_session']}"
        frames = await open_socket("/api/desk/socket", Cookie=cookie, Origin=service.url)
        await frames.send(type="hello", csrf=other.csrf)
        await frames.send(type="watch", conversation_id=secretive.id, after=0)
        assert (await frames.until("error"))["code"] == "conversation_not_found"
        await frames.send(type="typing", conversation_id=secretive.id, active=True)
        assert (await frames.until("error"))["code"] == "conversation_not_found"
        assert not frames.of("message")

    async def test_a_watch_ends_when_the_conversation_is_no_longer_theirs(
        self, secretive, sign_in, service, open_socket
    ) -> None:
        agent = await sign_in("lin")
        await agent.take(secretive.id)
        cookie = f"bilin_session={agent.http.cookies['bilin_session']}"
        frames = await open_socket("/api/desk/socket", Cookie=cookie, Origin=service.url)
        await frames.send(type="hello", csrf=agent.csrf)
        await frames.send(type="watch", conversation_id=secretive.id, after=0)
        await frames.until("message")
        await agent.desk("POST", f"/{secretive.id}/return")
        await secretive.send("这句话只给机器人")
        await asyncio.sleep(1)
        await frames.send(type="ping")
        await frames.until("pong")
        assert "这句话只给机器人" not in [frame["message"]["text"] for frame in frames.of("message")]


class TestTheBotsDoor:
    @pytest.mark.parametrize("token", [None, "", "wrong", "é"])
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/internal/answer", {"conversation_id": "x", "intent": {"name": "ask"}}),
            ("/internal/handoffs", {"conversation_id": "x", "reason": "distress"}),
        ],
    )
    async def test_it_opens_for_the_bot_only(self, http: httpx.AsyncClient, path, body, token) -> None:
        headers = {} if token is None else {"X-Internal-Token": token.encode("latin-1")}
        refused = await http.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")

    async def test_an_unknown_reason_is_refused(self, http, rasa) -> None:
        headers = {"X-Internal-Token": rasa.internal_token}
        body = {"conversation_id": "x", "reason": "boredom"}
        assert (await http.post("/internal/handoffs", json=body, headers=headers)).status_code == 422
