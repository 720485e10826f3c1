"""The life of an answer: loaded from files, edited, published, followed by every worker."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kb import confidence
from kb.content import EntryContent
from kb.context import Earlier
from kb.encoder import TurnEncoder
from kb.fitting import Targets
from kb.live import LiveEngine
from kb.scoring import Parts
from kb.service import KnowledgeBase, SearchOptions
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import InvalidRequest, NotFound, Unavailable
from kit.events import MemoryEvents
from kit.settings import Settings

MakeKnowledgeBase = Callable[..., KnowledgeBase]


@pytest.fixture
def whole_bank(bank: list[EntryContent]) -> list[EntryContent]:
    return bank


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


async def found_ids(knowledge: KnowledgeBase, text: str) -> list[str]:
    return [candidate.entry.id for candidate in (await knowledge.search(text, "zh")).candidates]


async def live_ids(knowledge: KnowledgeBase) -> set[str]:
    return {key for key, revision in (await knowledge.browsing.newest()).items() if revision.status == "published"}


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
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


async def test_loading_publishes_at_once(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker()
    release = await knowledge.load(bank)
    assert knowledge.release_id == release
    assert await answer_to(knowledge, "手机银行每天最多能转多少钱") == bank[1].variants["zh"].answer
    [listed] = await knowledge.browsing.releases()
    assert (listed.id, listed.published_by) == (release, "content-files")


async def test_loading_again_changes_nothing(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker()
    first = await knowledge.load(bank)
    assert await knowledge.load(bank) is None
    assert await knowledge.load(list(reversed(bank))) is None
    assert knowledge.release_id == first
    assert len(await knowledge.browsing.releases()) == 1


async def test_only_what_changed_in_a_file_gets_a_revision(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await knowledge.load([answering(bank[0], "请先锁卡。"), *bank[1:]])
    numbers = {key: revision.number for key, revision in (await knowledge.browsing.newest()).items()}
    assert numbers == {entry.id: 2 if entry is bank[0] else 1 for entry in bank}
    assert await answer_to(knowledge, "我的卡丢了") == "请先锁卡。"


async def test_an_entry_taken_out_of_the_files_leaves_the_release(
    worker: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await knowledge.load(bank[1:])
    assert "lost-card" not in {
        candidate.entry.id for candidate in (await knowledge.search("我的卡丢了", "zh")).candidates
    }
    assert (await knowledge.browsing.newest())["lost-card"].status == "archived"
    assert await live_ids(knowledge) == {entry.id for entry in bank[1:]}
    assert await knowledge.load(bank[1:]) is None


async def test_an_entry_put_back_into_the_files_is_live_again(
    worker: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await knowledge.load(bank[1:])
    await knowledge.load(bank)
    assert knowledge.entry("lost-card") == bank[0]
    assert await live_ids(knowledge) == {entry.id for entry in bank}


async def test_an_editors_entry_is_not_taken_out_by_the_files(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    knowledge = worker()
    await knowledge.load(bank[1:])
    await write(knowledge, bank[0])
    await knowledge.editing.publish("reviewer", "a new entry")
    await knowledge.load(bank[2:])
    assert knowledge.entry("lost-card") == bank[0]
    assert await live_ids(knowledge) == {entry.id for entry in [bank[0], *bank[2:]]}


async def test_a_draft_is_not_searched_before_it_is_published(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    draft = await knowledge.editing.save(answering(bank[0], "请先锁卡。"), "editor")
    assert (draft.number, draft.status, draft.author) == (2, "draft", "editor")
    await knowledge.refresh()
    assert await answer_to(knowledge, "我的卡丢了") == bank[0].variants["zh"].answer
    assert (await knowledge.browsing.newest())["lost-card"].status == "draft"


async def test_a_published_draft_is_live_at_once_and_by_name(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await write(knowledge, answering(bank[0], "第一稿"))
    await write(knowledge, answering(bank[0], "请先锁卡。"))
    release = await knowledge.editing.publish("reviewer", "clearer")
    assert await answer_to(knowledge, "我的卡丢了") == "请先锁卡。"
    assert knowledge.release_id == release
    newest = (await knowledge.browsing.releases())[0]
    assert (newest.id, newest.published_by, newest.comment) == (release, "reviewer", "clearer")
    assert (await knowledge.browsing.newest())["lost-card"].status == "published"


async def test_there_is_nothing_to_publish_without_a_draft(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    knowledge = worker()
    first = await knowledge.load(bank)
    assert await knowledge.editing.publish("reviewer", "") is None
    await write(knowledge, answering(bank[0], "请先锁卡。"))
    second = await knowledge.editing.publish("reviewer", "")
    assert await knowledge.editing.publish("reviewer", "") is None
    assert [release.id for release in await knowledge.browsing.releases()] == [second, first]


async def test_a_new_question_is_found_after_its_release(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    knowledge = worker()
    await knowledge.load(bank[1:])
    before = (await knowledge.search("银行卡丢了怎么办？", "zh")).candidates[0]
    assert before.entry.id != "lost-card"
    await write(knowledge, bank[0])
    await knowledge.editing.publish("reviewer", "")
    assert (await found_ids(knowledge, "银行卡丢了怎么办？"))[0] == "lost-card"
    await knowledge.settled()
    after = (await knowledge.search("银行卡丢了怎么办？", "zh")).candidates[0]
    assert after.entry.id == "lost-card"
    assert after.confidence > before.confidence


async def test_an_editors_change_survives_unchanged_files_until_the_file_changes(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await write(knowledge, answering(bank[0], "编辑写的。"))
    await knowledge.editing.publish("reviewer", "")

    restarted = worker()
    assert await restarted.load(bank) is None
    await restarted.refresh()
    assert await answer_to(restarted, "我的卡丢了") == "编辑写的。"

    await restarted.load([answering(bank[0], "文件改了。"), *bank[1:]])
    assert await answer_to(restarted, "我的卡丢了") == "文件改了。"
    assert (await restarted.browsing.newest())["lost-card"].number == 3


async def test_another_worker_follows_without_a_restart(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    events = MemoryEvents()
    editing, serving = worker(events), worker(events)
    await editing.load(bank)
    async with following(serving):
        assert await answer_to(serving, "我的卡丢了") == bank[0].variants["zh"].answer
        await write(editing, answering(bank[0], "请先锁卡。"))
        release = await editing.editing.publish("reviewer", "")
        await until(lambda: serving.release_id == release)
        assert await answer_to(serving, "我的卡丢了") == "请先锁卡。"


async def test_another_worker_follows_even_when_the_event_is_lost(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    editing, serving = worker(MemoryEvents()), worker(MemoryEvents())
    await editing.load(bank)
    async with following(serving):
        await write(editing, answering(bank[0], "请先锁卡。"))
        release = await editing.editing.publish("reviewer", "")
        await until(lambda: serving.release_id == release)
        assert await answer_to(serving, "我的卡丢了") == "请先锁卡。"
        withdrawn = await editing.editing.withdraw("lost-card", "reviewer", "")
        await until(lambda: serving.release_id == withdrawn)
        assert "lost-card" not in await found_ids(serving, "我的卡丢了")


async def test_what_is_about_to_go_live_is_built_ahead_by_every_worker(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    editing, serving = worker(MemoryEvents()), worker(MemoryEvents())
    await editing.load(bank)
    built: list[LiveEngine | None] = []
    fresh = LiveEngine._fresh
    async with following(serving):
        monkeypatch.setattr(LiveEngine, "_fresh", lambda live, *rest: built.append(live) or fresh(live, *rest))
        await write(editing, answering(bank[0], "请先锁卡。"))
        await editing.editing.propose("reviewer")
        await until(lambda: serving._live in built)
        assert await answer_to(serving, "我的卡丢了") == bank[0].variants["zh"].answer  # proposed, and no more
        release = await editing.editing.publish("reviewer", "")
        await until(lambda: serving.release_id == release)
        assert await answer_to(serving, "我的卡丢了") == "请先锁卡。"
        assert built.count(serving._live) == 1


async def test_a_worker_that_fails_to_follow_serves_the_old_release_and_tries_again(
    worker: MakeKnowledgeBase, spelled: Any, bank: list[EntryContent], write: Any
) -> None:
    events = MemoryEvents()
    editing, serving = worker(events), worker(events, spelled, cache=None)
    first = await editing.load(bank)
    async with following(serving):
        spelled.is_broken = True
        new = bank[0].variants["zh"].model_copy(update={"similar": ("卡被吞了", "卡折断了")})
        await write(editing, bank[0].model_copy(update={"variants": {"zh": new}}))
        second = await editing.editing.publish("reviewer", "")
        await asyncio.sleep(0.3)
        assert serving.release_id == first
        assert (await serving.search("我的卡丢了", "zh")).candidates[0].entry == bank[0]

        spelled.is_broken = False
        await until(lambda: serving.release_id == second)


async def test_every_search_during_a_publication_sees_one_whole_release(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    """Every release gives all its entries one and the same answer; a mixture would show two."""
    knowledge = worker()
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
            await write(knowledge, answering(entry, version))
        release = await knowledge.editing.publish("reviewer", version)
        stamp_of[release] = version
        await until(lambda release=release: release in seen or any(task.done() for task in customers))
    publishing = False
    await asyncio.gather(*customers)
    assert seen == set(stamp_of)


async def test_workers_that_load_together_make_one_release(
    tmp_path: Path, spelled: Any, bank: list[EntryContent]
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
    databases = [Database(url) for _ in range(3)]
    await databases[0].migrate()
    workers = [
        KnowledgeBase(database, MemoryEvents(), ManualClock(), TurnEncoder(spelled), cache=None)
        for database in databases
    ]
    made = await asyncio.gather(*(worker.load(bank) for worker in workers))
    assert sum(release is not None for release in made) == 1
    for worker in workers:
        await worker.refresh()
        assert len(await worker.browsing.releases()) == 1
        assert {revision.number for revision in (await worker.browsing.newest()).values()} == {1}
    assert len({worker.release_id for worker in workers}) == 1
    for database in databases:
        await database.close()


async def test_workers_that_publish_together_publish_a_draft_once(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    workers = [worker() for _ in range(3)]
    await workers[0].load(bank)
    await write(workers[0], answering(bank[0], "请先锁卡。"))
    made = await asyncio.gather(*(worker.editing.publish("reviewer", "") for worker in workers))
    assert sum(release is not None for release in made) == 1
    assert len(await workers[0].browsing.releases()) == 2


async def test_a_restart_encodes_nothing_again(
    worker: MakeKnowledgeBase, spelled: Any, bank: list[EntryContent], write: Any
) -> None:
    restarted = type(spelled)()
    await worker(encoder=spelled).load(bank)
    assert spelled.asked > 100
    again = worker(encoder=restarted)
    assert await again.load(bank) is None
    await again.refresh()
    assert restarted.asked == 0
    new = bank[0].variants["zh"].model_copy(update={"similar": (*bank[0].variants["zh"].similar, "卡被吞了")})
    await write(again, bank[0].model_copy(update={"variants": {**bank[0].variants, "zh": new}}))
    await again.editing.publish("reviewer", "")
    assert restarted.asked == 1


async def test_revisions_are_numbered_and_the_old_ones_archived(
    worker: MakeKnowledgeBase, database: Database, bank: list[EntryContent], write: Any
) -> None:
    from sqlalchemy import select

    from kb.models import Revision

    knowledge = worker()
    await knowledge.load(bank)
    await write(knowledge, answering(bank[0], "请先锁卡。"))
    await knowledge.editing.publish("reviewer", "")
    async with database.read() as session:
        rows = await session.execute(select(Revision).where(Revision.entry_id == "lost-card").order_by(Revision.number))
        life = [(revision.number, revision.status, revision.author) for revision in rows.scalars()]
    assert life == [(1, "archived", "content-files"), (2, "published", "editor")]


async def test_a_restart_on_an_unchanged_knowledge_base_fits_nothing_and_finds_the_same(
    worker: MakeKnowledgeBase, bank: list[EntryContent], tmp_path: Path
) -> None:
    first = worker()
    await first.load(bank)
    await first.settled()
    kept = (tmp_path / "fit.npz").stat().st_mtime_ns
    second = worker()
    await second.refresh()
    await second.settled()
    assert (tmp_path / "fit.npz").stat().st_mtime_ns == kept
    for text, language in (("银行卡丢了", "zh"), ("I lost my card", "en")):
        assert await first.search(text, language) == await second.search(text, language)


async def test_workers_that_publish_each_their_own_at_once_lose_nothing(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    """One waits for the other, and builds on its release or publishes its drafts with its own."""
    events = MemoryEvents()
    one, other = worker(events), worker(events)
    await one.load(bank)

    async def change(knowledge: KnowledgeBase, entry: EntryContent) -> int | None:
        await write(knowledge, answering(entry, f"新的{entry.id}"))
        return await knowledge.editing.publish("reviewer", "")

    made = await asyncio.gather(
        change(one, bank[0]), change(other, bank[1]), one.editing.withdraw("open-account", "boss", "")
    )
    for knowledge in (one, other):
        await knowledge.refresh()
        assert knowledge.release_id == max(release for release in made if release)
        for entry in bank[:2]:
            assert knowledge.entry(entry.id).variants["zh"].answer == f"新的{entry.id}"
        with pytest.raises(NotFound):
            knowledge.entry("open-account")
    assert await live_ids(one) == {"lost-card", "transfer-limit"}


async def test_a_query_under_way_ends_on_the_release_that_it_began_on(
    worker: MakeKnowledgeBase, spelled: Any, bank: list[EntryContent]
) -> None:
    """A follow-up is searched twice; here a publication comes in between."""
    asked_again, go_on = threading.Event(), threading.Event()

    class Waiting(type(spelled)):
        def encode(self, texts: list[str]) -> Any:
            if texts[0].startswith("转账"):
                asked_again.set()
                go_on.wait(10)
            return super().encode(texts)

    knowledge = worker(encoder=Waiting())
    first = await knowledge.load([answering(entry, "旧") for entry in bank])
    query = asyncio.create_task(knowledge.search("呢", "zh", Earlier("转账的事想问一下")))
    await asyncio.to_thread(asked_again.wait, 10)
    await knowledge.load([answering(entry, "新") for entry in bank])
    assert knowledge.release_id != first
    go_on.set()
    search = await query
    assert search.release_id == first
    assert search.in_context
    assert {candidate.entry.variants["zh"].answer for candidate in search.candidates} == {"旧"}
    assert await answer_to(knowledge, "我的卡丢了") == "新"


# ── what the operator wants ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_thresholds_are_derived_anew_at_each_publish(
    worker: MakeKnowledgeBase, whole_bank: list[EntryContent], monkeypatch: pytest.MonkeyPatch, write: Any
) -> None:
    """Entries about nothing but the same words: less can be told apart, so more confidence is needed or less is."""
    for bound in ("MIN_RIGHT", "LEAST_ANSWER", "LEAST_CLARIFY"):
        monkeypatch.setattr(confidence, bound, 0)  # a small bank is enough here
    knowledge = worker()
    await knowledge.load(whole_bank)
    await knowledge.settled()
    before = (await knowledge.search("我的卡丢了", "zh")).thresholds
    similar = ("卡丢了怎么办", "卡不见了", "挂失卡", "卡被偷了怎么挂失", "怎么挂失")
    for number in range(4):
        copy = whole_bank[0].variants["zh"].model_copy(update={"similar": tuple(f"{text}{number}" for text in similar)})
        alike = whole_bank[0].model_copy(update={"id": f"lost-card-{number}", "variants": {"zh": copy}})
        await write(knowledge, alike)
    await knowledge.editing.publish("reviewer", "")
    await knowledge.settled()
    assert (await knowledge.search("我的卡丢了", "zh")).thresholds != before


@pytest.mark.parametrize("without", [[], ["wording"]])
async def test_without_wording_a_slip_of_the_pen_stays(
    worker: MakeKnowledgeBase, bank: list[EntryContent], without: list[str]
) -> None:
    knowledge = worker(options=SearchOptions(parts=Parts.without(without)))
    await knowledge.load(bank)
    slip, meant = (
        await knowledge.encode("report a stolne card", "en"),
        await knowledge.encode("report a stolen card", "en"),
    )
    assert (slip.tolist() == meant.tolist()) is not bool(without)


@pytest.mark.parametrize("without", [[], ["context"]])
async def test_without_context_a_follow_up_is_searched_alone(
    worker: MakeKnowledgeBase, bank: list[EntryContent], without: list[str]
) -> None:
    knowledge = worker(options=SearchOptions(parts=Parts.without(without)))
    await knowledge.load(bank)
    earlier = Earlier("转账限额是多少")
    alone, followed = await knowledge.search("呢", "zh"), await knowledge.search("呢", "zh", earlier)
    assert followed.in_context is not bool(without)
    assert (followed == alone) is bool(without)


async def test_to_want_more_right_answers_is_to_answer_less(
    worker: MakeKnowledgeBase, whole_bank: list[EntryContent], monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("MIN_RIGHT", "LEAST_ANSWER", "LEAST_CLARIFY"):
        monkeypatch.setattr(confidence, bound, 0)  # a small bank is enough here
    bars = []
    for wanted in (0.5, 0.99):
        knowledge = worker(cache=None, options=SearchOptions(targets=Targets(answered_precision=wanted)))
        await knowledge.load(whole_bank)
        await knowledge.refresh()
        bars.append((await knowledge.search("我的卡丢了", "zh")).thresholds.answer)
    assert bars[0] < bars[1]


def test_the_options_are_what_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        search_without="lexical, wording",
        answered_precision=0.9,
        clarified_success=0.7,
        time_zone="Europe/Zurich",
        data_dir=tmp_path,
    )
    options = SearchOptions.from_settings(settings)
    assert options.parts == Parts(lexical=False, wording=False)
    assert options.targets == Targets(answered_precision=0.9, clarified_success=0.7)
    assert options.time_zone == ZoneInfo("Europe/Zurich")
    assert SearchOptions.from_settings(Settings(_env_file=None, data_dir=tmp_path)).parts == Parts()


def test_a_part_that_does_not_exist_is_refused_at_the_start() -> None:
    with pytest.raises(InvalidRequest, match="no part 'magic'"):
        SearchOptions.from_settings(Settings(_env_file=None, search_without="lexical,magic"))


# ── withdrawn ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_withdrawn_entry_is_gone_at_once_and_by_name(
    worker: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    release = await knowledge.editing.withdraw("lost-card", "compliance", "wrong since today")
    assert knowledge.release_id == release
    assert "lost-card" not in await found_ids(knowledge, "我的卡丢了")
    with pytest.raises(NotFound):
        knowledge.entry("lost-card")
    newest = (await knowledge.browsing.releases())[0]
    assert (newest.id, newest.published_by, newest.comment) == (release, "compliance", "wrong since today")
    assert (await knowledge.browsing.newest())["lost-card"].status == "archived"
    assert await live_ids(knowledge) == {entry.id for entry in bank[1:]}


async def test_a_withdrawn_entry_stays_away_until_somebody_writes_it_again(
    worker: MakeKnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await knowledge.editing.withdraw("lost-card", "compliance", "")
    assert await knowledge.load(bank) is None
    await write(knowledge, answering(bank[1], "限额为五万元。"))
    await knowledge.editing.publish("reviewer", "something else")
    assert await live_ids(knowledge) == {entry.id for entry in bank[1:]}
    await write(knowledge, answering(bank[0], "请先锁卡。"))
    await knowledge.editing.publish("reviewer", "corrected")
    assert await answer_to(knowledge, "我的卡丢了") == "请先锁卡。"


@pytest.mark.parametrize("entry_id", ["lost-cart", "sms-fee", ""])
async def test_only_a_live_entry_can_be_withdrawn(
    worker: MakeKnowledgeBase, bank: list[EntryContent], entry_id: str
) -> None:
    knowledge = worker()
    first = await knowledge.load(bank)
    with pytest.raises(NotFound) as failure:
        await knowledge.editing.withdraw(entry_id, "compliance", "")
    assert failure.value.code == "entry_not_found"
    assert [release.id for release in await knowledge.browsing.releases()] == [first]


async def test_without_its_last_entry_the_knowledge_base_is_empty_and_can_be_filled_again(
    worker: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = worker()
    await knowledge.load(bank[:1])
    await knowledge.editing.withdraw("lost-card", "compliance", "")
    with pytest.raises(Unavailable) as failure:
        await knowledge.search("我的卡丢了", "zh")
    assert failure.value.code == "knowledge_base_empty"
    assert knowledge.release_id is None
    assert knowledge.featured(3) == []
    await knowledge.load(bank)
    assert await answer_to(knowledge, "手机银行每天最多能转多少钱") == bank[1].variants["zh"].answer


# ── valid from, valid to ──────────────────────────────────────────────────────────────────────────────────────────

NOON = datetime(2026, 6, 15, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 6, 15)
DAY = timedelta(days=1)


def set_to(clock: ManualClock, moment: datetime) -> None:
    clock.advance((moment - clock.now()).total_seconds())


def valid(entry: EntryContent, start: date | None = None, end: date | None = None) -> EntryContent:
    return entry.model_copy(update={"valid_from": start, "valid_to": end})


@pytest.mark.parametrize(
    ("start", "end", "is_told"),
    [
        (None, TODAY - DAY, False),
        (None, TODAY, True),
        (TODAY, None, True),
        (TODAY + DAY, None, False),
        (TODAY, TODAY, True),
        (TODAY - DAY, TODAY + DAY, True),
    ],
)
async def test_customers_are_told_what_is_valid_today(
    worker: MakeKnowledgeBase,
    clock: ManualClock,
    bank: list[EntryContent],
    start: date | None,
    end: date | None,
    *,
    is_told: bool,
) -> None:
    set_to(clock, NOON)
    knowledge = worker()
    await knowledge.load([valid(bank[0], start, end), *bank[1:]])
    assert ("lost-card" in await found_ids(knowledge, "银行卡丢了怎么办")) is is_told
    assert ("lost-card" in [entry.id for entry in knowledge.featured(5)]) is is_told
    assert await live_ids(knowledge) == {entry.id for entry in bank}, "it is published all the same"


async def test_the_day_turns_at_midnight_of_the_bank_without_a_publish(
    worker: MakeKnowledgeBase, clock: ManualClock, bank: list[EntryContent]
) -> None:
    """In Shanghai it is eight hours later than in UTC."""
    set_to(clock, datetime(2026, 6, 15, 23, 59, 30, tzinfo=ZoneInfo("Asia/Shanghai")))
    knowledge = worker()
    entries = [valid(bank[0], end=TODAY), valid(bank[1], start=TODAY + DAY), bank[2]]
    release = await knowledge.load(entries)
    assert set(await found_ids(knowledge, "银行卡")) == {"lost-card", "open-account"}
    async with following(knowledge):
        clock.advance(60)
        await until(lambda: [entry.id for entry in knowledge.featured(5)] == ["transfer-limit"])
        assert set(await found_ids(knowledge, "银行卡")) == {"transfer-limit", "open-account"}
        assert knowledge.release_id == release
        assert len(await knowledge.browsing.releases()) == 1


@pytest.mark.parametrize(("zone", "is_told"), [("Asia/Shanghai", False), ("UTC", True), ("America/New_York", True)])
async def test_the_day_is_that_of_the_banks_time_zone(
    worker: MakeKnowledgeBase, clock: ManualClock, bank: list[EntryContent], zone: str, *, is_told: bool
) -> None:
    set_to(clock, datetime(2026, 6, 15, 20, tzinfo=ZoneInfo("UTC")))
    knowledge = worker(options=SearchOptions(time_zone=ZoneInfo(zone)))
    await knowledge.load([valid(bank[0], end=TODAY), *bank[1:]])
    assert ("lost-card" in await found_ids(knowledge, "银行卡丢了怎么办")) is is_told


async def test_when_nothing_is_valid_nothing_is_found_until_something_is(
    worker: MakeKnowledgeBase, clock: ManualClock, bank: list[EntryContent]
) -> None:
    set_to(clock, NOON)
    knowledge = worker()
    await knowledge.load([valid(bank[0], end=TODAY), valid(bank[1], start=TODAY + 2 * DAY)])
    clock.advance(DAY.total_seconds())
    await knowledge.refresh()
    with pytest.raises(Unavailable):
        await knowledge.search("银行卡丢了怎么办", "zh")
    clock.advance(DAY.total_seconds())
    await knowledge.refresh()
    assert await found_ids(knowledge, "银行卡丢了怎么办") == ["transfer-limit"]


async def test_a_change_of_what_is_valid_is_learnt_like_any_other(
    worker: MakeKnowledgeBase, clock: ManualClock, bank: list[EntryContent], tmp_path: Path
) -> None:
    set_to(clock, NOON)
    knowledge = worker()
    await knowledge.load([valid(bank[0], start=TODAY + DAY), *bank[1:]])
    kept = (tmp_path / "fit.npz").stat().st_mtime_ns
    clock.advance(DAY.total_seconds())
    await knowledge.refresh()
    assert (await found_ids(knowledge, "银行卡丢了怎么办"))[0] == "lost-card"
    await knowledge.settled()
    assert (tmp_path / "fit.npz").stat().st_mtime_ns > kept
    assert (await found_ids(knowledge, "银行卡丢了怎么办"))[0] == "lost-card"
