"""What a message finds: two questions in one are both shown, and one release answers a message from end to end."""

import pytest

from kb.confidence import Thresholds
from kb.content import EntryContent, Variant
from kb.context import Earlier
from kb.expressions import Expressions
from kb.finding import Findings, Search, asked_first
from kb.scoring import Parts
from kb.search import Candidate, Engine
from kb.service import KnowledgeBase
from kb.wording import Wording


def ids(candidates: list[Candidate] | tuple[Candidate, ...]) -> list[str]:
    return [candidate.entry.id for candidate in candidates]


async def test_two_questions_stand_before_everything_else(published: KnowledgeBase) -> None:
    search = await published.search("银行卡丢了怎么办？还有，开户需要带什么材料？", "zh")
    assert ids(search.questions) == ["lost-card", "open-account"]
    assert ids(search.answers) == ["lost-card", "open-account"]
    assert set(ids(search.candidates[:2])) == {"lost-card", "open-account"}
    assert len(set(ids(search.candidates))) == len(search.candidates)


async def test_two_questions_in_english(published: KnowledgeBase) -> None:
    search = await published.search("I have lost my card. Also, what do I need to open an account?", "en")
    assert ids(search.answers) == ["lost-card", "open-account"]


async def test_a_story_with_one_question_is_one_question(published: KnowledgeBase) -> None:
    search = await published.search("我昨天坐地铁，银行卡丢了怎么办？", "zh")
    assert search.questions == ()
    assert ids(search.answers) == ["lost-card"]


def found(entry_id: str, confidence: float) -> Candidate:
    return Candidate(EntryContent(id=entry_id, scenario="x", variants={"zh": Variant(question=entry_id)}), confidence)


def test_two_questions_are_decided_by_the_less_sure_of_them() -> None:
    asked = (found("loss", 0.9), found("fee", 0.4))
    search = Search(1, "zh", [*asked, found("other", 0.3)], Thresholds(answer=0.7, clarify=0.2), asked)
    assert search.confidences == [0.4, 0.4, 0.3]


def test_one_question_is_decided_by_its_candidates() -> None:
    search = Search(1, "zh", [found("loss", 0.9), found("fee", 0.1)], Thresholds(answer=0.7, clarify=0.2))
    assert search.confidences == [0.9, 0.1]


def test_what_two_questions_find_goes_first_in_the_order_of_the_whole_message() -> None:
    whole = [found("other", 0.6), found("fee", 0.3), found("loss", 0.2), found("last", 0.1)]
    asked = asked_first((found("loss", 0.9), found("fee", 0.8)), whole)
    assert [(each.entry.id, each.confidence) for each in asked] == [
        ("fee", 0.8),
        ("loss", 0.9),
        ("other", 0.6),
        ("last", 0.1),
    ]


def test_a_question_that_the_whole_message_does_not_find_comes_after_one_that_it_does() -> None:
    asked = asked_first((found("new", 0.9), found("loss", 0.8)), [found("other", 0.6), found("loss", 0.2)])
    assert ids(asked) == ["loss", "new", "other"]


class TestRemembered:
    """What was found is not looked for again until something else is live."""

    @pytest.fixture
    def searched(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Texts that an engine was asked for."""
        asked: list[str] = []
        real = Engine.scores

        def scores(engine: Engine, vectors, texts, language):
            asked.extend(texts)
            return real(engine, vectors, texts, language)

        monkeypatch.setattr(Engine, "scores", scores)
        return asked

    @pytest.fixture
    def findings(self, published: KnowledgeBase) -> Findings:
        return Findings(published._encoder, Parts(), None)

    @pytest.fixture
    def engine(self, published: KnowledgeBase) -> Engine:
        assert published._engine is not None
        return published._engine

    @pytest.fixture
    def wording(self, published: KnowledgeBase) -> Wording:
        assert published._wording is not None
        return published._wording

    async def test_the_same_question_is_searched_once(self, findings, engine, wording, searched) -> None:
        first = await findings.find(engine, wording, "银行卡丢了怎么办？", "zh", None)
        again = await findings.find(engine, wording, "银行卡丢了怎么办？", "zh", Earlier("开户", "open-account"))
        assert again is first, "it tells by itself what is meant"
        assert len(searched) == 1

    async def test_what_leans_on_the_turn_before_is_remembered_with_it(
        self, findings, engine, wording, searched
    ) -> None:
        after_loss, after_opening = Earlier("银行卡丢了怎么办？", "lost-card"), Earlier("开户带什么", "open-account")
        found = [
            await findings.find(engine, wording, "要多久呢", "zh", earlier) for earlier in (after_loss, after_opening)
        ]
        assert all(each.in_context for each in found)
        before = len(searched)
        assert await findings.find(engine, wording, "要多久呢", "zh", after_loss) is found[0]
        assert await findings.find(engine, wording, "要多久呢", "zh", after_opening) is found[1]
        assert len(searched) == before
        assert not (await findings.find(engine, wording, "要多久呢", "zh", None)).in_context

    async def test_another_engine_or_wording_finds_anew(self, findings, engine, wording, searched) -> None:
        await findings.find(engine, wording, "银行卡丢了怎么办？", "zh", None)
        released = engine.of(engine.release)
        assert (await findings.find(released, wording, "银行卡丢了怎么办？", "zh", None)).candidates
        assert len(searched) == 2
        await findings.find(released, wording.with_expressions(Expressions()), "银行卡丢了怎么办？", "zh", None)
        assert len(searched) == 3

    async def test_with_a_reranker_nothing_is_remembered(self, published, engine, wording, searched) -> None:
        class Unmoved:
            async def ordered(self, candidates, *_):
                return candidates

        findings = Findings(published._encoder, Parts(), Unmoved())
        for _ in range(2):
            await findings.find(engine, wording, "银行卡丢了怎么办？", "zh", None)
        assert len(searched) == 2
