"""Entries, reviews and releases over REST: shapes, preconditions and errors."""

import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from identity.service import Role
from kb.content import EntryContent
from kb.service import KnowledgeBase


def body_of(entry: EntryContent, answer: str | None = None) -> dict[str, Any]:
    body = entry.model_dump(mode="json")
    if answer is not None:
        body["variants"]["zh"]["answer"] = answer
    return body


def error_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.fixture
async def first(knowledge: KnowledgeBase, bank: list[EntryContent]) -> int | None:
    return await knowledge.load(bank[:3])


_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@pytest.fixture
def statements() -> Iterator[Callable[[], list[str]]]:
    """Starts a list of what the test itself asks the database from here on; followers and other tasks are not in it."""

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked = _asked.get()
        if asked is not None:
            asked.append(statement)

    def listen() -> list[str]:
        asked: list[str] = []
        _asked.set(asked)
        return asked

    event.listen(Engine, "before_cursor_execute", note)
    yield listen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("first")
async def test_an_editor_writes_a_reviewer_publishes_and_customers_find_it(
    sign_in: Any, bank: list[EntryContent], knowledge: KnowledgeBase
) -> None:
    editor, reviewer = await sign_in(Role.EDITOR), await sign_in(Role.REVIEWER)
    read = await editor.get("/api/kb/entries/lost-card")
    assert read.headers["ETag"] == '"1"'
    stored = await editor.put(
        "/api/kb/entries/lost-card", json=body_of(bank[0], "请先锁卡。"), headers={"If-Match": read.headers["ETag"]}
    )
    assert (stored.status_code, stored.headers["ETag"]) == (200, '"2"')
    view = stored.json()
    assert (view["id"], view["revision"], view["status"], view["live_revision"]) == ("lost-card", 2, "draft", 1)
    assert (view["author"], view["reviewer"], view["gaps"]) == ("editor-1", None, ["en_outdated"])
    assert view["content"]["variants"]["zh"]["answer"] == "请先锁卡。"

    asked = await editor.post("/api/kb/entries/lost-card/submit", json={"revision": 2, "comment": "please"})
    assert asked.json()["status"] == "in_review"
    [waiting] = (await reviewer.get("/api/kb/review")).json()["entries"]
    assert (waiting["id"], waiting["live_revision"], waiting["own"]) == ("lost-card", 1, False)
    looked_at = (await reviewer.get("/api/kb/review/lost-card")).json()
    assert (looked_at["entry"]["id"], looked_at["own"]) == ("lost-card", False)
    assert looked_at["live"]["variants"]["zh"]["answer"] == bank[0].variants["zh"].answer
    assert (await editor.get("/api/kb/review")).json()["entries"][0]["own"]

    chosen = {
        "comment": "clearer",
        "entries": [{"id": "lost-card", "revision": 2}],
        "reasons": {"lost-card": "the other language follows"},
    }
    published = await reviewer.post("/api/kb/releases", json=chosen)
    assert published.status_code == 201
    release = published.json()["release_id"]
    assert (await knowledge.search("银行卡丢了怎么办？", "zh")).candidates[0].entry.variants[
        "zh"
    ].answer == "请先锁卡。"
    assert (await reviewer.get("/api/kb/releases")).json()["live"] == release
    assert (await reviewer.get(f"/api/kb/releases/{release}")).json()["changes"] == [
        {"entry_id": "lost-card", "kind": "changed", "revision": 2, "before": 1}
    ]
    told = (await reviewer.get(f"/api/kb/releases/{release}/entries/lost-card")).json()
    assert (told["entry"]["author"], told["entry"]["reviewer"]) == ("editor-1", "reviewer-2")
    assert told["release"]["published_by"] == "reviewer-2"


@pytest.mark.usefixtures("first")
async def test_who_wrote_a_part_of_what_waits_is_told_and_refused(sign_in: Any, bank: list[EntryContent]) -> None:
    both, editor = await sign_in(Role.REVIEWER, Role.EDITOR), await sign_in(Role.EDITOR)
    for person, number, answer in ((both, 1, "请先锁卡。"), (editor, 2, "请先锁卡！")):
        body, headers = body_of(bank[0], answer), {"If-Match": f'"{number}"'}
        assert (await person.put("/api/kb/entries/lost-card", json=body, headers=headers)).status_code == 200
    await editor.post("/api/kb/entries/lost-card/submit", json={"revision": 3})
    for person, own in ((both, True), (editor, True), (await sign_in(Role.REVIEWER), False)):
        [waiting] = (await person.get("/api/kb/review")).json()["entries"]
        assert waiting["own"] is own
    chosen = {"entries": [{"id": "lost-card", "revision": 3}], "reasons": {"*": "the other language follows"}}
    assert error_of(await both.post("/api/kb/releases", json=chosen)) == (403, "own_revision")


@pytest.mark.usefixtures("first")
class TestPreconditions:
    URL = "/api/kb/entries/lost-card"

    async def put(self, client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.put(self.URL, json=body, headers=sent)

    async def test_without_one_nothing_is_stored(self, sign_in: Any, bank: list[EntryContent]) -> None:
        editor = await sign_in(Role.EDITOR)
        for headers in ({}, {"If_Match": "two"}, {"If_Match": ""}, {"If_Match": "9" * 20}, {"If_Match": "9" * 5000}):
            assert error_of(await self.put(editor, body_of(bank[0], "x"), **headers)) == (422, "precondition_required")
        assert (await editor.get(self.URL)).json()["revision"] == 1

    async def test_a_conflict_brings_what_the_other_wrote_and_what_both_began_with(
        self, sign_in: Any, bank: list[EntryContent]
    ) -> None:
        one, other = await sign_in(Role.EDITOR), await sign_in(Role.EDITOR)
        assert (await self.put(one, body_of(bank[0], "甲"), If_Match='"1"')).status_code == 200
        refused = await self.put(other, body_of(bank[0], "乙"), If_Match='W/"1"')
        assert error_of(refused) == (409, "edit_conflict")
        answers = [refused.json()[name]["content"]["variants"]["zh"]["answer"] for name in ("current", "base")]
        assert answers == ["甲", bank[0].variants["zh"].answer]
        assert (await self.put(other, body_of(bank[0], "甲乙"), If_Match='"2"')).json()["revision"] == 3
        assert (await self.put(other, body_of(bank[0], "丙"), If_Match="*")).json()["revision"] == 4

    async def test_a_new_entry_must_be_new(self, sign_in: Any, bank: list[EntryContent]) -> None:
        editor = await sign_in(Role.EDITOR)
        refused = await self.put(editor, body_of(bank[0]), If_None_Match="*")
        assert error_of(refused) == (409, "edit_conflict")
        assert refused.json()["base"] is None
        new = body_of(bank[3])
        stored = await editor.put(f"/api/kb/entries/{bank[3].id}", json=new, headers={"If-None-Match": "*"})
        assert (stored.json()["revision"], stored.json()["live_revision"]) == (1, None)

    async def test_the_address_and_the_entry_name_the_same(self, sign_in: Any, bank: list[EntryContent]) -> None:
        editor = await sign_in(Role.EDITOR)
        assert error_of(await self.put(editor, body_of(bank[1]), If_Match="*")) == (422, "invalid_request")


@pytest.mark.usefixtures("first")
async def test_what_says_something_new_is_dated(sign_in: Any, bank: list[EntryContent]) -> None:
    editor = await sign_in(Role.EDITOR)

    async def updated(body: Any) -> str | None:
        stored = await editor.put("/api/kb/entries/lost-card", json=body, headers={"If-Match": "*"})
        return str(stored.json()["content"]["updated"])

    same = body_of(bank[0])
    assert await updated({**same, "featured": False}) == "None"
    assert await updated(body_of(bank[0], "请先锁卡。")) == "2026-01-01"
    assert await updated({**body_of(bank[0], "请马上锁卡。"), "updated": "2025-12-24"}) == "2025-12-24"


@pytest.mark.usefixtures("first")
async def test_an_old_figure_is_not_dated_today_by_whoever_mends_a_slip(sign_in: Any, bank: list[EntryContent]) -> None:
    editor = await sign_in(Role.EDITOR)

    async def updated(answer: str, **fields: Any) -> str | None:
        body = {**body_of(bank[0], answer), **fields}
        stored = await editor.put("/api/kb/entries/lost-card", json=body, headers={"If-Match": "*"})
        return str(stored.json()["content"]["updated"])

    assert await updated("挂失費每次10元。") == "None"
    assert await updated("挂失费每次10元。", updated="2025-06-30") == "2025-06-30"
    assert await updated("挂失费每次10元！", updated="2025-06-30") == "2025-06-30"
    assert await updated("自2025年6月30日起，挂失费每次10元。", updated="2025-06-30") == "2026-01-01"


@pytest.mark.usefixtures("first")
async def test_the_list_is_paged_and_counted(sign_in: Any) -> None:
    agent = await sign_in(Role.AGENT)
    page = (await agent.get("/api/kb/entries", params={"limit": 2, "offset": 1})).json()
    assert [entry["id"] for entry in page["entries"]] == ["open-account", "transfer-limit"]
    assert page["total"] == 3
    assert page["scenarios"] == [{"id": name, "count": 1} for name in ("accounts", "cards", "transfers")]
    assert page["statuses"] == [{"id": "published", "count": 3}]
    assert {each["id"] for each in page["gaps"]} == {"zh_missing", "en_missing", "zh_outdated", "en_outdated"}
    assert set(page["entries"][0]["questions"]) == {"zh", "en"}
    found = (await agent.get("/api/kb/entries", params={"text": "OPEN an account"})).json()
    assert [entry["id"] for entry in found["entries"]] == ["open-account"]
    assert page["validities"] == [{"id": name, "count": 0} for name in ("expired", "expires_soon", "scheduled")]
    assert (page["today"], page["soon"]) == ("2026-01-01", "2026-01-31")
    assert (await agent.get("/api/kb/entries", params={"validity": "expired"})).json()["entries"] == []


class TestTheQueue:
    @pytest.fixture
    async def queue(self, knowledge: KnowledgeBase, bank: list[EntryContent], first: int) -> None:
        for entry, author in zip(bank[:3], ("he", "reviewer-1", "he"), strict=True):
            said = entry.variants["zh"].model_copy(update={"answer": "新的说法。"})
            changed = entry.model_copy(update={"variants": {**entry.variants, "zh": said}})
            revision = await knowledge.editing.save(changed, author)
            await knowledge.editing.submit(entry.id, revision.number, author)

    @pytest.mark.usefixtures("queue")
    async def test_is_read_a_page_at_a_time_the_longest_wait_first(
        self, sign_in: Any, bank: list[EntryContent]
    ) -> None:
        reviewer = await sign_in(Role.REVIEWER)
        read, after = [], 0
        for _ in range(2):
            page = (await reviewer.get("/api/kb/review", params={"limit": 2, "after": after})).json()
            assert page["total"] == 3
            read += page["entries"]
            after = page["next"]
        assert after is None
        assert [(each["id"], each["own"]) for each in read] == [
            (entry.id, entry.id == bank[1].id) for entry in bank[:3]
        ]
        assert read[0]["scenario"] == bank[0].scenario
        assert read[0]["questions"] == {name: variant.question for name, variant in bank[0].variants.items()}
        assert (read[0]["author"], read[0]["created_at"], read[0]["revision"]) == ("he", "2026-01-01T00:00:00Z", 2)

    @pytest.mark.usefixtures("queue")
    async def test_is_counted_without_a_row(self, sign_in: Any) -> None:
        counted = await (await sign_in(Role.EDITOR)).get("/api/kb/review", params={"limit": 0})
        assert counted.json() == {"entries": [], "total": 3, "next": None}

    @pytest.mark.usefixtures("queue")
    async def test_is_examined_entry_by_entry_and_only_when_one_is_looked_at(
        self, sign_in: Any, knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reviewer, examined, findings = await sign_in(Role.REVIEWER), [], knowledge.gate.findings

        async def counted(entry: EntryContent) -> Any:
            examined.append(entry.id)
            return await findings(entry)

        monkeypatch.setattr(knowledge.gate, "findings", counted)
        await reviewer.get("/api/kb/review")
        assert examined == []
        assert (await reviewer.get("/api/kb/review/open-account")).json()["entry"]["id"] == "open-account"
        assert examined == ["open-account"]

    @pytest.mark.usefixtures("queue")
    async def test_takes_as_many_queries_whatever_waits(
        self, sign_in: Any, statements: Callable[[], list[str]]
    ) -> None:
        reviewer = await sign_in(Role.REVIEWER)
        asked = []
        for limit in (1, 3):
            made = statements()
            await reviewer.get("/api/kb/review", params={"limit": limit})
            asked.append(len(made))
        assert asked[0] == asked[1] > 0

    @pytest.mark.usefixtures("queue")
    async def test_chosen_revisions_are_read_together(
        self, sign_in: Any, bank: list[EntryContent], statements: Callable[[], list[str]]
    ) -> None:
        reviewer = await sign_in(Role.ADMIN)
        asked = []
        for chosen in (bank[:1], bank[:3]):
            made = statements()
            body = {"entries": [{"id": entry.id, "revision": 2} for entry in chosen]}
            assert (await reviewer.post("/api/kb/review/regression", json=body)).status_code == 200
            asked.append(len([each for each in made if "kb_revisions" in each]))
        assert asked[0] == asked[1] > 0

    @pytest.mark.usefixtures("queue")
    async def test_one_reason_for_all_that_are_chosen(self, sign_in: Any, bank: list[EntryContent]) -> None:
        admin = await sign_in(Role.ADMIN)
        chosen = {"entries": [{"id": entry.id, "revision": 2} for entry in bank[:3]], "reasons": {"*": "one file"}}
        assert (await admin.post("/api/kb/releases", json=chosen)).status_code == 201
        for entry in bank[:3]:
            said = (await admin.get(f"/api/kb/entries/{entry.id}/comments")).json()["comments"]
            assert [each["text"] for each in said] == ["one file"]

    async def test_what_does_not_wait_is_not_in_it(self, sign_in: Any, first: int) -> None:
        reviewer = await sign_in(Role.REVIEWER)
        for entry_id in ("lost-card", "none"):
            assert error_of(await reviewer.get(f"/api/kb/review/{entry_id}")) == (404, "not_in_review")
        for query in ("limit=501", "limit=-1", "after=-1", "after=9999999999"):
            assert error_of(await reviewer.get(f"/api/kb/review?{query}")) == (422, "invalid_request")


@pytest.mark.parametrize(
    "query", ["gap=wide", "validity=ever", "status=lost", "offset=-1", "limit=0", "limit=501", "text=" + "x" * 201]
)
async def test_a_list_that_cannot_be_asked_for_is_refused(sign_in: Any, query: str) -> None:
    agent = await sign_in(Role.AGENT)
    assert error_of(await agent.get(f"/api/kb/entries?{query}")) == (422, "invalid_request")


@pytest.mark.usefixtures("first")
async def test_what_is_not_there_is_not_found(sign_in: Any) -> None:
    admin = await sign_in(Role.ADMIN)
    for path in ("/entries/none", "/entries/none/revisions", "/entries/lost-card/revisions/9"):
        assert (await admin.get(f"/api/kb{path}")).status_code == 404
    for path in ("/releases/99", "/releases/1/entries/none", "/releases/99/entries/lost-card"):
        assert (await admin.get(f"/api/kb{path}")).status_code == 404
    for path, body in (
        ("/entries/none/submit", {"revision": 1}),
        ("/entries/none/return", {"revision": 1}),
        ("/entries/none/comments", {"text": "?"}),
        ("/entries/none/withdraw", {}),
        ("/releases/99/restore", {}),
        ("/releases", {"entries": [{"id": "none", "revision": 1}]}),
    ):
        assert (await admin.post(f"/api/kb{path}", json=body)).status_code == 404


@pytest.mark.usefixtures("first")
async def test_restore_and_withdraw(sign_in: Any, knowledge: KnowledgeBase) -> None:
    reviewer = await sign_in(Role.REVIEWER)
    gone = await reviewer.post("/api/kb/entries/lost-card/withdraw", json={"comment": "wrong figure"})
    assert (gone.status_code, gone.json()) == (201, {"release_id": 2})
    assert (await reviewer.get("/api/kb/entries/lost-card")).json()["live_revision"] is None
    back = await reviewer.post("/api/kb/releases/1/restore", json={"comment": "right after all"})
    assert (back.status_code, back.json()) == (201, {"release_id": 3})
    assert knowledge.entry("lost-card").id == "lost-card"
    assert (await reviewer.get("/api/kb/entries/lost-card")).json()["live_revision"] == 1


@pytest.mark.usefixtures("first")
async def test_colleagues_talk_about_a_revision(sign_in: Any) -> None:
    editor = await sign_in(Role.EDITOR)
    said = await editor.post("/api/kb/entries/lost-card/comments", json={"text": "is the fee right?"})
    assert said.status_code == 201
    expected = {"revision": 1, "author": "editor-1", "at": "2026-01-01T00:00:00Z", "text": "is the fee right?"}
    assert said.json() == expected
    assert (await editor.get("/api/kb/entries/lost-card/comments")).json() == {"comments": [expected]}
    assert (await editor.post("/api/kb/entries/lost-card/comments", json={"text": ""})).status_code == 422


@pytest.mark.usefixtures("first")
async def test_half_a_character_is_refused_wherever_it_is(sign_in: Any, bank: list[EntryContent]) -> None:
    admin = await sign_in(Role.ADMIN)
    variants = body_of(bank[0])["variants"]
    for body in (
        {**body_of(bank[0]), "related": ["\ud83d"]},
        {**body_of(bank[0]), "variants": {**variants, "zh": {**variants["zh"], "similar": ["\ud83d"]}}},
    ):
        sent = {"content": json.dumps(body), "headers": {"Content-Type": "application/json", "If-Match": "*"}}
        assert error_of(await admin.put("/api/kb/entries/lost-card", **sent)) == (422, "invalid_request")
        assert error_of(await admin.post("/api/kb/checks", **sent)) == (422, "invalid_request")
    chosen = json.dumps({"entries": [{"id": "\ud83d", "revision": 1}]})
    for path in ("/releases", "/review/regression"):
        refused = await admin.post(f"/api/kb{path}", content=chosen, headers={"Content-Type": "application/json"})
        assert error_of(refused) == (422, "invalid_request")


@pytest.mark.usefixtures("first")
async def test_what_the_database_cannot_hold_is_refused(sign_in: Any, database_kind: str) -> None:
    admin = await sign_in(Role.ADMIN)
    told = await admin.post("/api/kb/entries/lost-card/comments", json={"text": "a\0b"})
    found = await admin.get("/api/kb/entries", params={"text": "a\0b"})
    expected = (422, 422) if database_kind == "postgres" else (201, 200)
    assert (told.status_code, found.status_code) == expected
