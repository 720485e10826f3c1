"""Through the running service: what a message was told from, and what an agent's reply becomes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

FX_QUESTION = "每年个人购汇额度是多少？"
QUESTION = "房贷可以提前还款吗？"  # of an entry that no other test edits


async def trace(agent: Any, conversation_id: str, seq: int) -> httpx.Response:
    return await agent.desk("GET", f"/{conversation_id}/messages/{seq}/trace")


async def keep(agent: Any, conversation_id: str, seq: int) -> httpx.Response:
    return await agent.desk("POST", f"/{conversation_id}/messages/{seq}/draft")


async def suggested_to(agent: Any, conversation_id: str) -> dict[str, Any]:
    """The surest suggestion for the customer's latest message, as soon as it is there."""
    async with asyncio.timeout(10):
        while True:
            turn = (await agent.history(conversation_id))["messages"][-1]["turn"] or {}
            if turn.get("candidates"):
                return turn["candidates"][0]
            await asyncio.sleep(0.05)


def error_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


class TestTracing:
    async def test_an_answer_leads_to_its_revision_author_and_release(self, customer: Any, sign_in: Any) -> None:
        reply = await customer.reply_to(QUESTION)
        assert reply["data"]["revision"] == 1
        found = (await trace(await sign_in("zhao"), customer.id, reply["seq"])).json()
        assert (found["conversation_id"], found["seq"], found["text"]) == (customer.id, reply["seq"], reply["text"])
        assert (found["entry"]["id"], found["entry"]["revision"]) == ("mortgage-early", 1)
        assert found["entry"]["content"]["variants"]["zh"]["answer"] == reply["text"]
        assert (found["entry"]["author"], found["release"]["published_by"]) == ("content-files", "content-files")
        assert found["release"]["id"] == reply["data"]["release_id"]

    async def test_an_answer_to_a_choice_can_be_traced_too(self, customer: Any, sign_in: Any) -> None:
        reply = await customer.reply_to("每年个人购汇额度是多少？", choice="fx-limit")
        found = (await trace(await sign_in("zhao"), customer.id, reply["seq"])).json()
        assert (found["entry"]["id"], found["entry"]["revision"]) == ("fx-limit", reply["data"]["revision"])

    @pytest.mark.parametrize("edited", [False, True], ids=["as it was", "reworded"])
    async def test_a_suggested_answer_that_an_agent_sent_leads_to_its_revision_too(
        self, customer: Any, sign_in: Any, edited: bool
    ) -> None:
        await customer.post("/handoff")
        agent = await sign_in("lin")
        assert (await agent.take(customer.id)).status_code == 200
        await customer.send(FX_QUESTION)
        candidate = await suggested_to(agent, customer.id)
        assert candidate["entry_id"] == "fx-limit"
        used = {"entry_id": "fx-limit", "inserted": candidate["answer"], "release_id": candidate["release_id"]}
        text = f"您好，{candidate['answer']}" if edited else candidate["answer"]
        body = {"client_id": "used", "text": text, "suggestion": used}
        said = (await agent.desk("POST", f"/{customer.id}/messages", body)).json()["message"]
        found = (await trace(agent, customer.id, said["seq"])).json()
        assert (found["text"], found["edited"]) == (text, edited)
        assert (found["entry"]["id"], found["entry"]["revision"]) == ("fx-limit", candidate["revision"])
        assert found["release"]["id"] == candidate["release_id"]

        plain = (await agent.say(customer.id, "还有什么可以帮您？")).json()["message"]
        found = (await trace(agent, customer.id, plain["seq"])).json()
        assert (found["entry"], found["release"], found["edited"]) == (None, None, False)

    async def test_what_no_entry_says_has_none(self, customer: Any, sign_in: Any) -> None:
        await customer.reply_to(QUESTION)
        found = (await trace(await sign_in("zhao"), customer.id, 1)).json()
        assert (found["text"], found["entry"], found["release"]) == (QUESTION, None, None)

    async def test_only_for_whoever_may_read_the_conversation(self, customer: Any, sign_in: Any) -> None:
        reply = await customer.reply_to(QUESTION)
        expected = {
            "lin": (404, "conversation_not_found"),  # an agent who does not have it
            "he": (403, "forbidden"),
            "wu": (403, "forbidden"),
        }
        for login, error in expected.items():
            assert error_of(await trace(await sign_in(login), customer.id, reply["seq"])) == error
        supervisor = await sign_in("zhao")
        assert error_of(await trace(supervisor, customer.id, 99)) == (404, "message_not_found")
        assert error_of(await trace(supervisor, "nobody", 1)) == (404, "conversation_not_found")


class TestAReplyThatIsKept:
    ASKED = "你们网点能换硬币吗，我电话13800138000"

    @pytest.fixture
    async def talk(self, customer: Any, sign_in: Any) -> tuple[Any, Any, int]:
        """An agent has answered; the conversation is theirs."""
        await customer.post("/handoff")
        agent = await sign_in("lin")
        assert (await agent.take(customer.id)).status_code == 200
        await customer.send(self.ASKED)
        said = await agent.say(customer.id, "可以，工作日上午到柜台。回电 13900139000。")
        return agent, customer, said.json()["message"]["seq"]

    async def test_one_call_makes_a_masked_draft_that_editors_see(self, talk: Any, sign_in: Any) -> None:
        agent, customer, seq = talk
        kept = await keep(agent, customer.id, seq)
        assert kept.status_code == 201, kept.text
        entry_id = kept.json()["entry_id"]
        editor = await sign_in("he")
        view = (await editor.http.get(f"/api/kb/entries/{entry_id}")).json()
        assert (view["status"], view["author"]) == ("draft", "lin")
        assert view["content"]["variants"] == {
            "zh": {
                "question": "你们网点能换硬币吗，我电话",
                "similar": [],
                "answer": "可以，工作日上午到柜台。回电 [phone]。",
                "risk": None,
            }
        }
        drafts = (await editor.http.get("/api/kb/entries", params={"status": "draft"})).json()["entries"]
        assert entry_id in [each["id"] for each in drafts]
        supervisor = await sign_in("zhao")
        seen = {}
        for who in (editor, supervisor):
            [origin] = (await who.http.get(f"/api/kb/entries/{entry_id}/origins")).json()["origins"]
            assert "13800138000" not in origin["question"]
            seen[who.login] = (origin["kind"], origin["by"], origin["conversation_id"], origin["seq"])
        assert seen == {"he": ("reply", "lin", None, None), "zhao": ("reply", "lin", customer.id, seq)}
        assert error_of(await keep(agent, customer.id, seq)) == (409, "already_drafted")

    async def test_only_an_agents_words_and_only_in_their_own_conversation(self, talk: Any, sign_in: Any) -> None:
        agent, customer, seq = talk
        assert error_of(await keep(agent, customer.id, 1)) == (422, "invalid_request")
        assert error_of(await keep(await sign_in("chen"), customer.id, seq)) == (404, "conversation_not_found")
        assert error_of(await keep(await sign_in("he"), customer.id, seq)) == (403, "forbidden")


async def test_a_question_that_was_not_answered_becomes_a_suggestion(customer: Any, sign_in: Any) -> None:
    await customer.send("你们大厅的鱼缸里养的是什么鱼")
    await customer.until(lambda messages: any(each["kind"] == "notice" for each in messages))
    editor = await sign_in("he")
    for _ in range(60):
        listed = (await editor.http.get("/api/kb/suggestions", params={"text": "鱼缸"})).json()
        if listed["suggestions"]:
            break
        await asyncio.sleep(0.5)
    [found] = listed["suggestions"]
    assert (found["count"], found["whys"]) == (1, [{"id": "handoff", "count": 1}])
