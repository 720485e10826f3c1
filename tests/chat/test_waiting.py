"""What the running service tells customers who wait, and agents at the desk."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from kit.settings import Settings

Json = dict[str, Any]


async def owner_of(customer: Any, wanted: str) -> Json:
    conversation = await customer.conversation()
    assert conversation["owner"] == wanted
    return conversation


class TestTheCustomer:
    async def test_is_told_the_place_and_that_nobody_knows_how_long(self, customer) -> None:
        waiting = (await customer.post("/handoff")).json()["conversation"]
        assert waiting["wait"]["position"] == waiting["queue_position"] >= 1
        assert waiting["wait"]["estimate"] == {"kind": "unknown", "minutes": None}
        assert waiting["wait"]["people"]["open"]

    async def test_who_does_not_wait_has_no_wait(self, customer) -> None:
        assert (await customer.conversation())["wait"] is None

    async def test_knows_the_hours_before_asking(self, http) -> None:
        config = (await http.get("/api/chat/config")).json()
        assert config["hours"] == {"zh": "全天 24 小时", "en": "around the clock"}
        assert config["people"]["open"]
        assert config["people"]["opens"] is None

    async def test_leaves_a_message_and_gets_a_number(self, customer) -> None:
        await customer.post("/handoff")
        body = {"client_id": "1", "text": "请回电", "contact": "13800138000"}
        answer = await customer.post("/left-messages", body)
        assert answer.status_code == 201
        left = answer.json()["left_message"]
        assert set(left["promise"]) == {"zh", "en"}
        assert (await owner_of(customer, "bot"))["wait"] is None
        again = await customer.post("/left-messages", body)
        assert (again.status_code, again.json()["left_message"]["reference"]) == (200, left["reference"])


class TestClasses:
    async def place(self, http, service, **body: Any) -> tuple[int, str]:
        started = (await http.post("/api/chat/conversations", json=body)).json()
        path = f"/api/chat/conversations/{started['conversation']['id']}"
        headers = {"Authorization": f"Bearer {started['token']}"}
        conversation = (await http.post(f"{path}/handoff", headers=headers)).json()["conversation"]
        await http.post(f"{path}/handoff/cancel", headers=headers)
        stored = await service.inside(service.app.state.chat.current(conversation["id"]))
        return conversation["queue_position"], stored.customer_class

    async def test_an_elder_says_so_and_waits_in_front(self, http, service, arrive) -> None:
        patient = await arrive("zh")
        await patient.post("/handoff")
        _, ordinary = await self.place(http, service)
        position, elder = await self.place(http, service, customer_class="elder")
        behind, _ = await self.place(http, service)
        assert (ordinary, elder) == ("standard", "elder")
        assert position < behind
        await patient.post("/handoff/cancel")

    async def test_nobody_is_a_vip_by_saying_so(self, http, counted) -> None:
        refused = await http.post("/api/chat/conversations", json={"customer_class": "vip"})
        assert refused.status_code == 422

    async def test_a_claim_that_is_not_signed_is_left_out_and_counted(self, http, service, counted) -> None:
        forged = {"aud": "bilin", "exp": time.time() + 60, "customer_class": "vip"}
        token = jwt.encode(forged, "somebody else's secret, long enough", "HS256")
        _, customer_class = await self.place(http, service, claim=token)
        assert customer_class == "standard"
        assert counted.degraded("claim_refused") == 1

    async def test_a_signed_claim_makes_a_vip(self, http, service) -> None:
        secret = "a secret of the bank's, long enough to sign"
        claims = {"aud": "bilin", "exp": time.time() + 60, "customer_class": "vip"}
        usual = service.app.state.settings
        service.app.state.settings = Settings(_env_file=None, claim_secret=secret)
        try:
            _, customer_class = await self.place(http, service, claim=jwt.encode(claims, secret, "HS256"))
        finally:
            service.app.state.settings = usual
        assert customer_class == "vip"


class TestTheDesk:
    async def test_teams_and_colleagues_have_the_promised_shapes(self, sign_in) -> None:
        lin = await sign_in("lin")
        (team,) = (await lin.http.get("/api/desk/teams")).json()
        assert team.keys() == {"id", "name", "open", "waiting"}
        assert (team["id"], team["open"]) == ("general", True)
        colleagues = (await lin.http.get("/api/desk/colleagues")).json()
        assert colleagues[0].keys() == {"id", "name", "teams", "presence", "load", "capacity"}
        assert "何静 He Jing" not in [colleague["name"] for colleague in colleagues]

    async def test_opening_the_desk_is_being_online_and_closing_it_is_not(self, sign_in, open_socket) -> None:
        chen = await sign_in("chen")
        socket = await open_socket("/api/desk/socket", Cookie=f"bilin_session={chen.http.cookies['bilin_session']}")
        await socket.send(type="hello", csrf=chen.csrf)
        assert (await socket.until("presence"))["presence"] == "online"
        chosen = await chen.http.put("/api/desk/presence", json={"presence": "break"}, headers=chen.headers)
        assert chosen.json()["presence"] == "break"
        assert (await socket.until("presence"))["presence"] == "break"
        await chen.http.put("/api/desk/presence", json={"presence": "online"}, headers=chen.headers)
        await socket.socket.close()
        deadline = time.monotonic() + 10
        while (await chen.http.get("/api/desk/presence")).json()["presence"] != "offline":
            assert time.monotonic() < deadline

    async def test_a_chat_is_transferred_to_a_colleague_who_is_at_the_desk(
        self, customer, sign_in, open_socket
    ) -> None:
        """One who has gone home would not notice, and the customer would wait for nobody."""
        lin, chen = await sign_in("lin"), await sign_in("chen")
        await customer.post("/handoff")
        await lin.take(customer.id)
        colleagues = (await lin.http.get("/api/desk/colleagues")).json()
        to = {"colleague_id": next(each["id"] for each in colleagues if each["name"].endswith("Chen Fan"))}
        refused = await lin.desk("POST", f"/{customer.id}/transfer", to)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "colleague_offline")
        assert customer.id in [case["id"] for case in (await lin.desk("GET")).json()["mine"]]
        socket = await open_socket("/api/desk/socket", Cookie=f"bilin_session={chen.http.cookies['bilin_session']}")
        await socket.send(type="hello", csrf=chen.csrf)
        await socket.until("presence")
        assert (await lin.desk("POST", f"/{customer.id}/transfer", to)).status_code == 200
        assert customer.id in [case["id"] for case in (await chen.desk("GET")).json()["mine"]]

    async def test_a_left_message_of_somebody_in_danger_says_so_at_the_desk(self, customer, sign_in) -> None:
        lin = await sign_in("lin")
        body = {"client_id": "1", "text": "我真的不想活了，活着一点意思都没有"}
        reference = (await customer.post("/left-messages", body)).json()["left_message"]["reference"]
        listed = (await lin.http.get("/api/desk/left-messages")).json()["left_messages"]
        assert (listed[0]["reference"], listed[0]["priority"]) == (reference, 4)
        assert "12356" in (await customer.said())[-1]["text"]
        await lin.http.post(f"/api/desk/left-messages/{reference}/take", headers=lin.headers)
        await lin.http.post(f"/api/desk/left-messages/{reference}/done", headers=lin.headers)

    async def test_a_left_message_comes_to_the_desk_and_is_answered_there(self, customer, sign_in, open_socket) -> None:
        lin = await sign_in("lin")
        socket = await open_socket("/api/desk/socket", Cookie=f"bilin_session={lin.http.cookies['bilin_session']}")
        await socket.send(type="hello", csrf=lin.csrf)
        body = {"client_id": "1", "text": "请回电", "contact": "13800138000"}
        reference = (await customer.post("/left-messages", body)).json()["left_message"]["reference"]
        while True:
            frame = await socket.until("left_messages")
            if reference in [message["reference"] for message in frame["left_messages"]]:
                break
        taken = await lin.http.post(f"/api/desk/left-messages/{reference}/take", headers=lin.headers)
        assert taken.json()["state"] == "taken"
        assert (await lin.say(customer.id, "您好，您的还款日已改好")).status_code == 201
        done = await lin.http.post(f"/api/desk/left-messages/{reference}/done", headers=lin.headers)
        assert done.json()["state"] == "done"
        listed = (await lin.http.get("/api/desk/left-messages")).json()["left_messages"]
        assert reference not in [message["reference"] for message in listed]

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("PUT", "/api/desk/teams/general", {"id": "general", "name": {"zh": "甲", "en": "A"}}),
            ("DELETE", "/api/desk/teams/general", None),
            ("PUT", "/api/desk/agents/1", {"capacity": 9}),
        ],
    )
    async def test_only_supervisors_change_teams_and_agents(self, sign_in, method: str, path: str, body: Any) -> None:
        lin = await sign_in("lin")
        assert (await lin.http.request(method, path, json=body, headers=lin.headers)).status_code == 403

    async def test_a_supervisor_makes_changes_and_removes_a_team(self, sign_in) -> None:
        zhao = await sign_in("zhao")
        team = {"id": "night", "name": {"zh": "夜间", "en": "Night"}, "hours": {"mon-sun": ["22:00-24:00"]}}
        made = await zhao.http.put("/api/desk/teams/night", json=team, headers=zhao.headers)
        assert made.json()["hours"] == team["hours"]
        assert (await zhao.http.get("/api/desk/teams/night")).json() == made.json()
        gone = await zhao.http.delete("/api/desk/teams/night", headers=zhao.headers)
        assert gone.status_code == 204
        assert (await zhao.http.get("/api/desk/teams/night")).status_code == 404

    async def test_hours_that_make_no_sense_are_refused(self, sign_in) -> None:
        zhao = await sign_in("zhao")
        team = {"id": "night", "name": {"zh": "夜间", "en": "Night"}, "hours": {"mon-sun": ["24:00-06:00"]}}
        refused = await zhao.http.put("/api/desk/teams/night", json=team, headers=zhao.headers)
        assert refused.status_code == 422
