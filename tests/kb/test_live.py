"""What is searched while knowledge bases change: the newest release at once, and what it teaches when it is learnt."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kb import live as live_module
from kb.checks import CheckQuestion
from kb.confidence import NO_BARS
from kb.content import EntryContent, Lang, Variant
from kb.encoder import TurnEncoder, Vectors
from kb.fits import FitCache
from kb.fitting import Fit, Targets
from kb.live import LiveEngine
from kb.scoring import Parts
from kb.search import Engine, Release

EVERYDAY: dict[Lang, list[str]] = {
    "zh": ["今天会下雨吗", "红烧肉怎么做", "给我讲个笑话", "推荐一部电影"],
    "en": ["is it raining", "how do I bake bread", "tell me a joke", "what film should I see"],
}


@pytest.fixture(autouse=True)
def _few_everyday_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here is about how sure it is, and learning from few is quick."""
    monkeypatch.setattr(live_module, "background", lambda: EVERYDAY)


class Lessons:
    """Every lesson that was begun, by its release; while ``held``, they wait to be let go, one at a time or all."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.begun_at: list[float] = []
        self.fails = False
        self._turns = threading.Semaphore(1_000_000)

    def hold(self) -> None:
        self._turns = threading.Semaphore(0)

    def let_go(self, count: int = 1_000) -> None:
        self._turns.release(count)

    def before(self, release: Release) -> None:
        self.begun.append(release.id)
        self.begun_at.append(time.monotonic())
        self._turns.acquire()
        if self.fails:
            raise MemoryError("too large")


@pytest.fixture
def lessons(monkeypatch: pytest.MonkeyPatch) -> Lessons:
    seen, learn = Lessons(), Release.learn

    def learning(release: Release) -> Fit:
        seen.before(release)
        return learn(release)

    monkeypatch.setattr(Release, "learn", learning)
    return seen


class Slow:
    """Engines that are built of nothing before them wait, once they are told to, until they may go on."""

    def __init__(self) -> None:
        self.building, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def hold(self) -> None:
        self.go_on.clear()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    held = Slow()

    class SlowEngine(Engine):
        def __init__(self, release: Release, fitted: Fit, previous: Engine | None = None) -> None:
            super().__init__(release, fitted, previous)
            if previous is None and not held.go_on.is_set():
                held.building.set()
                held.go_on.wait(60)

    monkeypatch.setattr(live_module, "Engine", SlowEngine)
    yield held
    held.go_on.set()


@pytest.fixture
def unrelated(bank: list[EntryContent]) -> list[EntryContent]:
    """The same answers under other ids: nothing that was learnt before knows them."""
    return [entry.model_copy(update={"id": f"other-{entry.id}"}) for entry in bank]


@asynccontextmanager
async def opened(
    spelled: Any, folder: Path | None = None, parts: Parts | None = None, targets: Targets | None = None
) -> AsyncIterator[LiveEngine]:
    live = LiveEngine(TurnEncoder(spelled), folder, parts or Parts(), targets or Targets())
    try:
        yield live
    finally:
        await live.close()


@pytest.fixture
async def live(spelled: Any) -> AsyncIterator[LiveEngine]:
    async with opened(spelled) as found:
        yield found


def engine_of(live: LiveEngine) -> Engine:
    assert live.engine is not None
    return live.engine


def first(live: LiveEngine, spelled: Any, text: str, language: Lang = "zh") -> str:
    engine = engine_of(live)
    vectors: Vectors = spelled.encode([text])
    return engine.search(vectors, [text], language)[0][0].entry.id


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.01)


# ── lessons ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_first_release_is_learnt_before_it_is_shown(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank)
    assert engine_of(live).is_settled
    assert engine_of(live).release.id == 1
    assert lessons.begun == [1]
    assert first(live, spelled, "怎么挂失银行卡") == "lost-card"


async def test_a_release_like_the_one_before_is_searched_at_once_and_learns_later(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank[1:])
    old = engine_of(live).fitted
    lessons.hold()
    await asyncio.wait_for(live.show(2, bank), 10)
    assert engine_of(live).release.id == 2
    assert not engine_of(live).is_settled
    assert engine_of(live).fitted is old
    assert first(live, spelled, "银行卡丢了怎么办") == "lost-card", "an entry that the old lessons do not know"
    assert first(live, spelled, "怎么租保管箱 safe deposit box", "en") == "safe-deposit-box"

    lessons.let_go()
    await live.settled()
    assert engine_of(live).is_settled
    assert "lost-card" in engine_of(live).fitted.entry_ids
    assert first(live, spelled, "银行卡丢了怎么办") == "lost-card"
    assert lessons.begun == [1, 2]


async def test_what_is_taken_out_is_gone_at_once(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank)
    lessons.hold()
    await live.show(2, bank[1:])
    assert "lost-card" not in engine_of(live).entries
    assert first(live, spelled, "银行卡丢了怎么办") != "lost-card"
    lessons.let_go()
    await live.settled()
    assert first(live, spelled, "银行卡丢了怎么办") != "lost-card"


async def test_an_unrelated_release_is_learnt_before_it_is_shown_while_the_old_one_serves(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], unrelated: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank)
    lessons.hold()
    showing = asyncio.create_task(live.show(2, unrelated))
    await until(lambda: lessons.begun == [1, 2])
    assert engine_of(live).release.id == 1
    assert first(live, spelled, "怎么挂失银行卡") == "lost-card"
    lessons.let_go()
    await showing
    assert engine_of(live).release.id == 2
    assert engine_of(live).is_settled
    assert first(live, spelled, "怎么挂失银行卡") == "other-lost-card"


async def test_a_newer_release_does_not_wait_for_the_lessons_of_an_older_one_and_wins(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank[2:])
    lessons.hold()
    await live.show(2, bank[1:])
    await until(lambda: lessons.begun == [1, 2])
    await asyncio.wait_for(live.show(3, bank), 10)
    assert engine_of(live).release.id == 3
    assert first(live, spelled, "银行卡丢了怎么办") == "lost-card"

    lessons.let_go(1)
    await until(lambda: lessons.begun == [1, 2, 3])
    assert engine_of(live).release.id == 3, "what was learnt for the older one does not bring it back"
    lessons.let_go()
    await live.settled()
    assert engine_of(live).release.id == 3
    assert engine_of(live).is_settled


async def test_releases_between_are_not_learnt(live: LiveEngine, lessons: Lessons, bank: list[EntryContent]) -> None:
    await live.show(1, bank[3:])
    lessons.hold()
    await live.show(2, bank[2:])
    await until(lambda: lessons.begun == [1, 2])
    await live.show(3, bank[1:])
    await live.show(4, bank)
    lessons.let_go()
    await live.settled()
    assert lessons.begun == [1, 2, 4]
    assert engine_of(live).release.id == 4


async def test_lessons_wait_until_nothing_has_gone_live_for_a_while(
    spelled: Any, lessons: Lessons, bank: list[EntryContent]
) -> None:
    live = LiveEngine(TurnEncoder(spelled), None, Parts(), Targets(), rest_seconds=2)
    try:
        await live.show(1, bank[2:])
        for release_id in (2, 3, 4):
            await asyncio.sleep(0.7)
            await live.show(release_id, bank[release_id % 2 :])
        assert lessons.begun == [1], "2.1 s after the first, and none after the last"
        await live.settled()
        assert lessons.begun == [1, 4]
        assert engine_of(live).is_settled
    finally:
        await live.close()


async def test_lessons_do_not_wait_for_ever_where_something_goes_live_all_the_time(
    spelled: Any, lessons: Lessons, bank: list[EntryContent]
) -> None:
    live = LiveEngine(TurnEncoder(spelled), None, Parts(), Targets(), rest_seconds=0.05)
    try:
        await live.show(1, bank[1:])
        until_learnt = asyncio.get_running_loop().time() + 20
        release_id = 1
        while len(lessons.begun) < 2 and asyncio.get_running_loop().time() < until_learnt:
            release_id += 1
            await live.show(release_id, bank[release_id % 2 :])
            await asyncio.sleep(0.02)
        assert len(lessons.begun) >= 2
    finally:
        await live.close()


async def test_what_the_next_publication_wants_of_the_live_engine_is_done_once_it_is_learnt(
    spelled: Any, lessons: Lessons, bank: list[EntryContent]
) -> None:
    rehearsed: list[Engine] = []
    live = LiveEngine(TurnEncoder(spelled), None, Parts(), Targets(), rehearse=rehearsed.append)
    try:
        await live.show(1, bank[1:])
        await live.settled()
        await live.show(2, bank)
        await live.settled()
        assert [engine.release.id for engine in rehearsed] == [1, 2]
        assert all(engine.is_settled for engine in rehearsed)
        assert rehearsed[-1] is engine_of(live)
    finally:
        await live.close()


async def test_the_same_content_again_is_nothing_to_learn(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent]
) -> None:
    await live.show(1, bank)
    await live.show(2, bank)
    assert engine_of(live).release.id == 2
    assert engine_of(live).is_settled
    assert lessons.begun == [1]


@pytest.mark.parametrize(
    "change",
    [
        {"zh": Variant(question="银行卡丢了怎么办？", answer="请马上挂失，然后补办。")},
        {"zh": Variant(question="银行卡不见了？", answer="请马上在手机银行里挂失，或致电客服。")},
        {"en": Variant(question="银行卡丢了怎么办？", answer="请马上在手机银行里挂失，或致电客服。")},
        {"zh": Variant(question="银行卡丢了怎么办？", similar=("请马上在手机银行里挂失，或致电客服。",))},
    ],
    ids=["answer", "question", "language", "answer made a question"],
)
async def test_whatever_is_compared_is_learnt_anew_when_it_changes(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], change: dict[Lang, Variant]
) -> None:
    before: dict[Lang, Variant] = {
        "zh": Variant(question="银行卡丢了怎么办？", answer="请马上在手机银行里挂失，或致电客服。")
    }
    await live.show(1, [bank[0].model_copy(update={"variants": before}), *bank[1:]])
    await live.show(2, [bank[0].model_copy(update={"variants": change}), *bank[1:]])
    assert not engine_of(live).is_settled
    await live.settled()
    assert engine_of(live).is_settled


async def test_lessons_that_fail_leave_the_old_ones_and_the_next_release_learns(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], spelled: Any, counted: Any
) -> None:
    await live.show(1, bank[2:])
    lessons.fails = True
    await live.show(2, bank[1:])
    await live.settled()
    assert not engine_of(live).is_settled
    assert counted.degraded("release_not_learnt") == 1
    assert first(live, spelled, "手机银行每天最多能转多少钱") == "transfer-limit"
    lessons.fails = False
    await live.show(3, bank)
    await live.settled()
    assert engine_of(live).is_settled


async def test_lessons_that_failed_are_tried_again_after_growing_pauses(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "FIRST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(live_module, "LONGEST_PAUSE_SECONDS", 0.3)
    async with opened(spelled) as live:
        await live.show(1, bank[1:])
        lessons.fails = True
        await live.show(2, bank)
        await until(lambda: len(lessons.begun) == 5, 30)
        lessons.fails = False
        await until(lambda: engine_of(live).is_settled, 30)
    pauses = [later - earlier for earlier, later in pairwise(lessons.begun_at[1:])]
    assert [pause >= least for pause, least in zip(pauses[:3], (0.1, 0.2, 0.3), strict=True)] == [True] * 3
    assert counted.degraded("release_not_learnt") == len(lessons.begun) - 2, "all but the first and the last"


async def test_a_publication_does_not_wait_while_lessons_are_put_to_use(
    live: LiveEngine, slow: Slow, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank[2:])
    slow.hold()
    await live.show(2, bank[1:])
    await asyncio.to_thread(slow.building.wait, 30)
    await asyncio.wait_for(live.show(3, bank), 30)
    assert engine_of(live).release.id == 3
    slow.go_on.set()
    await live.settled()
    assert (engine_of(live).release.id, engine_of(live).is_settled) == (3, True)


async def test_closing_does_not_wait_for_lessons(spelled: Any, lessons: Lessons, bank: list[EntryContent]) -> None:
    async with opened(spelled) as live:
        await live.show(1, bank[1:])
        lessons.hold()
        await live.show(2, bank)
        await until(lambda: lessons.begun == [1, 2])
        began = time.monotonic()
        await live.close()
        assert time.monotonic() - began < 1
        [thread] = [thread for thread in threading.enumerate() if thread.name == "learning"]
        assert thread.daemon, "the process ends without it"
        lessons.let_go()
        await until(lambda: not thread.is_alive())
        assert engine_of(live).release.id == 2


async def test_a_query_under_way_ends_on_the_engine_that_it_began_on(
    live: LiveEngine, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank)
    text = ["银行卡丢了怎么办"]
    began = engine_of(live)
    expected = began.search(spelled.encode(text), text, "zh")
    await live.show(2, bank[1:])
    await live.settled()
    assert began.search(spelled.encode(text), text, "zh") == expected
    assert began.release.id == 1


async def test_a_share_of_right_answers_that_cannot_be_reached_is_counted_in_each_language_once(
    spelled: Any, bank: list[EntryContent], counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = Release.learn

    def learning(release: Release) -> Fit:
        fitted = learn(release)
        never = {language: replace(each, thresholds=NO_BARS) for language, each in fitted.calibrations.items()}
        return replace(fitted, calibrations=never)

    async with opened(spelled) as live:
        await live.show(1, bank)
        assert counted.degraded("precision_unreached") == 0
    monkeypatch.setattr(Release, "learn", learning)
    async with opened(spelled) as live:
        await live.show(1, bank)
        assert counted.degraded("precision_unreached") == 2
        await live.show(2, bank)
        assert counted.degraded("precision_unreached") == 2, "what was learnt is the same"


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("without", [[], ["passages"]])
async def test_without_passages_answers_are_not_searched(
    spelled: Any, bank: list[EntryContent], without: list[str]
) -> None:
    async with opened(spelled, parts=Parts.without(without)) as live:
        await live.show(1, bank)
        release = engine_of(live).release
        assert bool(release.rows.passages.any()) is not bool(without)
        is_searched = "默认每日限额为五万元。" in release.rows.texts.tolist()
        assert is_searched is not bool(without)


@pytest.mark.parametrize("without", [[], ["wording"]])
async def test_without_wording_nothing_is_mended(spelled: Any, bank: list[EntryContent], without: list[str]) -> None:
    async with opened(spelled, parts=Parts.without(without)) as live:
        await live.show(1, bank)
        assert (live.wording is None) is bool(without)


@pytest.mark.parametrize("without", [[], ["checks"]])
async def test_without_checks_check_questions_are_not_asked(
    spelled: Any, bank: list[EntryContent], without: list[str]
) -> None:
    checks = [CheckQuestion("卡找不到了", "zh", "lost-card"), CheckQuestion("几点了", "zh", None)]
    live = LiveEngine(TurnEncoder(spelled), None, Parts.without(without), Targets(), checks)
    await live.show(1, bank)
    assert len(engine_of(live).release.checks) == (0 if without else 2)


# ── nothing to show ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_emptied_it_searches_nothing_and_late_lessons_bring_nothing_back(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent]
) -> None:
    await live.show(1, bank[1:])
    lessons.hold()
    await live.show(2, bank)
    await until(lambda: lessons.begun == [1, 2])
    await live.empty()
    lessons.let_go()
    await live.settled()
    assert live.engine is None
    assert live.wording is None


async def test_emptied_while_its_lessons_are_put_to_use_it_stays_empty(
    live: LiveEngine, slow: Slow, bank: list[EntryContent]
) -> None:
    await live.show(1, bank[1:])
    slow.hold()
    await live.show(2, bank)
    await asyncio.to_thread(slow.building.wait, 10)
    emptying = asyncio.create_task(live.empty())
    await asyncio.sleep(0.05)
    slow.go_on.set()
    await emptying
    await live.settled()
    assert live.engine is None


# ── lessons on disk ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_after_a_restart_the_lessons_on_disk_are_used(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path
) -> None:
    async with opened(spelled, tmp_path) as before:
        await before.show(1, bank)
        expected = engine_of(before).search(spelled.encode(["卡丢了"]), ["卡丢了"], "zh")
        thresholds = engine_of(before).thresholds("zh")
    async with opened(spelled, tmp_path) as restarted:
        await restarted.show(1, bank)
        assert engine_of(restarted).is_settled
        assert engine_of(restarted).search(spelled.encode(["卡丢了"]), ["卡丢了"], "zh") == expected
        assert engine_of(restarted).thresholds("zh") == thresholds
    assert lessons.begun == [1]


async def test_after_a_restart_on_changed_content_they_are_used_until_there_are_new_ones(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path
) -> None:
    async with opened(spelled, tmp_path) as before:
        await before.show(1, bank[1:])
    async with opened(spelled, tmp_path) as restarted:
        await restarted.show(2, bank)
        assert not engine_of(restarted).is_settled
        await restarted.settled()
    async with opened(spelled, tmp_path) as again:
        await again.show(2, bank)
        assert engine_of(again).is_settled
    assert lessons.begun == [1, 2]


async def test_of_workers_that_share_a_folder_one_learns_and_the_others_get_what_it_has_learnt(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path
) -> None:
    async with opened(spelled, tmp_path) as one, opened(spelled, tmp_path) as other:
        await one.show(1, bank[1:])
        await other.show(1, bank[1:])
        lessons.hold()
        await one.show(2, bank)
        await other.show(2, bank)
        lessons.let_go(1)
        await asyncio.gather(one.settled(), other.settled())
        assert engine_of(one).is_settled
        assert engine_of(other).is_settled
    assert lessons.begun == [1, 2]


async def test_in_a_folder_that_cannot_be_written_each_worker_learns_alone(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    async with opened(spelled, tmp_path / "cache") as live:
        await live.show(1, bank)
        assert engine_of(live).is_settled
    assert lessons.begun == [1]


async def test_a_damaged_file_is_dropped_counted_and_replaced(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path, counted: Any
) -> None:
    async with opened(spelled, tmp_path) as before:
        await before.show(1, bank)
    content = bytearray((tmp_path / "fit.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "fit.npz").write_bytes(bytes(content))
    async with opened(spelled, tmp_path) as restarted:
        await restarted.show(1, bank)
        assert engine_of(restarted).is_settled
    assert counted.degraded("fit_cache_corrupt") == 1
    assert lessons.begun == [1, 1]
    assert FitCache(tmp_path / "fit.npz").newest() is not None


@pytest.mark.parametrize(
    "otherwise",
    [
        {"parts": Parts.without(["lexical"])},
        {"targets": Targets(answered_precision=0.8)},
        {"encoder": "another"},
        {"dimensions": 64},
    ],
    ids=["parts", "targets", "encoder", "dimensions"],
)
async def test_lessons_made_with_something_else_are_not_used(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path, otherwise: dict[str, Any]
) -> None:
    async with opened(spelled, tmp_path) as before:
        await before.show(1, bank)
    other = type(spelled)(otherwise.pop("encoder", spelled.name), otherwise.pop("dimensions", 96))
    (tmp_path / "vectors.db").unlink()
    async with opened(other, tmp_path, **otherwise) as restarted:
        await restarted.show(1, bank)
        assert engine_of(restarted).is_settled
    assert lessons.begun == [1, 1]


async def test_what_was_examined_goes_live_without_being_made_again(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path
) -> None:
    async with opened(spelled, tmp_path) as live:
        await live.show(1, bank[1:])
        candidate, _ = await live.candidate(bank)
        assert engine_of(live).release.id == 1, "nothing changes for customers"
        spelled.is_broken = True
        await live.show(2, list(reversed(bank)))
        assert engine_of(live).release.id == 2
        assert engine_of(live).scorer is candidate.scorer
        await live.show(3, bank)
        assert (engine_of(live).release.id, engine_of(live).scorer is candidate.scorer) == (3, True)
        spelled.is_broken = False
        await live.show(4, [bank[0].model_copy(update={"featured": not bank[0].featured}), *bank[1:]])
        assert engine_of(live).entries[bank[0].id].featured != bank[0].featured


@pytest.mark.usefixtures("_graph_from_the_start")
@pytest.mark.parametrize("on_disk", [True, False])
async def test_a_large_index_is_changed_and_not_built_anew(
    spelled: Any, lessons: Lessons, bank: list[EntryContent], tmp_path: Path, *, on_disk: bool
) -> None:
    async with opened(spelled, tmp_path if on_disk else None) as live:
        await live.show(1, bank)
        before = engine_of(live).scorer
        withdrawn = list(engine_of(live).entries).index("lost-card")
        assert before.index.kind == "hnsw"
        lessons.hold()
        await live.show(2, bank[1:])
        after = engine_of(live).scorer
        of_others = before.ids[before.rows.entries != withdrawn].tolist()
        assert sorted(after.ids.tolist()) == of_others, "built anew they would be counted without gaps"
        assert len(after.index) == len(after.rows) < len(before.rows)
        assert first(live, spelled, "手机银行每天最多能转多少钱") == "transfer-limit"
        lessons.let_go()
        await live.settled()
        assert first(live, spelled, "手机银行每天最多能转多少钱") == "transfer-limit"


@pytest.mark.usefixtures("_graph_from_the_start")
async def test_a_large_index_that_was_changed_much_is_built_anew_where_lessons_fail(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank)
    lessons.fails = True
    await live.show(2, bank[1:])
    assert engine_of(live).wants_rebuild
    await live.settled()
    assert (engine_of(live).is_settled, engine_of(live).wants_rebuild) == (False, False)
    assert engine_of(live).scorer.index.kind == "hnsw"
    assert first(live, spelled, "手机银行每天最多能转多少钱") == "transfer-limit"


@pytest.mark.usefixtures("_graph_from_the_start")
async def test_a_large_index_that_was_changed_much_is_built_anew_where_nothing_is_to_be_learnt(
    live: LiveEngine, lessons: Lessons, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank)
    lessons.hold()
    await live.show(2, bank[1:])
    await live.show(3, bank)
    assert (engine_of(live).is_settled, engine_of(live).wants_rebuild) == (True, True)
    lessons.let_go()
    await live.settled()
    assert (engine_of(live).release.id, engine_of(live).wants_rebuild) == (3, False)
    assert first(live, spelled, "银行卡丢了怎么办") == "lost-card"


@pytest.mark.usefixtures("_graph_from_the_start")
async def test_publications_go_on_while_a_large_index_is_built_anew(
    live: LiveEngine, lessons: Lessons, slow: Slow, bank: list[EntryContent], spelled: Any
) -> None:
    await live.show(1, bank)
    lessons.fails = True
    slow.hold()
    await live.show(2, bank[2:])
    await asyncio.to_thread(slow.building.wait, 30)
    await asyncio.wait_for(live.show(3, bank[1:]), 30)
    assert engine_of(live).release.id == 3
    assert first(live, spelled, "手机银行每天最多能转多少钱") == "transfer-limit"
    slow.go_on.set()
    await live.settled()
    assert engine_of(live).release.id == 3
    assert first(live, spelled, "手机银行每天最多能转多少钱") == "transfer-limit"
    assert "lost-card" not in engine_of(live).entries
