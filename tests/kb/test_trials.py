"""The test box shows what customers get, and what they would get if all work in progress were live."""

from typing import Any

import pytest

from identity.service import Role
from kb.confidence import FEATURES
from kb.content import EntryContent
from kb.service import KnowledgeBase
from kit.errors import BilinError


def asked_also(entry: EntryContent, question: str) -> EntryContent:
    changed = entry.variants["zh"].model_copy(update={"similar": (*entry.variants["zh"].similar, question)})
    return entry.model_copy(update={"variants": {**entry.variants, "zh": changed}})


class TestBothSides:
    async def test_live_is_what_a_customer_gets(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        await knowledge.load(bank)
        language, live, draft = await knowledge.try_out("银行卡丢了怎么办")
        found = await knowledge.search("银行卡丢了怎么办", "zh")
        assert (language, draft) == ("zh", None)
        assert live is not None
        assert live.release_id == knowledge.release_id
        assert [(each.entry, each.confidence) for each in live.candidates] == [
            (candidate.entry, candidate.confidence) for candidate in found.candidates
        ]
        assert live.outcome == ("answer" if live.candidates[0].confidence >= live.answer_from else "clarify")
        for each in live.candidates:
            assert 0 <= each.classifier <= 1
            assert -1 <= each.nearness <= 1.001
            assert 0 <= each.words <= 1.001

    async def test_what_confidence_is_made_of_is_told(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        await knowledge.load(bank)
        _, live, _ = await knowledge.try_out("银行卡丢了怎么办")
        assert live is not None
        first = live.candidates[0]
        told = {**live.question, "cosine": first.nearness, "probability": first.classifier, "lexical": first.words}
        assert set(told) == set(FEATURES)
        assert live.question["agreement"] in {0, 1, 2, 3}
        assert 0 < live.question["share"] <= 1
        _, unlike, _ = await knowledge.try_out("今天天气怎么样")
        assert unlike is not None
        assert unlike.question["beyond_everyday"] < live.question["beyond_everyday"]

    async def test_draft_is_what_they_would_get_and_changes_nothing_for_them(
        self, knowledge: KnowledgeBase, bank: list[EntryContent]
    ) -> None:
        await knowledge.load(bank[1:])
        await knowledge.editing.save(bank[0], "he")
        _, live, draft = await knowledge.try_out("银行卡丢了怎么办？")
        assert live is not None
        assert draft is not None
        assert draft.release_id is None
        assert (live.candidates[0].entry.id, draft.candidates[0].entry.id) != ("lost-card", "transfer-limit")
        assert draft.candidates[0].entry.id == "lost-card"
        assert "lost-card" not in {each.entry.id for each in live.candidates}
        assert "lost-card" not in {
            candidate.entry.id for candidate in (await knowledge.search("银行卡丢了怎么办？", "zh")).candidates
        }

    async def test_a_later_draft_is_seen_at_once(self, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
        await knowledge.load(bank)
        for question in ("花呗", "白条"):
            await knowledge.editing.save(asked_also(bank[2], question), "he")
            _, _, draft = await knowledge.try_out(question)
            assert draft is not None
            assert draft.candidates[0].entry.id == "open-account"

    async def test_after_publication_nothing_is_in_progress(
        self, knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
    ) -> None:
        await knowledge.load(bank)
        await write(knowledge, asked_also(bank[2], "花呗"))
        await knowledge.editing.publish("wu", "")
        _, live, draft = await knowledge.try_out("花呗")
        assert draft is None
        assert live is not None
        assert live.candidates[0].entry.id == "open-account"


async def test_the_test_box_over_rest(sign_in: Any, knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
    await knowledge.load(bank)
    agent = await sign_in(Role.AGENT)
    answer = await agent.post("/api/kb/try", json={"text": "how do I open an account"})
    assert answer.status_code == 200
    tried = answer.json()
    assert (tried["language"], tried["draft"]) == ("en", None)
    assert tried["live"]["candidates"][0]["entry_id"] == "open-account"
    assert tried["live"]["candidates"][0]["question"] == bank[2].variants["en"].question
    assert set(tried["live"]["candidates"][0]["parts"]) == {"nearness", "classifier", "words"}
    assert set(tried["live"]["question"]) == {"margin", "share", "agreement", "belonging", "beyond_everyday"}
    assert (await agent.post("/api/kb/try", json={"text": ""})).status_code == 422


async def test_without_an_encoder_nothing_can_be_tried(knowledge_base: Any, bank: list[EntryContent]) -> None:
    knowledge = knowledge_base(encoder=None)
    await knowledge.load(bank)
    with pytest.raises(BilinError) as refused:
        await knowledge.try_out("银行卡丢了怎么办")
    assert refused.value.status == 503
