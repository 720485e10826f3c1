"""What a message finds: two questions in one are both shown, and one release answers a message from end to end."""

from kb.confidence import Thresholds
from kb.content import EntryContent, Variant
from kb.finding import Search, asked_first
from kb.search import Candidate
from kb.service import KnowledgeBase


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
