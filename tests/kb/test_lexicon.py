"""The lexicon that editors keep: what they put is searched by at once, by every worker, without a release."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from kb.checks import CheckQuestion
from kb.content import EntryContent, Lang
from kb.dialect import bundled_lexicon
from kb.scoring import Parts
from kb.service import KnowledgeBase, SearchOptions
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import InvalidRequest, NotFound, Unavailable
from kit.events import MemoryEvents

MakeKnowledgeBase = Callable[..., KnowledgeBase]

SLANG = "怎么弄点花纸头"
MEANT = "怎么弄点外币现钞"
LONGEST_SECONDS = 30.0


async def is_searched_as(knowledge: KnowledgeBase, text: str, meant: str, language: Lang = "zh") -> bool:
    searched, expected = await knowledge.encode(text, language), await knowledge.encode(meant, language)
    return bool((searched == expected).all())


async def until_searched_as(knowledge: KnowledgeBase, text: str, meant: str) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not await is_searched_as(knowledge, text, meant):
        assert time.monotonic() < deadline, f"not within {LONGEST_SECONDS} s"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def following(knowledge: KnowledgeBase) -> AsyncIterator[KnowledgeBase]:
    await knowledge.start()
    try:
        yield knowledge
    finally:
        await knowledge.close()


async def put_words(knowledge: KnowledgeBase) -> dict[str, str]:
    return {row.expression: row.meaning for row in await knowledge.lexicon.expressions()}


# ── what it is for ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "language", "expression", "meaning", "entry_id"),
    [
        (SLANG, "zh", "花纸头", "外币现钞", "foreign-cash"),
        ("怎麼搞呱唧", "zh", "呱唧", "提前还房贷", "repay-mortgage-early"),
        ("I want to snorf", "en", "Snorf", "repay my mortgage early", "repay-mortgage-early"),
    ],
)
async def test_a_word_nobody_knew_finds_its_entry_once_an_editor_has_put_it(
    knowledge_base: MakeKnowledgeBase,
    bank: list[EntryContent],
    question: str,
    language: Lang,
    expression: str,
    meaning: str,
    entry_id: str,
) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank)
    before = await knowledge.search(question, language)
    assert before.candidates[0].confidence < before.thresholds.clarify
    await knowledge.lexicon.put(expression, language, meaning, "he")
    after = await knowledge.search(question, language)
    assert after.candidates[0].entry.id == entry_id
    assert after.candidates[0].confidence >= after.thresholds.answer
    assert after.release_id == before.release_id
    await knowledge.lexicon.delete(expression, "he")
    assert await knowledge.search(question, language) == before
    await knowledge.close()


# ── put and delete ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_expression_is_kept_as_it_is_searched_with_who_and_when(
    worker: MakeKnowledgeBase, clock: ManualClock
) -> None:
    lexicon = worker().lexicon
    put = await lexicon.put(" 花紙頭 ", "zh", "外幣現鈔", "he")
    assert (put.expression, put.language, put.meaning) == ("花纸头", "zh", "外币现钞")
    [stored] = await lexicon.expressions()
    assert (stored.expression, stored.language, stored.meaning) == ("花纸头", "zh", "外币现钞")
    assert (stored.author, stored.updated_at) == ("he", clock.now())


async def test_putting_it_again_changes_what_it_means(
    worker: MakeKnowledgeBase, clock: ManualClock, bank: list[EntryContent]
) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await knowledge.lexicon.put("花纸头", "zh", "理财产品", "he")
    clock.advance(60)
    await knowledge.lexicon.put("花紙頭", "zh", "外币现钞", "admin")
    [stored] = await knowledge.lexicon.expressions()
    assert (stored.meaning, stored.author, stored.updated_at) == ("外币现钞", "admin", clock.now())
    assert stored.updated_at - timedelta(seconds=60) == ManualClock().now()
    assert await is_searched_as(knowledge, SLANG, MEANT)


async def test_every_expression_is_listed_in_order_and_the_shipped_ones_are_counted(worker: MakeKnowledgeBase) -> None:
    lexicon = worker().lexicon
    assert await lexicon.expressions() == []
    for expression, language in (("花纸头", "zh"), ("snorf", "en"), ("呱唧", "zh")):
        await lexicon.put(expression, language, "meaning", "he")
    assert [row.expression for row in await lexicon.expressions()] == ["snorf", "呱唧", "花纸头"]
    assert lexicon.shipped_count == len(bundled_lexicon().all_expressions()) >= 150


async def test_an_editors_meaning_wins_until_it_is_deleted(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    assert await is_searched_as(knowledge, "卡丢了咋整", "卡丢了怎么办")
    await knowledge.lexicon.put("咋整", "zh", "如何挂失", "he")
    assert await is_searched_as(knowledge, "卡丢了咋整", "卡丢了如何挂失")
    await knowledge.lexicon.delete("咋整", "he")
    assert await is_searched_as(knowledge, "卡丢了咋整", "卡丢了怎么办")


@pytest.mark.parametrize("as_written", ["SNORF", " snorf ", "ｓｎｏｒｆ"])
async def test_it_is_deleted_however_it_is_written(worker: MakeKnowledgeBase, as_written: str) -> None:
    lexicon = worker().lexicon
    await lexicon.put("Snorf", "en", "repay early", "he")
    await lexicon.delete(as_written, "he")
    assert await lexicon.expressions() == []


async def test_only_what_an_editor_has_put_can_be_deleted(worker: MakeKnowledgeBase) -> None:
    lexicon = worker().lexicon
    await lexicon.put("花纸头", "zh", "外币现钞", "he")
    for expression in ("咋整", "花纸", ""):
        with pytest.raises(NotFound) as failure:
            await lexicon.delete(expression, "he")
        assert failure.value.code == "expression_not_found"
    assert len(await lexicon.expressions()) == 1


async def test_what_is_refused_changes_nothing(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker()
    await knowledge.load(bank)
    await knowledge.lexicon.put("花纸头", "zh", "外币现钞", "he")
    for expression, meaning in (("花", "外币现钞"), ("花纸头", ""), ("花纸头", "花紙頭"), ("花" * 61, "外币")):
        with pytest.raises(InvalidRequest):
            await knowledge.lexicon.put(expression, "zh", meaning, "he")
    assert await put_words(knowledge) == {"花纸头": "外币现钞"}
    assert await is_searched_as(knowledge, SLANG, MEANT)


async def test_the_longest_ones_are_kept_whole(worker: MakeKnowledgeBase) -> None:
    lexicon = worker().lexicon
    await lexicon.put("𠮷字" * 30, "zh", "义" * 200, "he")
    [stored] = await lexicon.expressions()
    assert (len(stored.expression), len(stored.meaning)) == (60, 200)


async def test_editors_who_put_the_same_at_once_do_not_disturb_one_another(worker: MakeKnowledgeBase) -> None:
    workers = [worker() for _ in range(4)]
    await asyncio.gather(
        *(each.lexicon.put("花纸头", "zh", f"现钞{number}", "he") for number, each in enumerate(workers))
    )
    [stored] = await workers[0].lexicon.expressions()
    assert stored.meaning in {"现钞0", "现钞1", "现钞2", "现钞3"}
    outcomes = await asyncio.gather(
        *(each.lexicon.delete("花纸头", "he") for each in workers[:2]),
        workers[2].lexicon.put("花纸头", "zh", "外币", "he"),
        return_exceptions=True,
    )
    assert [
        outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, NotFound)
    ] == []


# ── workers ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_event_lost", [False, True])
async def test_another_worker_follows_without_a_release(
    worker: MakeKnowledgeBase, bank: list[EntryContent], *, is_event_lost: bool
) -> None:
    events = MemoryEvents()
    editing, serving = worker(events), worker(MemoryEvents() if is_event_lost else events)
    release = await editing.load(bank)
    async with following(serving):
        engine = serving._engine
        assert not await is_searched_as(serving, SLANG, MEANT)
        await editing.lexicon.put("花纸头", "zh", "外币现钞", "he")
        await until_searched_as(serving, SLANG, MEANT)
        await editing.lexicon.put("咋整", "zh", "如何挂失", "he")
        await until_searched_as(serving, "卡丢了咋整", "卡丢了如何挂失")
        await editing.lexicon.delete("咋整", "he")
        await until_searched_as(serving, "卡丢了咋整", "卡丢了怎么办")
        assert serving.release_id == release
        assert serving._engine is engine, "nothing is built or learnt for it"


async def test_a_worker_that_cannot_read_the_lexicon_goes_on_with_what_it_knows_and_follows_later(
    worker: MakeKnowledgeBase, bank: list[EntryContent], database: Database
) -> None:
    async def rename(before: str, after: str) -> None:
        async with database.write() as session:
            await session.execute(sql(f"ALTER TABLE {before} RENAME TO {after}"))

    knowledge = worker()
    await knowledge.load(bank)
    await knowledge.lexicon.put("花纸头", "zh", "外币现钞", "he")
    async with following(knowledge):
        with capture_logs() as lines:
            await rename("kb_expressions", "elsewhere")
            async with asyncio.timeout(LONGEST_SECONDS):
                while "release_not_loaded" not in [line["event"] for line in lines]:
                    await asyncio.sleep(0.02)
        assert await is_searched_as(knowledge, SLANG, MEANT)
        assert (await knowledge.search("银行卡丢了怎么办", "zh")).candidates[0].entry.id == "lost-card"

        await rename("elsewhere", "kb_expressions")
        await worker().lexicon.put("花纸头", "zh", "理财产品", "he")
        await until_searched_as(knowledge, SLANG, "怎么弄点理财产品")


async def test_a_worker_that_starts_later_knows_the_lexicon(
    worker: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    await worker().load(bank)
    await worker().lexicon.put("花纸头", "zh", "外币现钞", "he")
    later = worker()
    await later.refresh()
    assert await is_searched_as(later, SLANG, MEANT)


# ── with and without a release ────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_put_before_the_first_release_counts_from_then_on(
    worker: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    knowledge = worker()
    await knowledge.lexicon.put("花纸头", "zh", "外币现钞", "he")
    with pytest.raises(Unavailable):
        await knowledge.search(SLANG, "zh")
    await knowledge.load(bank)
    assert await is_searched_as(knowledge, SLANG, MEANT)


async def test_it_outlives_an_empty_release(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker()
    await knowledge.load(bank[:1])
    await knowledge.editing.withdraw("lost-card", "compliance", "")
    await knowledge.lexicon.put("花纸头", "zh", "外币现钞", "he")
    with pytest.raises(Unavailable):
        await knowledge.search(SLANG, "zh")
    await knowledge.load(bank)
    assert await is_searched_as(knowledge, SLANG, MEANT)


async def test_a_new_release_keeps_it(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker()
    await knowledge.load(bank[1:])
    await knowledge.lexicon.put("花纸头", "zh", "外币现钞", "he")
    await knowledge.load(bank)
    assert await is_searched_as(knowledge, SLANG, MEANT)


async def test_without_an_encoder_it_can_be_kept_all_the_same(knowledge_base: MakeKnowledgeBase) -> None:
    knowledge = knowledge_base(encoder=None)
    await knowledge.lexicon.put("花纸头", "zh", "外币现钞", "he")
    assert await put_words(knowledge) == {"花纸头": "外币现钞"}


async def test_without_wording_it_is_kept_and_not_used(worker: MakeKnowledgeBase, bank: list[EntryContent]) -> None:
    knowledge = worker(options=SearchOptions(parts=Parts.without(["wording"])))
    await knowledge.load(bank)
    await knowledge.lexicon.put("花纸头", "zh", "外币现钞", "he")
    assert not await is_searched_as(knowledge, SLANG, MEANT)


# ── what was learnt ───────────────────────────────────────────────────────────────────────────────────────────────

CHECKS = SearchOptions(checks=(CheckQuestion(SLANG, "zh", "foreign-cash"), CheckQuestion("几点了", "zh", None)))


async def test_a_restart_after_a_change_that_no_check_question_notices_learns_nothing(
    worker: MakeKnowledgeBase, bank: list[EntryContent], tmp_path: Path
) -> None:
    first = worker(options=CHECKS)
    await first.load(bank)
    await first.settled()
    kept = (tmp_path / "fit.npz").stat().st_mtime_ns
    await first.lexicon.put("呱唧", "zh", "提前还房贷", "he")
    restarted = worker(options=CHECKS)
    await restarted.refresh()
    await restarted.settled()
    assert (tmp_path / "fit.npz").stat().st_mtime_ns == kept
    assert await restarted.search("我要呱唧", "zh") == await first.search("我要呱唧", "zh")


async def test_a_restart_after_a_change_of_a_check_question_serves_at_once_and_learns_it_anew(
    worker: MakeKnowledgeBase, bank: list[EntryContent], tmp_path: Path
) -> None:
    first = worker(options=CHECKS)
    await first.load(bank)
    await first.settled()
    kept = (tmp_path / "fit.npz").stat().st_mtime_ns
    await first.lexicon.put("花纸头", "zh", "外币现钞", "he")
    assert (tmp_path / "fit.npz").stat().st_mtime_ns == kept, "until the next publication or start"
    restarted = worker(options=CHECKS)
    await restarted.refresh()
    assert (await restarted.search("银行卡丢了怎么办", "zh")).candidates[0].entry.id == "lost-card"
    await restarted.settled()
    assert (tmp_path / "fit.npz").stat().st_mtime_ns > kept
    assert restarted._engine is not None
    assert restarted._engine.is_settled
    assert MEANT in restarted._engine.release.checks.texts.tolist()
    assert await restarted.search(SLANG, "zh") == await restarted.search(MEANT, "zh")
    assert (await restarted.search("银行卡丢了怎么办", "zh")).candidates[0].entry.id == "lost-card"
