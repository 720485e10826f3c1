"""A file becomes revisions in review: every row's fate is told first, and an import that is interrupted goes on."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from identity.models import AuditRecord
from identity.service import Identity, Role
from kb.content import EntryContent
from kb.exchange import imports as imports_module
from kb.exchange.imports import LEASE_SECONDS, Imports
from kb.exchange.interchange import FORMATS, write
from kb.models import ImportedFile
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import InvalidRequest, NotFound, Unavailable


@pytest.fixture
def knowledge(worker: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    return worker()


@pytest.fixture(autouse=True)
def _small_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_module, "LOT", 2)


def answering(entry: EntryContent, answer: str) -> EntryContent:
    changed = entry.variants["zh"].model_copy(update={"answer": answer})
    return entry.model_copy(update={"variants": {**entry.variants, "zh": changed}})


def fates_of(imported: ImportedFile) -> dict[str | None, str]:
    return {fate["entry_id"]: fate["fate"] for fate in imported.fates}


async def applied(imports: Imports, import_id: str) -> ImportedFile:
    await imports.apply(import_id, "he")
    await imports.settled(import_id)
    return await imports.imported(import_id)


def lines_of(content: bytes) -> dict[str, Any]:
    return {line["id"]: line for line in map(json.loads, content.splitlines())}


async def states(knowledge: KnowledgeBase) -> dict[str, tuple[int, str]]:
    return {key: (found.number, found.status) for key, found in (await knowledge.browsing.newest()).items()}


async def test_every_rows_fate_is_told_before_anything_changes(
    knowledge: KnowledgeBase, bank: list[EntryContent]
) -> None:
    await knowledge.load(bank[:2])
    lines = [bank[0].model_dump(mode="json"), answering(bank[1], "新").model_dump(mode="json"), {"id": "x"}]
    content = "\n".join(json.dumps(line) for line in [*lines, bank[2].model_dump(mode="json")]).encode()
    imported = await knowledge.imports.check("kb.jsonl", content, "he")
    assert fates_of(imported) == {
        "lost-card": "same",
        "transfer-limit": "changed",
        "x": "refused",
        "open-account": "new",
    }
    [refused] = [fate for fate in imported.fates if fate["fate"] == "refused"]
    assert (refused["row"], bool(refused["message"])) == (3, True)
    assert await states(knowledge) == {"lost-card": (1, "published"), "transfer-limit": (1, "published")}

    done = await applied(knowledge.imports, imported.id)
    assert (done.state, done.done) == ("done", 4)
    assert await states(knowledge) == {
        "lost-card": (1, "published"),
        "transfer-limit": (2, "in_review"),
        "open-account": (1, "in_review"),
    }


@pytest.mark.parametrize("form", FORMATS)
async def test_what_is_imported_published_and_exported_is_what_was_in_the_file(
    knowledge: KnowledgeBase, bank: list[EntryContent], form: str
) -> None:
    content = write(form, bank)
    imported = await knowledge.imports.check(f"bank{FORMATS[form].suffixes[0]}", content, "he")
    await applied(knowledge.imports, imported.id)
    await knowledge.editing.publish("wu", "from a file")
    stored = {key: EntryContent.model_validate(row.content) for key, row in (await knowledge.browsing.newest()).items()}
    assert stored == {entry.id: entry for entry in bank}
    again = await knowledge.imports.check(f"bank{FORMATS[form].suffixes[0]}", content, "he")
    assert set(fates_of(again).values()) == {"same"}


async def test_applying_twice_is_applying_once(knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
    imported = await knowledge.imports.check("bank.jsonl", write("jsonl", bank), "he")
    await asyncio.gather(*(knowledge.imports.apply(imported.id, "he") for _ in range(3)))
    done = await applied(knowledge.imports, imported.id)
    assert done.state == "done"
    assert set((await states(knowledge)).values()) == {(1, "in_review")}


async def test_an_import_that_is_interrupted_goes_on_where_it_was(
    worker: Callable[..., KnowledgeBase], bank: list[EntryContent], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying, other = worker(), worker()
    imported = await dying.imports.check("bank.jsonl", write("jsonl", bank), "he")
    settle, lots = dying.imports._lot, []

    async def until_the_power_fails(*given: Any) -> bool:
        lots.append(given)
        if len(lots) == 3:
            raise Unavailable("gone")
        return await settle(*given)

    monkeypatch.setattr(dying.imports, "_lot", until_the_power_fails)
    interrupted = await applied(dying.imports, imported.id)
    assert (interrupted.state, interrupted.done) == ("applying", 4)

    await other.imports.imported(imported.id)
    await other.imports.settled(imported.id)
    assert (await other.imports.imported(imported.id)).done == 4, "the first worker may still be at it"
    clock.advance(LEASE_SECONDS + 1)
    await other.imports.imported(imported.id)
    await other.imports.settled(imported.id)
    done = await other.imports.imported(imported.id)
    assert (done.state, done.done) == ("done", len(bank))
    assert set((await states(other)).values()) == {(1, "in_review")}


class TestWithoutAnybodyLooking:
    @pytest.fixture
    async def left(
        self, worker: Callable[..., KnowledgeBase], bank: list[EntryContent], monkeypatch: pytest.MonkeyPatch
    ) -> str:
        """An import whose worker died while it had a lease."""
        dying = worker()
        imported = await dying.imports.check("bank.jsonl", write("jsonl", bank), "he")
        settle, lots = dying.imports._lot, []

        async def until_the_power_fails(*given: Any) -> bool:
            lots.append(given)
            return await settle(*given) if len(lots) == 1 else False

        monkeypatch.setattr(dying.imports, "_lot", until_the_power_fails)
        assert (await applied(dying.imports, imported.id)).done == 2
        return imported.id

    async def test_an_import_goes_on_when_a_worker_starts(
        self, worker: Callable[..., KnowledgeBase], database: Database, left: str, clock: ManualClock
    ) -> None:
        clock.advance(LEASE_SECONDS)
        other = worker()
        await other.start()
        await stored_state(database, left, "done")
        await other.close()
        assert set((await states(other)).values()) == {(1, "in_review")}

    async def test_one_that_a_worker_has_a_lease_of_is_left_to_it_until_the_lease_ends(
        self,
        worker: Callable[..., KnowledgeBase],
        database: Database,
        left: str,
        clock: ManualClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(imports_module, "SWEEP_SECONDS", 0.01)
        other = worker()
        other.imports.start()
        await asyncio.sleep(0.1)
        assert other.imports._running == {}
        clock.advance(LEASE_SECONDS)
        await stored_state(database, left, "done")
        await other.close()

    async def test_what_is_only_checked_stays_so(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], clock: ManualClock
    ) -> None:
        await knowledge.imports.check("bank.jsonl", write("jsonl", bank), "he")
        clock.advance(LEASE_SECONDS)
        await knowledge.imports.resume()
        assert knowledge.imports._running == {}

    async def test_a_database_that_is_away_for_a_moment_stops_no_sweep(
        self, knowledge: KnowledgeBase, database: Database, left: str, clock: ManualClock, monkeypatch: Any
    ) -> None:
        clock.advance(LEASE_SECONDS)
        monkeypatch.setattr(imports_module, "SWEEP_SECONDS", 0.01)
        resume, looked = knowledge.imports.resume, []

        async def away_at_first() -> None:
            looked.append(1)
            if len(looked) == 1:
                raise Unavailable("gone")
            await resume()

        monkeypatch.setattr(knowledge.imports, "resume", away_at_first)
        knowledge.imports.start()
        await stored_state(database, left, "done")
        await knowledge.close()


async def stored_state(database: Database, import_id: str, state: str) -> None:
    """Wait until an import has come so far, without asking for it."""
    deadline = asyncio.get_running_loop().time() + 10
    while True:
        async with database.read() as session:
            found = await session.get(ImportedFile, import_id)
            if found is not None and found.state == state:
                return
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


async def test_what_an_editor_stored_meanwhile_is_kept_and_told(
    knowledge: KnowledgeBase, bank: list[EntryContent]
) -> None:
    await knowledge.load(bank[:2])
    imported = await knowledge.imports.check("bank.jsonl", write("jsonl", [answering(bank[0], "文件")]), "he")
    await knowledge.editing.save(answering(bank[0], "手写"), "ma")
    done = await applied(knowledge.imports, imported.id)
    [fate] = done.fates
    assert (fate["fate"], done.state) == ("refused", "done")
    assert fate["message"] == {
        "zh": "其间 ma 保存了第 2 版，请重新导入这一行。",
        "en": "ma stored revision 2 meanwhile. Import this row again.",
    }
    newest = (await knowledge.browsing.newest())["lost-card"]
    assert EntryContent.model_validate(newest.content).variants["zh"].answer == "手写"


async def test_a_file_that_is_none_is_refused_and_an_unknown_import_is_not_found(knowledge: KnowledgeBase) -> None:
    with pytest.raises(InvalidRequest):
        await knowledge.imports.check("bank.xlsx", b"not a workbook", "he")
    for call in (knowledge.imports.imported("none"), knowledge.imports.apply("none", "he")):
        with pytest.raises(NotFound):
            await call


class TestOverRest:
    async def test_a_file_goes_in_is_published_answers_and_comes_out_again(
        self, sign_in: Any, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        editor, reviewer = await sign_in(Role.EDITOR), await sign_in(Role.REVIEWER)
        content = write("jsonl", bank)
        checked = await editor.post("/api/kb/imports", files={"file": ("bank.jsonl", content)})
        assert checked.status_code == 201
        view = checked.json()
        assert (view["state"], view["counts"]["new"], view["total"]) == ("checked", len(bank), len(bank))
        assert set(view["rows"][0]) == {"row", "entry_id", "fate", "column", "message"}
        await editor.post(f"/api/kb/imports/{view['id']}/apply")
        await knowledge.imports.settled(view["id"])
        assert (await editor.get(f"/api/kb/imports/{view['id']}")).json()["state"] == "done"
        published = await reviewer.post("/api/kb/releases", json={"reasons": {"*": "a small bank"}})
        assert published.status_code == 201, published.text
        assert (await knowledge.search("银行卡丢了怎么办？", "zh")).candidates[0].entry.id == "lost-card"
        exported = await editor.get("/api/kb/export?format=jsonl")
        assert "bilin-knowledge.jsonl" in exported.headers["Content-Disposition"]
        assert lines_of(exported.content) == lines_of(content)

    async def test_imports_are_listed_the_newest_first_and_how_far_one_is_needs_no_rows(
        self, sign_in: Any, knowledge: KnowledgeBase, bank: list[EntryContent], clock: ManualClock
    ) -> None:
        first = await knowledge.imports.check("first.jsonl", write("jsonl", bank), "he")
        await applied(knowledge.imports, first.id)
        clock.advance(60)
        second = await knowledge.imports.check("second.jsonl", write("jsonl", bank[:3]), "ma")
        agent = await sign_in(Role.AGENT)
        listed = (await agent.get("/api/kb/imports")).json()["imports"]
        assert [(each["id"], each["file"], each["author"], each["state"]) for each in listed] == [
            (second.id, "second.jsonl", "ma", "checked"),
            (first.id, "first.jsonl", "he", "done"),
        ]
        assert [(each["done"], each["total"]) for each in listed] == [(0, 3), (len(bank), len(bank))]
        assert [each["id"] for each in (await agent.get("/api/kb/imports?limit=1")).json()["imports"]] == [second.id]

        whole = (await agent.get(f"/api/kb/imports/{first.id}")).json()
        short = (await agent.get(f"/api/kb/imports/{first.id}?rows=false")).json()
        assert len(whole["rows"]) == len(bank)
        assert short == {**whole, "rows": None}

    async def test_what_is_wrong_with_a_row_is_told_in_both_languages(
        self, sign_in: Any, knowledge: KnowledgeBase
    ) -> None:
        editor = await sign_in(Role.EDITOR)
        content = "id,scenario,zh_question,featured\na,cards,卡丢了,maybe\nb,cards,卡丢了怎么办,\n".encode()
        checked = (await editor.post("/api/kb/imports", files={"file": ("bank.csv", content)})).json()
        assert [row["message"] for row in checked["rows"]] == [
            {
                "zh": "“featured”须为 TRUE 或 FALSE，请改正。",
                "en": "'featured' must be TRUE or FALSE; correct it.",
            },
            None,
        ]

    async def test_what_a_release_stored_that_had_english_alone_is_still_read(
        self, sign_in: Any, knowledge: KnowledgeBase, database: Database
    ) -> None:
        imported = await knowledge.imports.check("bank.jsonl", b'{"id": "a"}\n{"id": "b"}\n', "he")
        async with database.write() as session:
            stored = await session.get(ImportedFile, imported.id)
            assert stored
            stored.fates = [{**stored.fates[0], "message": "Fill it in."}, {**stored.fates[1], "message": ""}]
        agent = await sign_in(Role.AGENT)
        rows = (await agent.get(f"/api/kb/imports/{imported.id}")).json()["rows"]
        assert [row["message"] for row in rows] == [{"zh": "Fill it in.", "en": "Fill it in."}, None]

    @pytest.mark.parametrize(
        ("wanted", "message"),
        [
            (
                "zh-CN,zh;q=0.9,en;q=0.8",
                "文件名虽以 .xlsx 结尾，内容却不是 Excel 工作簿。请用 Excel 打开后另存为 .xlsx。",
            ),
            ("en", "The file is no Excel workbook, whatever its name. Open it in Excel and save it as .xlsx."),
            ("de", "The file is no Excel workbook, whatever its name. Open it in Excel and save it as .xlsx."),
        ],
    )
    async def test_a_file_is_refused_in_the_language_of_the_console(
        self, sign_in: Any, wanted: str, message: str
    ) -> None:
        editor = await sign_in(Role.EDITOR)
        refused = await editor.post(
            "/api/kb/imports", files={"file": ("bank.xlsx", b"id,scenario")}, headers={"Accept-Language": wanted}
        )
        assert (refused.status_code, refused.json()["error"]["message"]) == (422, message)

    async def test_what_is_not_there(self, sign_in: Any) -> None:
        agent = await sign_in(Role.AGENT)
        assert (await agent.get("/api/kb/imports/x")).json()["error"]["code"] == "import_not_found"
        assert (await agent.get("/api/kb/export?format=pdf")).status_code == 422


async def test_every_changed_revision_has_a_line_in_the_audit_log(
    worker: Callable[..., KnowledgeBase], database: Database, clock: ManualClock, bank: list[EntryContent]
) -> None:
    identity = Identity(database, clock, secret_key="a secret key of this test", session_hours=1)
    knowledge = worker()
    imports = Imports(database, clock, knowledge.browsing, identity)
    await knowledge.load(bank[:2])
    changed = [bank[0], answering(bank[1], "新"), *bank[2:]]
    imported = await imports.check("bank.jsonl", write("jsonl", changed), "he")
    await applied(imports, imported.id)
    async with database.read() as session:
        lines = (await session.execute(select(AuditRecord).order_by(AuditRecord.id))).scalars().all()
    assert [line.action for line in lines] == ["import.applied", *["entry.imported"] * 7]
    assert [(line.actor, line.subject, line.detail["revision"]) for line in lines[1:]] == [
        ("he", entry.id, 2 if entry.id == "transfer-limit" else 1) for entry in changed[1:]
    ]
    assert {line.detail["import_id"] for line in lines[1:]} == {imported.id}
