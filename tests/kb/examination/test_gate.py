"""Nothing goes to customers with an error in it, with a warning that nobody answered for, or at the cost of others."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from identity.service import Role
from kb.checks import CheckQuestion
from kb.content import EntryContent
from kb.examination.gate import ChecksFailed, Regressed
from kb.service import KnowledgeBase, SearchOptions
from kit.clock import ManualClock
from kit.errors import Conflict
from tests.kb.examination.site import asker_of, served

REASONS = dict.fromkeys(["lost-card", "transfer-limit", "open-account"], "the bank is small")
CHECKS = (
    CheckQuestion("银行卡丢了怎么办？", "zh", "lost-card"),
    CheckQuestion("怎么提高转账额度", "zh", "transfer-limit"),
    CheckQuestion("daily transfer limit", "en", "transfer-limit"),
    CheckQuestion("which ID do you accept", "en", "open-account"),
    CheckQuestion("今天天气怎么样", "zh", None),
)


@pytest.fixture
def knowledge(worker: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    return worker(options=SearchOptions(checks=CHECKS))


def changed(entry: EntryContent, **fields: Any) -> EntryContent:
    variant = entry.variants["zh"].model_copy(update=fields)
    return entry.model_copy(update={"variants": {**entry.variants, "zh": variant}})


def test_a_refusal_names_a_few_and_counts_the_rest() -> None:
    assert "found something in a, b. Mend" in str(ChecksFailed({"b": [], "a": []}))
    refused = ChecksFailed({f"entry-{number}": [] for number in range(8)})
    assert "in entry-0, entry-1, entry-2, entry-3, entry-4 and 3 more. Mend" in str(refused)
    assert len(refused.findings) == 8


class TestFindings:
    async def test_an_error_blocks(self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any) -> None:
        await knowledge.load(bank[:3])
        await write(knowledge, changed(bank[0], answer="放心，本行保本保息。"))
        with pytest.raises(ChecksFailed) as refused:
            await knowledge.gate.publish("wu", "", reasons=REASONS)
        assert "promise" in {finding.rule for finding in refused.value.findings["lost-card"]}
        assert knowledge.entry("lost-card") == bank[0]

    async def test_a_warning_wants_a_reason(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank[:3])
        await write(knowledge, changed(bank[0], answer="挂失费每次10元。"))
        for reasons in (None, {}, {"lost-card": "  "}, {"open-account": "right"}):
            with pytest.raises(ChecksFailed) as refused:
                await knowledge.gate.publish("wu", "", reasons=reasons)
            assert "undated_figure" in {finding.rule for finding in refused.value.findings["lost-card"]}
        assert await knowledge.gate.publish("wu", "", reasons=REASONS) == 2

    async def test_a_question_that_another_entry_has_is_found(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank[:3])
        taken = bank[1].variants["zh"].question
        found = await knowledge.gate.findings(changed(bank[0], similar=(taken,)))
        about = {(finding.rule, finding.other_entry) for finding in found if finding.other_entry}
        assert ("duplicate_elsewhere", "transfer-limit") in about
        assert ("near_duplicate", "transfer-limit") not in about

    async def test_the_newest_words_of_others_count_published_or_not(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank[:3])
        asked = changed(bank[0], similar=("卡被吞了",))
        assert "duplicate_elsewhere" not in {finding.rule for finding in await knowledge.gate.findings(asked)}
        await knowledge.editing.save(changed(bank[1], similar=("卡被吞了",)), "he")
        assert "duplicate_elsewhere" in {finding.rule for finding in await knowledge.gate.findings(asked)}

    async def test_a_withdrawn_entry_keeps_no_question_to_itself(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank[:3])
        taken = changed(bank[0], similar=(bank[1].variants["zh"].question,))
        await knowledge.editing.withdraw("transfer-limit", "wu", "")
        assert "duplicate_elsewhere" not in {finding.rule for finding in await knowledge.gate.findings(taken)}

    async def test_without_an_encoder_the_words_are_checked_all_the_same(
        self, knowledge_base: Any, bank: list[EntryContent]
    ) -> None:
        knowledge = knowledge_base(encoder=None)
        await knowledge.load(bank)
        found = await knowledge.gate.findings(changed(bank[0], answer="保本保息。"))
        assert "promise" in {finding.rule for finding in found}


class TestLinks:
    """Pages of the bank's own sites that an answer links are asked for, and what is heard is a finding like others."""

    async def test_a_page_that_is_gone_blocks_and_no_reason_helps(
        self, worker: Any, bank: list[EntryContent], write: Any
    ) -> None:
        async with served() as site:
            site.answers["/gone"] = "404 Not Found"
            knowledge = worker(links=asker_of(site))
            await knowledge.load(bank[:3])
            await write(knowledge, changed(bank[0], answer=f"见[挂失]({site.page('/gone')})。"))
            with pytest.raises(ChecksFailed) as refused:
                await knowledge.gate.publish("wu", "", reasons=REASONS)
        [dead] = [each for each in refused.value.findings["lost-card"] if each.rule == "link_dead"]
        assert (dead.severity, dead.language, dead.field) == ("error", "zh", "answer")
        assert dead.excerpt == site.page("/gone")
        assert knowledge.entry("lost-card") == bank[0]

    async def test_a_site_that_is_away_holds_up_nothing_that_has_a_reason(
        self, worker: Any, bank: list[EntryContent], write: Any
    ) -> None:
        async with served() as site:
            knowledge = worker(links=asker_of(site))
            await knowledge.load(bank[:3])
        await write(knowledge, changed(bank[0], answer=f"见[挂失]({site.page('/lost')})。"))
        with pytest.raises(ChecksFailed) as refused:
            await knowledge.gate.publish("wu", "")
        assert "link_unreachable" in {finding.rule for finding in refused.value.findings["lost-card"]}
        assert await knowledge.gate.publish("wu", "", reasons=REASONS) == 2

    async def test_an_entry_that_is_being_written_is_asked_about_in_both_languages(
        self, worker: Any, bank: list[EntryContent]
    ) -> None:
        async with served() as site:
            site.answers["/gone"] = "410 Gone"
            knowledge = worker(links=asker_of(site))
            await knowledge.load(bank[:3])
            both = bank[0].model_dump(mode="json")
            for language, answer in (("zh", f"见[挂失]({site.page('/lost')})。"), ("en", f"See {site.page('/gone')}")):
                both["variants"][language]["answer"] = answer
            found = await knowledge.gate.findings(EntryContent.model_validate(both))
        assert [(each.rule, each.language) for each in found if each.rule.startswith("link_")] == [
            ("link_not_https", "zh"),
            ("link_not_https", "en"),
            ("link_dead", "en"),
        ]
        assert {path for _, _, path in site.asked} == {"/lost", "/gone"}


class TestRegression:
    async def test_a_release_that_loses_check_questions_is_blocked(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank[:3])
        await write(knowledge, changed(bank[0], question="？？", similar=(), answer="。。。。。。。。"))
        with pytest.raises(Regressed) as refused:
            await knowledge.gate.publish("wu", "", reasons=REASONS)
        regression = refused.value.regression
        assert (regression.asked, regression.right_after) == (5, regression.right_before - 1)
        [lost] = regression.changed
        assert (lost.question.text, lost.change, lost.before) == ("银行卡丢了怎么办？", "lost", "lost-card")
        assert lost.after != "lost-card"
        assert knowledge.entry("lost-card") == bank[0]

    async def test_a_release_that_loses_nothing_goes_live_as_examined(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank[:3])
        await write(knowledge, changed(bank[0], similar=(*bank[0].variants["zh"].similar, "卡被机器吞了")))
        assert await knowledge.gate.publish("wu", "", reasons=REASONS) == 2
        assert (await knowledge.search("卡被机器吞了", "zh")).candidates[0].entry.id == "lost-card"

    async def test_questions_of_an_entry_that_is_not_there_before_and_after_are_not_compared(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank[:3])
        found = await knowledge.gate.regression(bank[1:4])
        assert found is not None
        assert found.asked == 4
        assert not found.is_drop

    async def test_what_is_examined_changes_nothing_for_customers(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank[:3])
        before = await knowledge.search("银行卡丢了怎么办？", "zh")
        await knowledge.gate.regression(bank[1:])
        assert await knowledge.search("银行卡丢了怎么办？", "zh") == before


class TestScheduledEntries:
    """What is valid from a later day is examined as customers are told it on that day."""

    @pytest.fixture
    def tomorrow(self, knowledge: KnowledgeBase) -> date:
        return knowledge.today() + timedelta(days=1)

    async def test_one_that_will_lose_a_check_question_is_blocked(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any, tomorrow: date
    ) -> None:
        await knowledge.load(bank[:3])
        says_nothing = changed(bank[0], question="？？", similar=(), answer="。。。。。。。。")
        await write(knowledge, says_nothing.model_copy(update={"valid_from": tomorrow}))
        with pytest.raises(Regressed) as refused:
            await knowledge.gate.publish("wu", "", reasons=REASONS)
        assert [each.question.text for each in refused.value.regression.changed] == ["银行卡丢了怎么办？"]
        assert knowledge.entry("lost-card") == bank[0]

    async def test_a_question_that_lies_nearer_to_another_entry_wants_a_reason(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any, tomorrow: date
    ) -> None:
        await knowledge.load(bank[:3])
        nearly = changed(bank[2], similar=("手机银行每天最多能转多少钱呢",))
        await write(knowledge, nearly.model_copy(update={"valid_from": tomorrow}))
        with pytest.raises(ChecksFailed) as refused:
            await knowledge.gate.publish("wu", "")
        about = {finding.rule: finding.other_entry for finding in refused.value.findings["open-account"]}
        assert about.get("pulls_together") == "transfer-limit"

    async def test_one_that_takes_over_from_an_entry_that_ends_before_is_not_held_against_it(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any, tomorrow: date
    ) -> None:
        ending = bank[0].model_copy(update={"valid_to": knowledge.today()})
        await knowledge.load([ending, *bank[1:3]])
        await write(knowledge, bank[0].model_copy(update={"id": "lost-card-anew", "valid_from": tomorrow}))
        assert await knowledge.gate.publish("wu", "", reasons={"*": "it follows the other one"}) == 2

    async def test_one_that_loses_nothing_goes_live_and_is_told_from_its_day_on(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any, clock: ManualClock, tomorrow: date
    ) -> None:
        await knowledge.load(bank[:3])
        await write(knowledge, bank[3].model_copy(update={"valid_from": tomorrow}))
        assert await knowledge.gate.publish("wu", "", reasons={"*": "the bank is small"}) == 2
        assert (await knowledge.search("怎么预约取外币现钞？", "zh")).candidates[0].entry.id != "foreign-cash"
        clock.advance(24 * 3600)
        await knowledge.refresh()
        assert (await knowledge.search("怎么预约取外币现钞？", "zh")).candidates[0].entry.id == "foreign-cash"


async def test_a_release_that_goes_live_meanwhile_is_examined_with(
    knowledge: KnowledgeBase, bank: list[EntryContent], write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await knowledge.load(bank[:3])
    await write(knowledge, changed(bank[0], answer="请先锁卡。"))
    examine, seen = knowledge.gate.regression, []

    async def meanwhile(entries: Any, approved: Any) -> Any:
        seen.append(len(entries))
        if len(seen) == 1:
            await knowledge.editing.withdraw("open-account", "wu", "")
        return await examine(entries, approved)

    monkeypatch.setattr(knowledge.gate, "regression", meanwhile)
    assert await knowledge.gate.publish("wu", "", reasons=REASONS) == 3
    assert seen == [3, 2]
    assert {entry.id for entry in bank[:2]} == set(knowledge._engine.entries)  # type: ignore[union-attr]


async def test_what_goes_live_again_and_again_meanwhile_is_told(
    knowledge: KnowledgeBase, bank: list[EntryContent], write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await knowledge.load(bank[:3])
    await write(knowledge, changed(bank[0], answer="请先锁卡。"))

    async def meanwhile(entries: Any, approved: Any) -> None:
        await knowledge.editing.restore(1, "wu", "")

    monkeypatch.setattr(knowledge.gate, "regression", meanwhile)
    with pytest.raises(Conflict) as refused:
        await knowledge.gate.publish("wu", "", reasons=REASONS)
    assert refused.value.code == "release_changed"


async def test_figures_that_are_written_over_rest_want_a_date(
    sign_in: Any, knowledge: KnowledgeBase, bank: list[EntryContent]
) -> None:
    await knowledge.load(bank[:3])
    editor, reviewer = await sign_in(Role.EDITOR), await sign_in(Role.REVIEWER)

    async def found(revision: int, **fields: Any) -> set[str]:
        body = changed(bank[0], answer="挂失费每次10元。").model_dump(mode="json") | fields
        written = await editor.put("/api/kb/entries/lost-card", json=body, headers={"If-Match": "*"})
        assert written.json()["revision"] == revision
        await editor.post("/api/kb/entries/lost-card/submit", json={"revision": revision})
        waiting = (await reviewer.get("/api/kb/review/lost-card")).json()
        return {finding["rule"] for finding in waiting["findings"]}

    assert "undated_figure" in await found(2)
    refused = await reviewer.post("/api/kb/releases", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "checks_failed")
    assert "undated_figure" in {finding["rule"] for finding in refused.json()["findings"]["lost-card"]}
    assert "undated_figure" not in await found(3, updated="2025-12-24")


async def test_the_gate_over_rest(sign_in: Any, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any) -> None:
    await knowledge.load(bank[:3])
    reviewer = await sign_in(Role.REVIEWER)
    risky = changed(bank[0], answer="挂失费每次10元。")
    listed = (await reviewer.post("/api/kb/checks", json=risky.model_dump(mode="json"))).json()["findings"]
    [undated] = [finding for finding in listed if finding["rule"] == "undated_figure"]
    assert (undated["severity"], undated["language"], undated["field"]) == ("warning", "zh", "answer")
    assert set(undated["message"]) == {"zh", "en"}

    await write(knowledge, risky)
    waiting = (await reviewer.get("/api/kb/review/lost-card")).json()
    assert undated in waiting["findings"]
    compared = (await reviewer.post("/api/kb/review/regression", json={})).json()["regression"]
    assert (compared["asked"], compared["questions"]) == (5, [])

    refused = await reviewer.post("/api/kb/releases", json={"entries": [{"id": "lost-card", "revision": 2}]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "checks_failed")
    assert undated in refused.json()["findings"]["lost-card"]
    assert (await reviewer.post("/api/kb/releases", json={"reasons": REASONS})).status_code == 201

    await write(knowledge, changed(bank[0], question="？？", similar=(), answer="。。。。。。。。"))
    lost = await reviewer.post("/api/kb/releases", json={"reasons": REASONS})
    assert (lost.status_code, lost.json()["error"]["code"]) == (409, "regression")
    assert [each["change"] for each in lost.json()["regression"]["questions"]] == ["lost"]
