"""Where a message holds two questions, and when both are believed."""

import pytest

from kb.confidence import Thresholds
from kb.content import EntryContent, Lang, Variant
from kb.search import Candidate
from kb.splitting import MOST_SPLITS, halves, two_questions

BARS = Thresholds(answer=0.7, clarify=0.2)


def found(entry_id: str, confidence: float) -> Candidate:
    return Candidate(EntryContent(id=entry_id, scenario="x", variants={"zh": Variant(question=entry_id)}), confidence)


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("卡丢了怎么挂失，还有补卡要多少钱", "zh", ("卡丢了怎么挂失", "补卡要多少钱")),
        ("年费怎么免？额度能提吗", "zh", ("年费怎么免", "额度能提吗")),
        ("how do I block my card and also get a new one", "en", ("how do I block my card", "get a new one")),
        ("What is the fee? How long does it take?", "en", ("What is the fee", "How long does it take?")),
    ],
)
def test_a_message_is_cut_where_something_new_begins(text: str, language: Lang, first: tuple[str, str]) -> None:
    assert halves(text, language)[0] == first


@pytest.mark.parametrize(
    ("text", "language"), [("信用卡年费", "zh"), ("my card", "en"), ("", "zh"), ("好的，谢", "zh")]
)
def test_a_message_in_one_piece_is_not_cut(text: str, language: Lang) -> None:
    assert halves(text, language) == []


def test_a_comma_alone_is_no_strong_sign() -> None:
    text = "我在外地工作，怎么开一个账户"
    assert halves(text, "zh") == [("我在外地工作", "怎么开一个账户")]
    assert halves(text, "zh", strongly=True) == []


def test_a_long_list_is_not_cut_for_ever() -> None:
    assert len(halves("，".join(["怎么开一个账户"] * 12), "zh")) == MOST_SPLITS


def test_two_sure_halves_on_different_entries_are_two_questions() -> None:
    pair = (found("loss", 0.9), found("fee", 0.8))
    assert two_questions([pair], BARS) == pair


@pytest.mark.parametrize(
    "pair",
    [
        (found("loss", 0.9), found("loss", 0.9)),
        (found("loss", 0.9), found("fee", 0.5)),
        (found("loss", 0.1), found("fee", 0.9)),
    ],
    ids=["one entry", "second unsure", "first unsure"],
)
def test_anything_else_is_one_question(pair: tuple[Candidate, Candidate]) -> None:
    assert two_questions([pair], BARS) == ()


def test_the_cut_whose_weaker_half_is_surest_wins() -> None:
    weak, strong = (found("a", 0.99), found("b", 0.71)), (found("c", 0.8), found("d", 0.8))
    assert two_questions([weak, strong], BARS) == strong
