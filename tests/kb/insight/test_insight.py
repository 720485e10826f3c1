"""How entries fare and what is asked in vain, over REST, on conversations as they are stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from chat.desk import DeskConversations
from chat.ownership import Owner
from chat.repository import ChatRepository
from handoff.policy import Reason
from identity.service import Role
from kb.content import EntryContent
from kb.service import KnowledgeBase
from kb.suggestions.service import Suggestions
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents

Tell = Callable[..., Awaitable[None]]


@pytest.fixture
def conversations(database: Database, clock: ManualClock) -> DeskConversations:
    return DeskConversations(database, MemoryEvents(), clock)


@pytest.fixture
def tell(conversations: DeskConversations, clock: ManualClock) -> Tell:
    """A conversation in which the bot answers with an entry, and what comes of it."""

    async def told(
        entry_id: str, *, helpful: bool | None = None, handed_off: bool = False, language: Any = "zh"
    ) -> None:
        conversation, _ = await conversations.create(language, "web")
        await conversations.post(conversation.id, "1", "?", language)
        answer = {"kind": "answer", "text": "…", "data": {"entry_id": entry_id, "release_id": 1}}
        await conversations.say(conversation.id, [answer], language, while_owner=(Owner.BOT,))
        if helpful is not None:
            await conversations.feedback(conversation.id, 2, helpful)
        if handed_off:
            await conversations.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="policy")

    return told


@pytest.fixture
async def live(knowledge: KnowledgeBase, bank: list[EntryContent]) -> KnowledgeBase:
    await knowledge.load(bank)
    return knowledge


@pytest.fixture
def suggestions(sign_in: Any) -> Suggestions:
    """As the calls use them."""
    made: Suggestions = sign_in.app.state.suggestions
    return made


@pytest.fixture
def ask(conversations: DeskConversations, suggestions: Suggestions) -> Callable[..., Awaitable[None]]:
    """A customer asks, and the turn ends like this."""

    async def asked(text: str, *, language: Any = "zh", **turn: Any) -> None:
        conversation, _ = await conversations.create(language, "web")
        await conversations.post(conversation.id, "1", text, language)
        async with conversations.database.write() as session:
            repository = ChatRepository(session)
            message = await repository.message(conversation.id, 1)
            assert message is not None
            message.turn = turn
            await repository.keep_turn(conversation, message)
        await suggestions.collector.collect()

    return asked


def rows_of(answer: httpx.Response) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return {row["entry_id"]: row for row in answer.json()["entries"]}


@pytest.mark.usefixtures("live")
class TestEntries:
    URL = "/api/kb/insight/entries"

    async def test_each_entry_says_how_it_fared(self, sign_in: Any, tell: Tell, clock: ManualClock) -> None:
        await tell("lost-card", helpful=True)
        await tell("lost-card", helpful=False, handed_off=True)
        await tell("sms-fee", handed_off=True)
        client = await sign_in(Role.EDITOR)
        answer = await client.get(self.URL)
        rows = rows_of(answer)
        assert list(rows)[:2] == ["lost-card", "sms-fee"]
        assert rows["lost-card"]["counts"] == {
            "answered": 2,
            "offered": 0,
            "chosen": 0,
            "helpful": 1,
            "unhelpful": 1,
            "handed_off": 1,
        }
        assert answer.json()["sums"]["answered"] == 3
        assert (answer.json()["since"], answer.json()["until"]) == ("2025-12-05", "2026-01-01")
        assert rows["lost-card"]["last_answer"].startswith("2026-01-01T00:00:00")
        assert rows["lost-card"]["questions"]["zh"] == "银行卡丢了怎么办？"
        assert rows["lost-card"]["last_review"] is None
        heat = {key: row["heat"] for key, row in rows.items()}
        assert (heat["lost-card"], heat["sms-fee"], heat["open-account"]) == ("hot", None, "cold")

    async def test_filters_order_and_pages(self, sign_in: Any, tell: Tell) -> None:
        await tell("lost-card")
        await tell("lost-card", language="en")
        await tell("sms-fee", helpful=False)
        client = await sign_in(Role.SUPERVISOR)

        async def ids(**query: Any) -> list[str]:
            return list(rows_of(await client.get(self.URL, params=query)))

        assert await ids(scenario="fees") == ["sms-fee"]
        assert await ids(heat="hot") == ["lost-card"]
        assert await ids(sort="unhelpful", limit=1) == ["sms-fee"]
        assert (await ids(sort="entry_id", falling=False))[0] == "foreign-cash"
        assert await ids(sort="answered", offset=1, limit=1) == ["sms-fee"]
        english = rows_of(await client.get(self.URL, params={"language": "en"}))
        assert (english["lost-card"]["counts"]["answered"], english["sms-fee"]["counts"]["answered"]) == (1, 0)
        before = rows_of(await client.get(self.URL, params={"since": "2025-12-01", "until": "2025-12-31"}))
        assert before["lost-card"]["counts"]["answered"] == 0

    async def test_a_day_is_the_banks_day(self, sign_in: Any, tell: Tell, clock: ManualClock) -> None:
        clock.advance(16 * 3600)  # the 2nd has begun at the bank
        await tell("lost-card")
        client = await sign_in(Role.EDITOR)
        for day, count in (("2026-01-01", 0), ("2026-01-02", 1)):
            rows = rows_of(await client.get(self.URL, params={"since": day, "until": day}))
            assert rows["lost-card"]["counts"]["answered"] == count

    async def test_the_last_review_is_the_last(self, sign_in: Any, live: KnowledgeBase, clock: ManualClock) -> None:
        told = (await live.browsing.entry("lost-card")).revision
        draft = await live.editing.save(EntryContent.model_validate(told.content), "he")
        await live.editing.submit("lost-card", draft.number, "he")
        clock.advance(60)
        await live.editing.publish("wu", "")
        rows = rows_of(await (await sign_in(Role.EDITOR)).get(self.URL))
        assert rows["lost-card"]["last_review"].startswith("2026-01-01T00:01:00")

    async def test_a_spreadsheet_gets_all_of_them_and_no_formula(
        self, sign_in: Any, tell: Tell, live: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        wicked = bank[0].model_dump(mode="json") | {"id": "wicked", "scenario": "=cmd|' /C calc'!A0"}
        await live.load([*bank, EntryContent.model_validate(wicked)])
        await tell("lost-card")
        answer = await (await sign_in(Role.REVIEWER)).get("/api/kb/insight/entries.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == len(bank) + 1
        assert (rows[0]["entry_id"], rows[0]["answered"], rows[0]["heat"]) == ("lost-card", "1", "hot")
        [odd] = [row for row in rows if row["entry_id"] == "wicked"]
        assert odd["scenario"].startswith("'=")

    @pytest.mark.parametrize(
        "query",
        [
            {"since": "2026-02-01", "until": "2026-01-01"},
            {"since": "2001-01-01", "until": "2026-01-01"},
            {"until": "9999-12-31"},
            {"since": "0001-01-01"},
            {"since": "yesterday"},
            {"sort": "luck"},
        ],
    )
    async def test_what_cannot_be_counted_is_refused(self, sign_in: Any, query: dict[str, str]) -> None:
        assert (await (await sign_in(Role.EDITOR)).get(self.URL, params=query)).status_code == 422


@pytest.mark.usefixtures("live")
class TestUnanswered:
    URL = "/api/kb/insight/unanswered"

    async def test_by_week_language_scenario_and_why(
        self, sign_in: Any, suggestions: Suggestions, ask: Callable[..., Awaitable[None]], clock: ManualClock
    ) -> None:
        await ask("可以带宠物去网点吗", outcome="handoff", candidates=[])
        clock.advance(14 * 24 * 3600)
        await ask("可以带宠物去网点吗？", outcome="decline")
        await ask("where can I park my car", language="en", outcome="decline")
        client = await sign_in(Role.EDITOR)
        found = (await client.get(self.URL, params={"since": "2026-01-01"})).json()
        assert [(each["week"], each["count"]) for each in found["weeks"]] == [
            ("2025-12-29", 1),
            ("2026-01-05", 0),
            ("2026-01-12", 2),
        ]
        assert found["total"] == 3
        assert found["languages"] == [{"id": "en", "count": 1}, {"id": "zh", "count": 2}]
        assert found["whys"] == [{"id": "decline", "count": 2}, {"id": "handoff", "count": 1}]
        most = found["most"][0]
        assert (most["text"], most["count"], [each["count"] for each in most["weeks"]]) == (
            "可以带宠物去网点吗",
            2,
            [1, 0, 1],
        )
        english = (await client.get(self.URL, params={"since": "2026-01-01", "language": "en"})).json()
        assert (english["total"], len(english["most"])) == (1, 1)
        [scenario] = [each["id"] for each in english["scenarios"]]
        of_scenario = await client.get(self.URL, params={"since": "2026-01-01", "scenario": scenario})
        assert of_scenario.json()["total"] >= 1


@pytest.mark.usefixtures("live", "suggestions")
class TestSuggestionsOverRest:
    async def test_an_editor_decides_with_one_call_each(
        self, sign_in: Any, ask: Callable[..., Awaitable[None]]
    ) -> None:
        await ask("短信提醒每个月收多少钱呢", outcome="decline")
        client = await sign_in(Role.EDITOR)
        [found] = (await client.get("/api/kb/suggestions")).json()["suggestions"]
        assert (found["text"], found["count"], found["status"]) == ("短信提醒每个月收多少钱呢", 1, "open")
        assert found["nearest"]["entry_id"] == "sms-fee"
        address = f"/api/kb/suggestions/{found['id']}"
        refused = await client.post(f"{address}/accept", json={"entry_id": "lost-card"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "question_conflict")
        assert refused.json()["conflict"]["entry_id"] == "sms-fee"
        accepted = await client.post(f"{address}/accept", json={"entry_id": "sms-fee"})
        assert accepted.json() == {"entry_id": "sms-fee", "revision": 2}
        assert (await client.get(address)).json()["status"] == "accepted"
        assert (await client.post(f"{address}/dismiss", json={})).status_code == 409
        assert (await client.post(f"{address}/reopen")).json()["status"] == "open"
        assert (await client.post(f"{address}/dismiss", json={"comment": "no"})).json()["status"] == "dismissed"
        assert (await client.get("/api/kb/suggestions/999")).json()["error"]["code"] == "suggestion_not_found"

    async def test_the_conversation_of_a_draft_is_named_to_whoever_may_read_it(
        self, sign_in: Any, suggestions: Suggestions
    ) -> None:
        agent, other, supervisor, editor = [
            await sign_in(role) for role in (Role.AGENT, Role.AGENT, Role.SUPERVISOR, Role.EDITOR)
        ]
        kept = await suggestions.origins.draft_from_reply("宠物可以去吗", "可以", "zh", "c0ffee", 4, "agent-1")
        seen = []
        for client in (agent, other, supervisor, editor):
            [origin] = (await client.get(f"/api/kb/entries/{kept.entry_id}/origins")).json()["origins"]
            seen.append((origin["conversation_id"], origin["seq"]))
        assert seen == [("c0ffee", 4), (None, None), ("c0ffee", 4), (None, None)]
