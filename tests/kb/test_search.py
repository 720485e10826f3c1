"""What customers find: the right entry first, in their own words and language, and how sure the knowledge base is."""

import pytest

from kb.content import EntryContent, Lang
from kb.encoder import EncoderUnavailable
from kb.service import KnowledgeBase
from kit.errors import NotFound, Unavailable

REWORDED: list[tuple[Lang, str, str]] = [
    ("zh", "卡找不到了怎么办", "lost-card"),
    ("zh", "我想把每天转账的上限调高", "transfer-limit"),
    ("zh", "去网点办卡带哪些证件", "open-account"),
    ("zh", "换一些美金", "foreign-cash"),
    ("zh", "房贷想提前还", "repay-mortgage-early"),
    ("zh", "理财会不会亏钱", "wealth-loss"),
    ("zh", "短信费多少", "sms-fee"),
    ("en", "I can't find my card anywhere", "lost-card"),
    ("en", "what is the most I can send per day", "transfer-limit"),
    ("en", "what papers do I need for a new account", "open-account"),
    ("en", "I want to get dollars for my holiday", "foreign-cash"),
    ("en", "settle my home loan before the end", "repay-mortgage-early"),
    ("en", "do wealth products lose money", "wealth-loss"),
    ("en", "what does it cost to rent a safe deposit box", "safe-deposit-box"),
]
OTHER_SCRIPTS: list[tuple[Lang, str, str]] = [
    ("zh", "怎麼掛失銀行卡", "lost-card"),
    ("zh", "房貸可以提前還款嗎", "repay-mortgage-early"),
    ("zh", "理財產品會虧本金嗎", "wealth-loss"),
    ("en", "ＩＨＡＶＥ  ＬＯＳＴ  ＭＹ  ＣＡＲＤ", "lost-card"),
]
FAR_OFF: list[tuple[Lang, str]] = [
    ("zh", "西红柿炒鸡蛋怎么做"),
    ("zh", "谁是美国第一任总统"),
    ("zh", "姚明身高多少"),
    ("zh", "推荐一部科幻小说"),
    ("en", "how do I bake sourdough bread"),
    ("en", "who wrote war and peace"),
    ("en", "the cat is sleeping on the sofa"),
    ("en", "how do I change the strings of a guitar"),
]


@pytest.fixture
def database_kind() -> str:
    """Searching does not touch the database."""
    return "sqlite"


@pytest.mark.parametrize(("language", "text", "entry_id"), REWORDED, ids=[case[1] for case in REWORDED])
async def test_the_right_entry_comes_first(published: KnowledgeBase, language: Lang, text: str, entry_id: str) -> None:
    search = await published.search(text, language)
    assert search.language == language
    assert search.candidates[0].entry.id == entry_id


@pytest.mark.parametrize(
    ("language", "written", "plain"),
    [
        ("zh", "信\u200b用卡不\ufeff见了要挂\u2060失", "信用卡不见了要挂失"),
        ("zh", "💳丢了😭😭", "丢了"),
        ("zh", "银行卡丢了怎么办😭？还有😅，开户需要带什么材料？🙏🏽", "银行卡丢了怎么办？还有，开户需要带什么材料？"),
        ("zh", "開戶☎️要帶乜嘢㗎👨\u200d👩\u200d👧", "開戶要帶乜嘢㗎"),
        ("en", "I lost 😱 my car\u00add 💳!", "I lost my card!"),
    ],
)
async def test_pictures_and_what_nobody_sees_change_nothing(
    published: KnowledgeBase, language: Lang, written: str, plain: str
) -> None:
    assert await published.search(written, language) == await published.search(plain, language)


@pytest.mark.parametrize(("language", "text"), [("zh", "😡😡"), ("en", "👍")])
async def test_a_message_of_pictures_alone_finds_something_unlikely(
    published: KnowledgeBase, language: Lang, text: str
) -> None:
    search = await published.search(text, language)
    assert search.confidences[0] < search.thresholds.clarify


@pytest.mark.parametrize(("language", "text", "entry_id"), OTHER_SCRIPTS, ids=[case[1] for case in OTHER_SCRIPTS])
async def test_traditional_and_full_width_text_find_the_same(
    published: KnowledgeBase, language: Lang, text: str, entry_id: str
) -> None:
    assert (await published.search(text, language)).candidates[0].entry.id == entry_id


async def test_traditional_text_is_exactly_its_simplified_form(published: KnowledgeBase) -> None:
    traditional = await published.search("掛失銀行卡", "zh")
    assert traditional == await published.search("挂失银行卡", "zh")


async def test_every_question_finds_its_own_entry_and_is_answered(
    published: KnowledgeBase, bank: list[EntryContent]
) -> None:
    for entry in bank:
        for language, variant in entry.variants.items():
            search = await published.search(variant.question, language)
            assert search.candidates[0].entry.id == entry.id, variant.question
            assert search.candidates[0].confidence >= search.thresholds.answer, variant.question


@pytest.mark.parametrize(("language", "text"), FAR_OFF, ids=[case[1] for case in FAR_OFF])
async def test_what_no_entry_answers_is_not_answered(published: KnowledgeBase, language: Lang, text: str) -> None:
    search = await published.search(text, language)
    assert search.candidates[0].confidence < search.thresholds.answer


async def test_an_entry_that_has_only_the_other_language_is_found(published: KnowledgeBase) -> None:
    """As a candidate at least: the customer is shown the answer in the language it has, or offered it as a choice."""
    asked_in_english = await published.search("what do text message alerts cost per month", "en")
    assert asked_in_english.candidates[0].entry.id == "sms-fee"
    assert asked_in_english.candidates[0].entry.variant_for("en")[0] == "zh"
    asked_in_chinese = await published.search("怎么租银行的保管箱", "zh")
    assert asked_in_chinese.candidates[0].entry.id == "safe-deposit-box"
    assert asked_in_chinese.candidates[0].entry.variant_for("zh")[0] == "en"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *((language, text) for language, text, _ in REWORDED),
        *FAR_OFF,
        ("zh", ""),
        ("en", "?"),
        ("zh", "😀"),
        ("en", "\ud83d"),
    ],
)
async def test_candidates_are_ordered_distinct_and_probable(
    published: KnowledgeBase, language: Lang, text: str
) -> None:
    candidates = (await published.search(text, language)).candidates
    confidences = [candidate.confidence for candidate in candidates]
    assert 3 <= len(candidates) <= 8
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert sum(confidences) <= 1 + len(confidences) * 1e-9 or confidences[0] > confidences[1]
    assert len({candidate.entry.id for candidate in candidates}) == len(candidates)


async def test_the_same_question_finds_the_same_twice(published: KnowledgeBase) -> None:
    assert await published.search("卡找不到了", "zh") == await published.search("卡找不到了", "zh")


async def test_a_knowledge_base_of_one_entry_answers_it_and_nothing_else(knowledge_base, bank) -> None:
    knowledge = knowledge_base()
    await knowledge.load(bank[:1])
    found = await knowledge.search("我的卡丢了怎么办", "zh")
    assert [candidate.entry.id for candidate in found.candidates] == ["lost-card"]
    assert found.candidates[0].confidence >= found.thresholds.answer
    assert (await knowledge.search("推荐一部科幻小说", "zh")).candidates[0].confidence < found.thresholds.clarify


async def test_a_knowledge_base_in_one_language_is_found_in_the_other(knowledge_base, bank) -> None:
    english = [
        entry.model_copy(update={"variants": {"en": entry.variants["en"]}}) for entry in bank if "en" in entry.variants
    ]
    knowledge = knowledge_base()
    await knowledge.load(english)
    assert (await knowledge.search("我的银行卡丢了", "zh")).candidates[0].entry.id == "lost-card"
    assert (await knowledge.search("房贷能不能提前还", "zh")).candidates[0].entry.id == "repay-mortgage-early"


async def test_before_the_first_release_searching_says_so(knowledge_base) -> None:
    knowledge = knowledge_base()
    await knowledge.refresh()
    with pytest.raises(Unavailable, match="publish a release first") as failure:
        await knowledge.search("卡丢了", "zh")
    assert failure.value.code == "knowledge_base_empty"
    assert knowledge.release_id is None
    assert knowledge.featured(3) == []


async def test_without_an_encoder_searching_is_unavailable_and_editing_works(knowledge_base, bank, write) -> None:
    knowledge = knowledge_base(encoder=None)
    assert await knowledge.load(bank) is not None
    with pytest.raises(EncoderUnavailable):
        await knowledge.search("卡丢了", "zh")
    await write(knowledge, bank[0])
    assert await knowledge.editing.publish("reviewer", "") is not None


def test_a_live_entry_is_known_by_its_id(published: KnowledgeBase, bank: list[EntryContent]) -> None:
    assert published.entry("lost-card") == bank[0]
    with pytest.raises(NotFound) as failure:
        published.entry("lost-cart")
    assert failure.value.code == "entry_not_found"


def test_featured_entries_are_bounded(published: KnowledgeBase) -> None:
    assert [entry.id for entry in published.featured(9)] == ["lost-card", "transfer-limit"]
    assert [entry.id for entry in published.featured(1)] == ["lost-card"]
