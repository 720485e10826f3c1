"""The life of an entry, from the first draft to what customers are told, and what an auditor finds of it later."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text

from identity.models import AuditRecord
from identity.service import Identity
from kb.content import EntryContent, Lang, Variant
from kb.editing import EditConflict
from kb.filters import EntryFilter, Validity, ValidityKind
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database, alembic_config
from kit.errors import Conflict, Forbidden, NotFound
from kit.events import MemoryEvents

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def knowledge(database: Database, clock: ManualClock) -> KnowledgeBase:
    """Without an encoder: everything here happens before the search."""
    audit = Identity(database, clock, secret_key="a secret key of this test", session_hours=1)
    return KnowledgeBase(database, MemoryEvents(), clock, None, cache=None, audit=audit)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def saying(entry: EntryContent, answer: str, language: Lang = "zh") -> EntryContent:
    changed = entry.variants[language].model_copy(update={"answer": answer})
    return entry.model_copy(update={"variants": {**entry.variants, language: changed}})


async def status_of(knowledge: KnowledgeBase, entry_id: str = "lost-card") -> tuple[int, str, int | None]:
    shown = await knowledge.browsing.entry(entry_id)
    return shown.revision.number, shown.revision.status, shown.live


async def answer_in(knowledge: KnowledgeBase, release: int, entry_id: str = "lost-card") -> str:
    _, shown = await knowledge.browsing.told(release, entry_id)
    return EntryContent.model_validate(shown.revision.content).variants["zh"].answer


class TestTheWayToCustomers:
    async def test_draft_review_publication(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        await knowledge.load(bank)
        await knowledge.editing.save(saying(bank[0], "请先锁卡。"), "he", base=1)
        assert await status_of(knowledge) == (2, "draft", 1)
        await knowledge.editing.submit("lost-card", 2, "he", "please look at the first line")
        assert await status_of(knowledge) == (2, "in_review", 1)
        release = await knowledge.editing.publish("wu", "clearer", [("lost-card", 2)])
        assert await status_of(knowledge) == (2, "published", 2)
        assert (await knowledge.browsing.revision("lost-card", 1)).revision.status == "archived"
        assert await answer_in(knowledge, release) == "请先锁卡。"

    async def test_a_draft_alone_is_never_published(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        await knowledge.load(bank)
        await knowledge.editing.save(saying(bank[0], "请先锁卡。"), "he")
        assert await knowledge.editing.publish("wu", "") is None
        with pytest.raises(Conflict, match="draft, not in_review"):
            await knowledge.editing.publish("wu", "", [("lost-card", 2)])

    async def test_nobody_approves_what_they_wrote(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await write(knowledge, saying(bank[0], "请先锁卡。"))
        with pytest.raises(Forbidden) as refused:
            await knowledge.editing.publish("editor", "", [("lost-card", 2)])
        assert refused.value.code == "own_revision"
        assert await knowledge.editing.publish("editor", "everything") is None
        assert await status_of(knowledge) == (2, "in_review", 1)

    async def test_nobody_approves_what_a_colleague_saved_on_top_of_their_words(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await knowledge.editing.save(saying(bank[0], "请先锁卡。"), "wu", base=1)
        await write(knowledge, saying(bank[0], "请先锁卡！"))
        with pytest.raises(Forbidden) as refused:
            await knowledge.editing.publish("wu", "", [("lost-card", 3)])
        assert refused.value.code == "own_revision"
        assert await knowledge.editing.publish("wu", "everything") is None
        assert await knowledge.editing.publish("zhao", "", [("lost-card", 3)]) == 2

    async def test_words_that_a_colleague_has_approved_bind_nobody(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await knowledge.editing.save(saying(bank[0], "请先锁卡。"), "wu", base=1)
        await knowledge.editing.submit("lost-card", 2, "wu")
        await knowledge.editing.publish("zhao", "", [("lost-card", 2)])
        await write(knowledge, saying(bank[0], "请先锁卡！"))
        assert await knowledge.editing.publish("wu", "", [("lost-card", 3)]) == 3
        await knowledge.editing.withdraw("lost-card", "wu", "")
        await write(knowledge, saying(bank[0], "请马上锁卡。"))
        assert await knowledge.editing.publish("wu", "", [("lost-card", 4)]) == 5

    async def test_only_what_is_chosen_goes_live(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        for entry in bank[:2]:
            await write(knowledge, saying(entry, "新的。"))
        await knowledge.editing.publish("wu", "", [("transfer-limit", 2)])
        assert await status_of(knowledge) == (2, "in_review", 1)
        assert await status_of(knowledge, "transfer-limit") == (2, "published", 2)

    async def test_what_changed_after_the_reviewer_looked_is_not_published(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await write(knowledge, saying(bank[0], "看过的。"))
        await write(knowledge, saying(bank[0], "没看过的。"))
        with pytest.raises(EditConflict):
            await knowledge.editing.publish("wu", "", [("lost-card", 2)])
        assert await status_of(knowledge) == (3, "in_review", 1)

    async def test_a_reviewer_sends_back_with_a_reason(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await write(knowledge, saying(bank[0], "请先锁卡。"))
        await knowledge.editing.send_back("lost-card", 2, "wu", "say which app")
        assert await status_of(knowledge) == (2, "draft", 1)
        assert [(each.author, each.number, each.text) for each in await knowledge.browsing.comments("lost-card")] == [
            ("wu", 2, "say which app")
        ]

    @pytest.mark.parametrize("step", ["submit", "send_back"])
    async def test_a_step_that_does_not_fit_is_refused(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], step: str
    ) -> None:
        await knowledge.load(bank)
        move = getattr(knowledge.editing, step)
        with pytest.raises(Conflict) as refused:
            await move("lost-card", 1, "he")
        assert refused.value.code == "wrong_status"
        with pytest.raises(NotFound):
            await move("nothing", 1, "he")

    async def test_a_reason_for_going_live_in_spite_of_warnings_is_kept(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await write(knowledge, saying(bank[0], "请先锁卡。"))
        await knowledge.editing.publish("wu", "", [("lost-card", 2)], {"lost-card": "the fee has no date by law"})
        [kept] = await knowledge.browsing.comments("lost-card")
        assert (kept.author, kept.text) == ("wu", "the fee has no date by law")


class TestTwoEditors:
    async def test_the_second_is_told_what_the_first_wrote_and_what_both_began_with(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank)
        await knowledge.editing.save(saying(bank[0], "甲"), "he", base=1)
        with pytest.raises(EditConflict) as refused:
            await knowledge.editing.save(saying(bank[0], "乙"), "ma", base=1)
        assert (refused.value.current, refused.value.author, refused.value.base) == (2, "he", 1)
        await knowledge.editing.save(saying(bank[0], "甲乙"), "ma", base=2)
        assert [row.number for row in await knowledge.browsing.revisions("lost-card")] == [3, 2, 1]

    async def test_who_stores_at_the_same_moment_loses_nothing(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank)
        stored = await asyncio.gather(
            *(knowledge.editing.save(saying(bank[0], f"第{n}稿"), f"editor-{n}", base=1) for n in range(4)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, EditConflict) for each in stored) == 3
        assert await status_of(knowledge) == (2, "draft", 1)

    async def test_an_entry_is_new_once(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        await knowledge.editing.save(bank[0], "he", is_new=True)
        with pytest.raises(EditConflict) as refused:
            await knowledge.editing.save(bank[0], "ma", is_new=True)
        assert refused.value.base is None

    async def test_a_newer_draft_takes_the_older_one_out_of_review(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await write(knowledge, saying(bank[0], "甲"))
        await knowledge.editing.save(saying(bank[0], "乙"), "ma", base=2)
        assert [(row.number, row.status) for row in await knowledge.browsing.revisions("lost-card")] == [
            (3, "draft"),
            (2, "archived"),
            (1, "published"),
        ]
        assert (await knowledge.browsing.in_review()).waiting == []


class TestPairing:
    async def gaps(self, knowledge: KnowledgeBase) -> list[str]:
        return list((await knowledge.browsing.entry("lost-card")).gaps)

    async def test_a_language_that_stays_behind_is_out_of_date_until_it_is_changed_or_confirmed(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank)
        assert await self.gaps(knowledge) == []
        chinese = saying(bank[0], "请先锁卡。")
        await knowledge.editing.save(chinese, "he")
        assert await self.gaps(knowledge) == ["en_outdated"]
        await knowledge.editing.save(saying(chinese, "Lock it first.", "en"), "he")
        assert await self.gaps(knowledge) == []
        await knowledge.editing.save(saying(chinese, "Lock it in the app.", "en"), "he")
        assert await self.gaps(knowledge) == ["zh_outdated"]
        await knowledge.editing.save(saying(chinese, "Lock it in the app.", "en"), "he", confirmed="zh")
        assert await self.gaps(knowledge) == []

    async def test_another_way_to_ask_makes_the_other_language_no_older(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank)
        asked = bank[0].variants["zh"].model_copy(update={"similar": ("卡没了",)})
        await knowledge.editing.save(bank[0].model_copy(update={"variants": {**bank[0].variants, "zh": asked}}), "he")
        assert await self.gaps(knowledge) == []

    async def test_a_missing_language_is_a_gap(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        alone: dict[Lang, Variant] = {"zh": bank[0].variants["zh"]}
        await knowledge.editing.save(bank[0].model_copy(update={"variants": alone}), "he")
        assert await self.gaps(knowledge) == ["en_missing"]
        await knowledge.editing.save(bank[0], "he")
        assert await self.gaps(knowledge) == []


class TestTheList:
    @pytest.fixture
    async def listed(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> Callable[..., Any]:
        await knowledge.load(bank[:5])
        risks: dict[Lang, str] = {"zh": "投资有风险。", "en": "Prices may fall."}
        said = {name: variant.model_copy(update={"risk": risks[name]}) for name, variant in bank[0].variants.items()}
        risky = bank[0].model_copy(update={"risk_class": "product", "variants": said})
        await knowledge.editing.save(risky, "he")
        await knowledge.editing.save(saying(risky, "请先锁卡。100%_"), "he")

        async def ids(offset: int = 0, limit: int = 50, **wanted: Any) -> tuple[list[str], int]:
            page = await knowledge.browsing.entries(EntryFilter(**wanted), knowledge.calendar(), offset, limit)
            return [shown.revision.entry_id for shown in page.entries], page.total

        return ids

    async def test_pages_in_the_order_of_ids(self, listed: Callable[..., Any], bank: list[EntryContent]) -> None:
        every = sorted(entry.id for entry in bank[:5])
        assert await listed() == (every, 5)
        assert [(await listed(offset, 2))[0] for offset in (0, 2, 4, 6)] == [every[:2], every[2:4], every[4:], []]

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({"scenario": "cards"}, ["lost-card"]),
            ({"status": "draft"}, ["lost-card"]),
            ({"gap": "en_outdated"}, ["lost-card"]),
            ({"gap": "zh_missing"}, []),
            ({"text": "LOST"}, ["lost-card"]),
            ({"text": "当日限额"}, ["transfer-limit"]),
            ({"text": "100%_"}, ["lost-card"]),
            ({"text": "100x"}, []),
            ({"text": "锁卡 lost"}, ["lost-card"]),
            ({"text": "锁卡　100%_"}, ["lost-card"]),
            ({"text": "锁卡 限额"}, []),
            ({"text": "當日限額"}, ["transfer-limit"]),
            ({"text": "風險"}, ["lost-card"]),
            ({"text": "Prices MAY fall"}, ["lost-card"]),
            ({"text": "锁卡 fall 风险"}, ["lost-card"]),
            ({"scenario": "cards", "status": "published"}, []),
        ],
    )
    async def test_filters(self, listed: Callable[..., Any], wanted: dict[str, str], found: list[str]) -> None:
        assert await listed(**wanted) == (found, len(found))

    async def test_counts_ignore_their_own_filter_and_heed_the_others(
        self, listed: Callable[..., Any], knowledge: KnowledgeBase
    ) -> None:
        page = await knowledge.browsing.entries(EntryFilter(status="draft"), knowledge.calendar(), 0, 50)
        assert page.scenarios == {"cards": 1}
        assert page.statuses == {"draft": 1, "published": 4}
        assert page.gaps == {"zh_missing": 0, "en_missing": 0, "zh_outdated": 0, "en_outdated": 1}


class TestTheListByValidity:
    """It is the first of January at the bank, and what ends within thirty days ends soon."""

    @pytest.fixture
    async def dated(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        days = [
            ("2026-01-02", None),
            (None, "2026-01-01"),
            (None, "2026-01-31"),
            (None, "2026-02-01"),
            ("2025-01-01", "2025-12-31"),
        ]
        for entry, (first, last) in zip(bank[:5], days, strict=True):
            named = {"valid_from": first, "valid_to": last}
            dates = {name: date.fromisoformat(day) for name, day in named.items() if day}
            await knowledge.editing.save(entry.model_copy(update=dates), "he", is_new=True)

    @pytest.mark.usefixtures("dated")
    @pytest.mark.parametrize(
        ("kind", "wanted"), [("scheduled", [0]), ("expires_soon", [1, 2]), ("expired", [4]), (None, [0, 1, 2, 3, 4])]
    )
    async def test_filters_and_counts(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], kind: ValidityKind | None, wanted: list[int]
    ) -> None:
        calendar = knowledge.calendar()
        chosen = EntryFilter(validity=Validity(kind, calendar) if kind else None)
        page = await knowledge.browsing.entries(chosen, calendar, 0, 50)
        assert {shown.revision.entry_id for shown in page.entries} == {bank[at].id for at in wanted}
        assert page.total == len(wanted)
        assert page.validities == {"scheduled": 1, "expires_soon": 2, "expired": 1}
        assert sum(page.statuses.values()) == len(wanted)

    @pytest.mark.usefixtures("dated")
    async def test_goes_by_the_days_of_the_bank(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], clock: ManualClock
    ) -> None:
        clock.advance(15 * 3600)
        page = await knowledge.browsing.entries(EntryFilter(), knowledge.calendar(), 0, 50)
        assert (page.validities["scheduled"], page.validities["expired"]) == (1, 1)
        clock.advance(3600)
        assert clock.now().date() == date(2026, 1, 1)  # by UTC; at the bank it is the second
        page = await knowledge.browsing.entries(EntryFilter(), knowledge.calendar(), 0, 50)
        assert (page.validities["scheduled"], page.validities["expired"]) == (0, 2)


async def test_what_was_stored_before_it_could_be_listed_so_is_filled_in(
    knowledge: KnowledgeBase, bank: list[EntryContent], database: Database
) -> None:
    said = {
        name: variant.model_copy(update={"risk": "投资有风险。" if name == "zh" else None})
        for name, variant in bank[0].variants.items()
    }
    ends = {"valid_from": date(2025, 1, 1), "valid_to": date(2025, 12, 31)}
    await knowledge.editing.save(bank[0].model_copy(update={"variants": said, **ends}), "he", is_new=True)
    await knowledge.editing.save(bank[1], "he", is_new=True)
    async with database.write() as session:

        def undo(session: Any) -> None:
            config = alembic_config()
            config.attributes["connection"] = session.connection()
            command.downgrade(config, "0009")

        await session.run_sync(undo)
        await session.execute(text("UPDATE kb_revisions SET searched = 'as it was'"))
    await database.migrate()
    calendar = knowledge.calendar()
    for wanted in (EntryFilter(validity=Validity("expired", calendar)), EntryFilter(text="风险 was")):
        page = await knowledge.browsing.entries(wanted, calendar, 0, 50)
        assert [shown.revision.entry_id for shown in page.entries] == [bank[0].id]
    shown = await knowledge.browsing.entry(bank[0].id)
    assert (shown.revision.valid_from, shown.revision.valid_to) == (ends["valid_from"], ends["valid_to"])


class TestReleases:
    async def test_a_release_says_what_it_did(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank[:2])
        await write(knowledge, saying(bank[0], "请先锁卡。"))
        await write(knowledge, bank[2])
        changed = await knowledge.editing.publish("wu", "two things")
        gone = await knowledge.editing.withdraw("transfer-limit", "wu", "wrong figure")

        async def changes(release: int) -> list[tuple[Any, ...]]:
            _, found = await knowledge.browsing.changes(release)
            return [(each.entry_id, each.kind, each.before, each.revision) for each in found]

        assert await changes(changed) == [("lost-card", "changed", 1, 2), ("open-account", "added", None, 1)]
        assert await changes(gone) == [("transfer-limit", "withdrawn", 1, None)]

    async def test_an_earlier_release_is_said_again(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        first = await knowledge.load(bank[:2])
        await write(knowledge, saying(bank[0], "错的。"))
        wrong = await knowledge.editing.publish("wu", "")
        await knowledge.editing.withdraw("transfer-limit", "wu", "")
        restored = await knowledge.editing.restore(first, "wu", "the new answer is wrong")
        assert restored > wrong
        assert await answer_in(knowledge, restored) == bank[0].variants["zh"].answer
        assert await answer_in(knowledge, wrong) == "错的。", "what was said stays on record"
        assert await status_of(knowledge) == (1, "published", 1), "editors go on from what customers are told"
        assert await status_of(knowledge, "transfer-limit") == (1, "published", 1)
        await knowledge.editing.save(saying(bank[0], "对的。"), "he", base=1)
        assert await status_of(knowledge) == (3, "draft", 1)

    async def test_work_in_progress_survives_a_restored_release(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        first = await knowledge.load(bank[:2])
        await knowledge.editing.save(saying(bank[0], "未完"), "he")
        await knowledge.editing.restore(first, "wu", "")
        assert await status_of(knowledge) == (2, "draft", 1)

    async def test_an_unknown_release_cannot_be_restored(self, knowledge: KnowledgeBase) -> None:
        with pytest.raises(NotFound):
            await knowledge.editing.restore(7, "wu", "")


class TestTheAuditor:
    async def test_every_message_leads_to_author_reviewer_and_words(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        first = await knowledge.load(bank[:2])
        await write(knowledge, saying(bank[0], "请先锁卡。"))
        second = await knowledge.editing.publish("wu", "clearer")
        release, shown = await knowledge.browsing.told(second, "lost-card")
        assert (shown.revision.number, shown.revision.author, shown.revision.reviewer) == (2, "editor", "wu")
        assert (release.published_by, release.comment) == ("wu", "clearer")
        assert (await knowledge.browsing.told(first, "lost-card"))[1].revision.number == 1
        with pytest.raises(NotFound):
            await knowledge.browsing.told(second, "open-account")

    async def test_who_did_what_is_written_down_with_its_time(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], database: Database, clock: ManualClock, write: Any
    ) -> None:
        await knowledge.load(bank[:2])
        await write(knowledge, saying(bank[0], "请先锁卡。"))
        await knowledge.editing.send_back("lost-card", 2, "wu", "why?")
        await knowledge.editing.comment("lost-card", "editor", "the law has changed")
        await knowledge.editing.submit("lost-card", 2, "editor", "because")
        release = await knowledge.editing.publish("wu", "clearer", reasons={"lost-card": "checked"})
        await knowledge.editing.withdraw("lost-card", "wu", "gone")
        async with database.read() as session:
            rows = list((await session.execute(select(AuditRecord).order_by(AuditRecord.id))).scalars())
        assert [(row.actor, row.action, row.subject) for row in rows] == [
            ("content-files", "entry.loaded", "lost-card"),
            ("content-files", "entry.loaded", "transfer-limit"),
            ("content-files", "release.published", "1"),
            ("editor", "entry.saved", "lost-card"),
            ("editor", "entry.submitted", "lost-card"),
            ("wu", "entry.returned", "lost-card"),
            ("editor", "entry.commented", "lost-card"),
            ("editor", "entry.submitted", "lost-card"),
            ("wu", "entry.approved", "lost-card"),
            ("wu", "release.published", str(release)),
            ("wu", "entry.withdrawn", "lost-card"),
            ("wu", "release.published", "3"),
        ]
        assert rows[0].detail == {"revision": 1}
        assert rows[6].detail == {"revision": 2, "comment": "the law has changed"}
        assert rows[8].detail == {"revision": 2, "reason": "checked"}
        assert rows[10].detail == {"comment": "gone"}
        assert {row.at for row in rows} == {clock.now()}

    async def test_what_changed_in_files_is_written_down_entry_by_entry(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], database: Database
    ) -> None:
        await knowledge.load(bank[:2])
        await knowledge.load([saying(bank[0], "请先锁卡。")])
        assert await knowledge.load([saying(bank[0], "请先锁卡。")]) is None
        async with database.read() as session:
            rows = list((await session.execute(select(AuditRecord).order_by(AuditRecord.id))).scalars())
        assert [(row.action, row.subject, row.detail.get("revision")) for row in rows[3:]] == [
            ("entry.loaded", "lost-card", 2),
            ("entry.withdrawn", "transfer-limit", None),
            ("release.published", "2", None),
        ]
        assert {row.actor for row in rows} == {"content-files"}

    async def test_who_put_and_who_deleted_an_expression_is_written_down(
        self, knowledge: KnowledgeBase, database: Database
    ) -> None:
        await knowledge.lexicon.put("花紙頭", "zh", "外币现钞", "he")
        await knowledge.lexicon.delete("花纸头", "ma")
        with pytest.raises(NotFound):
            await knowledge.lexicon.delete("花纸头", "ma")
        async with database.read() as session:
            rows = list((await session.execute(select(AuditRecord).order_by(AuditRecord.id))).scalars())
        assert [(row.actor, row.action, row.subject, row.detail) for row in rows] == [
            ("he", "expression.put", "花纸头", {"language": "zh", "meaning": "外币现钞"}),
            ("ma", "expression.deleted", "花纸头", {}),
        ]
