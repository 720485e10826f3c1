"""From what customers asked in vain to what editors decide, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from identity.models import AuditRecord
from kb.content import EntryContent
from kb.encoder import EncoderUnavailable
from kb.models import SuggestedQuestion
from kb.service import KnowledgeBase
from kb.suggestions.deciding import QuestionConflict
from kb.suggestions.repository import SuggestionFilter
from kb.suggestions.service import Suggestions
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Conflict, Forbidden, InvalidRequest, NotFound
from tests.kb.suggestions.conftest import Customers, MakeSuggestions

VAULT = ("你们有没有保管箱可以租", "你们有没有保管箱可以租吗", "有没有保管箱可以租")
PETS = "可以带宠物去网点吗"


async def lines(database: Database) -> list[tuple[str, str, str]]:
    async with database.read() as session:
        rows = await session.execute(select(AuditRecord.actor, AuditRecord.action, AuditRecord.subject))
        return [(row[0], row[1], row[2]) for row in rows if row[1].startswith(("suggestion", "entry.drafted"))]


class TestCollecting:
    async def test_what_means_the_same_is_one_suggestion(self, asked: Any, clock: ManualClock) -> None:
        first = clock.now()
        await asked(VAULT[0], PETS)
        clock.advance(3600)
        found = await asked(*VAULT[1:], why="decline")
        assert [(each.suggestion.text, each.suggestion.count) for each in found] == [(VAULT[0], 3), (PETS, 1)]
        [most, _] = found
        assert most.whys == {"handoff": 1, "decline": 2}
        assert most.languages == {"zh": 3}
        assert (most.suggestion.first_seen, most.suggestion.last_seen) == (first, clock.now())
        assert {example.text for example in most.examples} == set(VAULT)

    async def test_it_names_the_entry_that_the_question_finds(self, asked: Any) -> None:
        [found] = await asked("短信提醒每个月收多少钱呢")
        assert found.nearest.entry_id == "sms-fee"
        assert found.nearest.questions == {"zh": "短信提醒每个月收多少钱？"}
        assert 0 <= found.nearest.confidence <= 1
        assert found.suggestion.scenario == "fees"

    async def test_a_question_is_counted_once_whoever_collects(
        self, worker_of: MakeSuggestions, customers: Customers
    ) -> None:
        customers.ask(*VAULT, PETS)
        workers = [worker_of() for _ in range(3)]
        await asyncio.gather(*(worker.collector.collect() for worker in workers))
        page = await workers[0].page(SuggestionFilter("open"), 0, 50)
        assert [each.suggestion.count for each in page.suggestions] == [3, 1]

    async def test_a_worker_that_dies_after_storing_counts_nothing_twice(
        self, suggestions: Suggestions, customers: Customers
    ) -> None:
        customers.ask(*VAULT)
        await suggestions.collector.collect()
        customers.taken.clear()
        await suggestions.collector.collect()
        page = await suggestions.page(SuggestionFilter("open"), 0, 50)
        assert [each.suggestion.count for each in page.suggestions] == [3]

    async def test_what_holds_no_word_is_no_question(self, asked: Any, customers: Customers) -> None:
        assert await asked("[phone]", "？？", "[card *1234] [id]") == []
        assert await customers.waiting(10) == []

    async def test_without_an_encoder_questions_wait(
        self, suggestions: Suggestions, customers: Customers, live: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_: Any) -> None:
            raise RuntimeError("out of memory")

        customers.ask(*VAULT)
        with monkeypatch.context() as patch:
            patch.setattr(live._encoder.encoder, "encode", broken)
            with pytest.raises(EncoderUnavailable):
                await suggestions.collector.collect()
        assert await suggestions.collector.collect() == 3

    async def test_vectors_of_another_encoder_are_made_anew(
        self, asked: Any, live: KnowledgeBase, worker_of: MakeSuggestions, customers: Customers
    ) -> None:
        [found] = await asked(VAULT[0])
        await worker_of().deciding.dismiss(found.suggestion.id, "he")
        live._encoder.encoder.name = "another"  # changed under test
        customers.ask(VAULT[1])
        other = worker_of()
        await other.collector.collect()
        assert (await other.page(SuggestionFilter("open"), 0, 50)).suggestions == []
        assert (await other.suggestion(found.suggestion.id)).suggestion.count == 2


class TestAccepting:
    async def test_the_question_goes_into_a_draft_of_the_entry(
        self, asked: Any, suggestions: Suggestions, live: KnowledgeBase, database: Database
    ) -> None:
        [found] = await asked("短信提醒[phone]每个月收多少钱呢")
        revision = await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he")
        assert (revision.status, revision.number, revision.author) == ("draft", 2, "he")
        content = EntryContent.model_validate((await live.browsing.entry("sms-fee")).revision.content)
        assert content.variants["zh"].similar[-1] == "短信提醒 每个月收多少钱呢"
        decided = (await suggestions.suggestion(found.suggestion.id)).suggestion
        assert (decided.status, decided.entry_id, decided.revision, decided.decided_by) == (
            "accepted",
            "sms-fee",
            2,
            "he",
        )
        [origin] = await suggestions.origins.of("sms-fee")
        assert (origin.kind, origin.suggestion_id, origin.conversation_id) == (
            "suggestion",
            found.suggestion.id,
            None,
        )
        assert await lines(database) == [("he", "suggestion.accepted", str(found.suggestion.id))]

    async def test_on_top_of_a_reviewers_own_words_it_lets_nobody_approve_them(
        self, asked: Any, suggestions: Suggestions, live: KnowledgeBase
    ) -> None:
        [found] = await asked("短信提醒每个月收多少钱呢")
        said = EntryContent.model_validate((await live.browsing.entry("sms-fee")).revision.content)
        variant = said.variants["zh"].model_copy(update={"answer": "短信提醒免费。"})
        await live.editing.save(said.model_copy(update={"variants": {"zh": variant}}), "wu", base=1)
        accepted = await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he")
        await live.editing.submit("sms-fee", accepted.number, "he")
        with pytest.raises(Forbidden):
            await live.editing.publish("wu", "", [("sms-fee", accepted.number)])

    async def test_several_of_its_questions_can_be_chosen(
        self, asked: Any, suggestions: Suggestions, live: KnowledgeBase
    ) -> None:
        [found] = await asked("短信提醒每个月收多少钱呢", "短信提醒每月收多少钱呢", "短信提醒一个月收多少钱呢")
        texts = [example.text for example in found.examples][:2]
        await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he", texts)
        content = EntryContent.model_validate((await live.browsing.entry("sms-fee")).revision.content)
        assert content.variants["zh"].similar[-2:] == tuple(texts)

    async def test_what_is_none_of_its_questions_is_refused(self, asked: Any, suggestions: Suggestions) -> None:
        [found] = await asked("短信提醒每个月收多少钱呢")
        with pytest.raises(InvalidRequest, match="own questions"):
            await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he", ["别的问题"])

    async def test_a_nearer_entry_is_a_conflict_unless_it_is_meant(
        self, asked: Any, suggestions: Suggestions, live: KnowledgeBase
    ) -> None:
        [found] = await asked("短信提醒每个月收多少钱呢")
        with pytest.raises(QuestionConflict) as refused:
            await suggestions.deciding.accept(found.suggestion.id, "lost-card", "he")
        assert refused.value.nearer.entry_id == "sms-fee"
        assert refused.value.nearer.cosine > refused.value.nearer.own
        assert (await live.browsing.entry("lost-card")).revision.number == 1
        await suggestions.deciding.accept(found.suggestion.id, "lost-card", "he", in_spite=True)
        assert (await live.browsing.entry("lost-card")).revision.number == 2

    async def test_each_question_that_is_added_is_compared(
        self, asked: Any, suggestions: Suggestions, live: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        near = {"zh": {"question": "短信提醒一个月收多少钱？", "answer": "每月两元。"}}
        await live.load([*bank, EntryContent.model_validate({"id": "alerts", "scenario": "fees", "variants": near})])
        [found] = await asked("短信提醒每个月收多少钱呢", "短信提醒一个月收多少钱呢")
        own, others = "短信提醒每个月收多少钱呢", "短信提醒一个月收多少钱呢"
        with pytest.raises(QuestionConflict) as refused:
            await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he", [own, others])
        assert (refused.value.nearer.entry_id, refused.value.nearer.text) == ("alerts", "短信提醒一个月收多少钱?")
        assert (await live.browsing.entry("sms-fee")).revision.number == 1
        await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he", [own])

    async def test_an_entry_without_the_language_is_refused(self, asked: Any, suggestions: Suggestions) -> None:
        [found] = await asked("how much are text alerts a month", language="en")
        with pytest.raises(InvalidRequest) as refused:
            await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he", in_spite=True)
        assert refused.value.code == "language_missing"

    async def test_what_is_decided_is_decided(self, asked: Any, suggestions: Suggestions) -> None:
        [found] = await asked(PETS)
        await suggestions.deciding.dismiss(found.suggestion.id, "he")
        with pytest.raises(Conflict) as refused:
            await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "admin")
        assert refused.value.code == "suggestion_decided"
        with pytest.raises(NotFound):
            await suggestions.deciding.dismiss(999, "he")

    async def test_it_comes_back_when_what_was_written_does_not_help(
        self, asked: Any, suggestions: Suggestions, live: KnowledgeBase
    ) -> None:
        [found] = await asked("短信提醒每个月收多少钱呢")
        revision = await suggestions.deciding.accept(found.suggestion.id, "sms-fee", "he")
        assert await asked("短信提醒每个月收多少钱嘛") == []  # nobody is told it yet
        await live.editing.submit("sms-fee", revision.number, "he")
        await live.editing.publish("wu", "")
        [again] = await asked("短信提醒每个月收多少钱哦")
        assert (again.suggestion.id, again.suggestion.count) == (found.suggestion.id, 3)


class TestANewEntry:
    async def test_it_is_a_draft_with_the_question_and_no_answer(
        self, asked: Any, suggestions: Suggestions, live: KnowledgeBase, database: Database
    ) -> None:
        [found] = await asked(PETS)
        revision = await suggestions.deciding.draft(found.suggestion.id, "he")
        content = EntryContent.model_validate((await live.browsing.entry(revision.entry_id)).revision.content)
        assert (content.variants["zh"].question, content.variants["zh"].answer) == (PETS, "")
        assert content.scenario == found.suggestion.scenario
        assert await lines(database) == [("he", "suggestion.drafted", str(found.suggestion.id))]

    async def test_reopened_and_made_again_it_is_another_entry(self, asked: Any, suggestions: Suggestions) -> None:
        [found] = await asked(PETS)
        first = await suggestions.deciding.draft(found.suggestion.id, "he")
        await suggestions.deciding.reopen(found.suggestion.id, "he")
        second = await suggestions.deciding.draft(found.suggestion.id, "he")
        assert (first.entry_id, second.entry_id) == (
            f"asked-{found.suggestion.id}",
            f"asked-{found.suggestion.id}-2",
        )


class TestDismissing:
    async def test_what_is_dismissed_stays_away_however_often_it_is_asked(
        self, asked: Any, suggestions: Suggestions, clock: ManualClock, database: Database
    ) -> None:
        [found] = await asked(VAULT[0])
        await suggestions.deciding.dismiss(found.suggestion.id, "he", "we let none")
        assert await asked(*VAULT[1:]) == []
        page = await suggestions.page(SuggestionFilter("dismissed"), 0, 50)
        [dismissed] = [each.suggestion for each in page.suggestions]
        assert (dismissed.count, dismissed.decided_by, dismissed.decided_at) == (3, "he", clock.now())
        assert page.statuses == {"dismissed": 1}
        assert await lines(database) == [("he", "suggestion.dismissed", str(found.suggestion.id))]

    async def test_it_can_be_taken_back(self, asked: Any, suggestions: Suggestions, database: Database) -> None:
        [found] = await asked(PETS)
        await suggestions.deciding.dismiss(found.suggestion.id, "he")
        await suggestions.deciding.reopen(found.suggestion.id, "admin")
        assert [each.suggestion.id for each in await asked()] == [found.suggestion.id]
        assert [line[:2] for line in await lines(database)] == [
            ("he", "suggestion.dismissed"),
            ("admin", "suggestion.reopened"),
        ]


class TestListing:
    async def test_filters_and_pages(self, asked: Any, suggestions: Suggestions) -> None:
        await asked(*VAULT, PETS, "短信提醒每个月收多少钱呢")
        await asked("may I bring my dog", language="en")

        async def texts(wanted: SuggestionFilter, offset: int = 0, limit: int = 50) -> list[str]:
            page = await suggestions.page(wanted, offset, limit)
            return [each.suggestion.text for each in page.suggestions]

        assert await texts(SuggestionFilter(language="en")) == ["may I bring my dog"]
        assert await texts(SuggestionFilter(scenario="fees")) == ["短信提醒每个月收多少钱呢"]
        assert await texts(SuggestionFilter(text="宠物")) == [PETS]
        assert await texts(SuggestionFilter(text="DOG")) == ["may I bring my dog"]
        assert await texts(SuggestionFilter(), 0, 1) == [VAULT[0]]
        assert (await suggestions.page(SuggestionFilter(), 1, 1)).total == 4

    async def test_the_week_is_the_banks(
        self, asked: Any, clock: ManualClock, suggestions: Suggestions, database: Database
    ) -> None:
        clock.advance(timedelta(days=3, hours=16).total_seconds())  # Sunday the 4th in UTC, Monday the 5th at the bank
        await asked(PETS)
        async with database.read() as session:
            [week] = (await session.execute(select(SuggestedQuestion.week))).scalars()
        assert week.isoformat() == "2026-01-05"


class TestAReplyThatIsKept:
    async def test_it_is_a_draft_that_says_where_it_came_from(
        self, suggestions: Suggestions, live: KnowledgeBase, database: Database
    ) -> None:
        revision = await suggestions.origins.draft_from_reply(
            "可以带宠物去网点吗[phone]", "导盲犬可以。", "zh", "c0ffee", 4, "lin"
        )
        content = EntryContent.model_validate(revision.content)
        assert (content.variants["zh"].question, content.variants["zh"].answer) == (PETS, "导盲犬可以。")
        assert "c0ffee" not in revision.entry_id
        [origin] = await suggestions.origins.of(revision.entry_id)
        assert (origin.kind, origin.conversation_id, origin.seq, origin.by) == ("reply", "c0ffee", 4, "lin")
        assert await lines(database) == [("lin", "entry.drafted_from_reply", revision.entry_id)]
        with pytest.raises(Conflict) as refused:
            await suggestions.origins.draft_from_reply(PETS, "x", "zh", "c0ffee", 4, "chen")
        assert refused.value.code == "already_drafted"

    async def test_a_reply_to_no_question_is_refused(self, suggestions: Suggestions) -> None:
        with pytest.raises(InvalidRequest):
            await suggestions.origins.draft_from_reply("[phone]", "好的", "zh", "c0ffee", 4, "lin")
