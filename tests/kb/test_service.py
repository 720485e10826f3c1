"""The life of an answer: loaded from files, edited, published, followed by every worker."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kb.content import EntryContent
from kb.encoder import TurnEncoder
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents

MakeKnowledgeBase = Callable[..., KnowledgeBase]


@pytest.fixture
def bank(bank: list[EntryContent]) -> list[EntryContent]:
    """Three entries in both languages: a life cycle needs no more, and few are fitted fast."""
    return bank[:3]


def answering(entry: EntryContent, answer: str) -> EntryContent:
    """The entry with another Chinese answer."""
    variants = {**entry.variants, "zh": entry.variants["zh"].model_copy(update={"answer": answer})}
    return entry.model_copy(update={"variants": variants})


async def answer_to(knowledge: KnowledgeBase, text: str) -> str:
    return (await knowledge.search(text, "zh")).candidates[0].entry.variants["zh"].answer


async def live_ids(knowledge: KnowledgeBase) -> set[str]:
    return {key for key, revision in (await knowledge.revisions()).items() if revision.status == "published"}


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def following(knowledge: KnowledgeBase) -> AsyncIterator[KnowledgeBase]:
    await knowledge.start()
    try:
        yield knowledge
    finally:
        await knowledge.close()


async def test_loading_publishes_at_once(knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = knowledge_base()
    release = await knowledge.load(bank)
    assert knowledge.release_id == release
    assert await answer_to(knowledge, "手机银行每天最多能转多少钱") == bank[1].variants["zh"].answer
    [listed] = await knowledge.releases()
    assert (listed["id"], listed["published_by"]) == (release, "content-files")


async def test_loading_again_changes_nothing(knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = knowledge_base()
    first = await knowledge.load(bank)
    assert await knowledge.load(bank) is None
    assert await knowledge.load(list(reversed(bank))) is None
    assert knowledge.release_id == first
    assert len(await knowledge.releases()) == 1


async def test_only_what_changed_in_a_file_gets_a_revision(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank)
    await knowledge.load([answering(bank[0], "请先锁卡。"), *bank[1:]])
    numbers = {key: revision.number for key, revision in (await knowledge.revisions()).items()}
    assert numbers == {entry.id: 2 if entry is bank[0] else 1 for entry in bank}
    assert await answer_to(knowledge, "我的卡丢了") == "请先锁卡。"


async def test_an_entry_taken_out_of_the_files_leaves_the_release(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank)
    await knowledge.load(bank[1:])
    assert "lost-card" not in {
        candidate.entry.id for candidate in (await knowledge.search("我的卡丢了", "zh")).candidates
    }
    assert (await knowledge.revisions())["lost-card"].status == "archived"
    assert await live_ids(knowledge) == {entry.id for entry in bank[1:]}
    assert await knowledge.load(bank[1:]) is None


async def test_an_entry_put_back_into_the_files_is_live_again(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank)
    await knowledge.load(bank[1:])
    await knowledge.load(bank)
    assert knowledge.entry("lost-card") == bank[0]
    assert await live_ids(knowledge) == {entry.id for entry in bank}


async def test_an_editors_entry_is_not_taken_out_by_the_files(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank[1:])
    await knowledge.save_draft(bank[0], "editor")
    await knowledge.publish("reviewer", "a new entry")
    await knowledge.load(bank[2:])
    assert knowledge.entry("lost-card") == bank[0]
    assert await live_ids(knowledge) == {entry.id for entry in [bank[0], *bank[2:]]}


async def test_a_draft_is_not_searched_before_it_is_published(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank)
    draft = await knowledge.save_draft(answering(bank[0], "请先锁卡。"), "editor")
    assert (draft.number, draft.status, draft.author) == (2, "draft", "editor")
    await knowledge.refresh()
    assert await answer_to(knowledge, "我的卡丢了") == bank[0].variants["zh"].answer
    assert (await knowledge.revisions())["lost-card"].status == "draft"


async def test_a_published_draft_is_live_at_once_and_by_name(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank)
    await knowledge.save_draft(answering(bank[0], "第一稿"), "editor")
    await knowledge.save_draft(answering(bank[0], "请先锁卡。"), "editor")
    release = await knowledge.publish("reviewer", "clearer")
    assert await answer_to(knowledge, "我的卡丢了") == "请先锁卡。"
    assert knowledge.release_id == release
    newest = (await knowledge.releases())[0]
    assert (newest["id"], newest["published_by"], newest["comment"]) == (release, "reviewer", "clearer")
    assert (await knowledge.revisions())["lost-card"].status == "published"


async def test_there_is_nothing_to_publish_without_a_draft(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    first = await knowledge.load(bank)
    assert await knowledge.publish("reviewer", "") is None
    await knowledge.save_draft(answering(bank[0], "请先锁卡。"), "editor")
    second = await knowledge.publish("reviewer", "")
    assert await knowledge.publish("reviewer", "") is None
    assert [release["id"] for release in await knowledge.releases()] == [second, first]


async def test_a_new_question_is_found_after_its_release(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank[1:])
    before = (await knowledge.search("银行卡丢了怎么办？", "zh")).candidates[0]
    assert before.entry.id != "lost-card"
    await knowledge.save_draft(bank[0], "editor")
    await knowledge.publish("reviewer", "")
    after = (await knowledge.search("银行卡丢了怎么办？", "zh")).candidates[0]
    assert after.entry.id == "lost-card"
    assert after.confidence > before.confidence


async def test_an_editors_change_survives_unchanged_files_until_the_file_changes(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank)
    await knowledge.save_draft(answering(bank[0], "编辑写的。"), "editor")
    await knowledge.publish("reviewer", "")

    restarted = knowledge_base()
    assert await restarted.load(bank) is None
    await restarted.refresh()
    assert await answer_to(restarted, "我的卡丢了") == "编辑写的。"

    await restarted.load([answering(bank[0], "文件改了。"), *bank[1:]])
    assert await answer_to(restarted, "我的卡丢了") == "文件改了。"
    assert (await restarted.revisions())["lost-card"].number == 3


async def test_another_worker_follows_without_a_restart(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    events = MemoryEvents()
    editing, serving = knowledge_base(events), knowledge_base(events)
    await editing.load(bank)
    async with following(serving):
        assert await answer_to(serving, "我的卡丢了") == bank[0].variants["zh"].answer
        await editing.save_draft(answering(bank[0], "请先锁卡。"), "editor")
        release = await editing.publish("reviewer", "")
        await until(lambda: serving.release_id == release)
        assert await answer_to(serving, "我的卡丢了") == "请先锁卡。"


async def test_a_worker_that_fails_to_follow_serves_the_old_release_and_tries_again(
    database: Database, encoder: TurnEncoder, knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    class Stumbling:
        name = encoder.encoder.name
        broken = False

        def encode(self, texts: list[str]):
            if self.broken and len(texts) > 1:
                raise RuntimeError("out of memory")
            return encoder.encoder.encode(texts)

    events, stumbling = MemoryEvents(), Stumbling()
    editing = knowledge_base(events)
    first = await editing.load(bank)
    serving = KnowledgeBase(database, events, ManualClock(), TurnEncoder(stumbling), cache=None)
    async with following(serving):
        stumbling.broken = True
        new = bank[0].variants["zh"].model_copy(update={"similar": ("卡被吞了", "卡折断了")})
        await editing.save_draft(bank[0].model_copy(update={"variants": {"zh": new}}), "editor")
        second = await editing.publish("reviewer", "")
        await asyncio.sleep(0.3)
        assert serving.release_id == first
        assert (await serving.search("我的卡丢了", "zh")).candidates[0].entry == bank[0]

        stumbling.broken = False
        await editing.save_draft(answering(bank[1], "限额为五万元。"), "editor")
        third = await editing.publish("reviewer", "")
        await until(lambda: serving.release_id == third)
        assert first < second < third


async def test_every_search_during_a_publication_sees_one_whole_release(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    """Every release gives all its entries one and the same answer; a mixture would show two."""
    knowledge = knowledge_base()
    chinese = [entry for entry in bank if "zh" in entry.variants]
    stamp_of = {await knowledge.load([answering(entry, "第0版") for entry in chinese]): "第0版"}
    seen: set[int] = set()
    publishing = True

    async def ask() -> None:
        while publishing:
            search = await knowledge.search("我的卡丢了", "zh")
            answers = {candidate.entry.variants["zh"].answer for candidate in search.candidates}
            assert answers == {stamp_of.get(search.release_id, next(iter(answers)))}, "half of another release"
            seen.add(search.release_id)
            await asyncio.sleep(0)

    customers = [asyncio.create_task(ask()) for _ in range(4)]
    for version in ("第1版", "第2版"):
        for entry in chinese:
            await knowledge.save_draft(answering(entry, version), "editor")
        release = await knowledge.publish("reviewer", version)
        stamp_of[release] = version
        await until(lambda release=release: release in seen or any(task.done() for task in customers))
    publishing = False
    await asyncio.gather(*customers)
    assert seen == set(stamp_of)


async def test_workers_that_load_together_make_one_release(
    tmp_path: Path, encoder: TurnEncoder, cache_folder: Path, bank: list[EntryContent]
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
    databases = [Database(url) for _ in range(3)]
    await databases[0].migrate()
    workers = [
        KnowledgeBase(database, MemoryEvents(), ManualClock(), encoder, cache=cache_folder) for database in databases
    ]
    made = await asyncio.gather(*(worker.load(bank) for worker in workers))
    assert sum(release is not None for release in made) == 1
    for worker in workers:
        await worker.refresh()
        assert len(await worker.releases()) == 1
        assert {revision.number for revision in (await worker.revisions()).values()} == {1}
    assert len({worker.release_id for worker in workers}) == 1
    for database in databases:
        await database.close()


async def test_workers_that_publish_together_publish_a_draft_once(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    workers = [knowledge_base() for _ in range(3)]
    await workers[0].load(bank)
    await workers[0].save_draft(answering(bank[0], "请先锁卡。"), "editor")
    made = await asyncio.gather(*(worker.publish("reviewer", "") for worker in workers))
    assert sum(release is not None for release in made) == 1
    assert len(await workers[0].releases()) == 2


async def test_a_restart_encodes_nothing_again(
    database: Database, encoder: TurnEncoder, tmp_path: Path, bank: list[EntryContent]
) -> None:
    class Counting:
        name = encoder.encoder.name
        asked = 0

        def encode(self, texts: list[str]):
            self.asked += len(texts)
            return encoder.encoder.encode(texts)

    async def worker(counting: Counting) -> KnowledgeBase:
        knowledge = KnowledgeBase(database, MemoryEvents(), ManualClock(), TurnEncoder(counting), cache=tmp_path)
        await knowledge.load(bank)
        await knowledge.refresh()
        return knowledge

    first, second = Counting(), Counting()
    await worker(first)
    assert first.asked > 100
    restarted = await worker(second)
    assert second.asked == 0
    new = bank[0].variants["zh"].model_copy(update={"similar": (*bank[0].variants["zh"].similar, "卡被吞了")})
    await restarted.save_draft(bank[0].model_copy(update={"variants": {**bank[0].variants, "zh": new}}), "editor")
    await restarted.publish("reviewer", "")
    assert second.asked == 1


async def test_revisions_are_numbered_and_the_old_ones_archived(
    knowledge_base: MakeKnowledgeBase, database: Database, bank: list[EntryContent]
) -> None:
    from sqlalchemy import select

    from kb.models import Revision

    knowledge = knowledge_base()
    await knowledge.load(bank)
    await knowledge.save_draft(answering(bank[0], "请先锁卡。"), "editor")
    await knowledge.publish("reviewer", "")
    async with database.read() as session:
        rows = await session.execute(select(Revision).where(Revision.entry_id == "lost-card").order_by(Revision.number))
        life = [(revision.number, revision.status, revision.author) for revision in rows.scalars()]
    assert life == [(1, "archived", "content-files"), (2, "published", "editor")]


async def test_a_restart_on_an_unchanged_knowledge_base_fits_nothing_and_finds_the_same(
    knowledge_base: MakeKnowledgeBase, bank: list[EntryContent], cache_folder: Path
) -> None:
    first = knowledge_base()
    await first.load(bank)
    kept = (cache_folder / "fit.npz").stat().st_mtime_ns
    second = knowledge_base()
    await second.refresh()
    assert (cache_folder / "fit.npz").stat().st_mtime_ns == kept
    for text, language in (("银行卡丢了", "zh"), ("I lost my card", "en")):
        before, after = await first.search(text, language), await second.search(text, language)
        assert [(c.entry.id, c.confidence) for c in before.candidates] == [
            (c.entry.id, c.confidence) for c in after.candidates
        ]
