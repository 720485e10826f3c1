"""Where a message holds two questions, and when both are believed."""

from dataclasses import replace

import pytest

from kb.confidence import Thresholds
from kb.content import EntryContent, Lang, Variant
from kb.search import Candidate
from kb.splitting import ADDED, ENDED, MOST_CUTS, Cut, credible, cuts, second_question, two_questions

BARS = Thresholds(answer=0.7, clarify=0.2)
COMMA = 2


def found(entry_id: str, confidence: float) -> Candidate:
    return Candidate(EntryContent(id=entry_id, scenario="x", variants={"zh": Variant(question=entry_id)}), confidence)


def halved(
    sign: int, first: Candidate, second: Candidate, *, both_ask: bool = True
) -> tuple[Cut, Candidate, Candidate]:
    return (Cut("left", "right", sign, both_ask), first, second)


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("卡丢了怎么挂失，还有补卡要多少钱", "zh", Cut("卡丢了怎么挂失", "补卡要多少钱", ADDED)),
        ("年费怎么免？额度能提吗", "zh", Cut("年费怎么免", "额度能提吗", ENDED)),
        ("我想查投诉的进度，还想表扬一位柜员", "zh", Cut("我想查投诉的进度", "表扬一位柜员", ADDED)),
        ("how do I block my card and also get a new one", "en", Cut("how do I block my card", "get a new one", ADDED)),
        ("What is the fee? How long does it take?", "en", Cut("What is the fee", "How long does it take?", ENDED)),
        ("how do I block it and what is the fee", "en", Cut("how do I block it", "what is the fee", COMMA)),
    ],
)
def test_a_message_is_cut_where_something_new_begins(text: str, language: Lang, first: Cut) -> None:
    assert replace(cuts(text, language)[0], both_ask=True) == first


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("年费怎么免，额度能不能提", "zh"),
        ("What is the fee, and how long does it take", "en"),
        ("are you open on Sundays and can I book", "en"),
    ],
)
def test_around_a_comma_both_halves_ask(text: str, language: Lang) -> None:
    assert [cut.both_ask for cut in credible(cuts(text, language), is_sure=True)] == [True]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("公司换了法人，要带什么来", "zh"),
        ("我想买理财，要不要先做测评", "zh"),
        ("block my card and send a new one", "en"),
    ],
)
def test_a_half_that_only_tells_is_not_worth_a_look(text: str, language: Lang) -> None:
    assert credible(cuts(text, language), is_sure=False) == []


def test_a_sentence_that_only_tells_is_worth_a_look_where_the_message_has_no_sure_answer() -> None:
    text = "My card is missing. May I get a new one"
    assert credible(cuts(text, "en"), is_sure=True) == []
    assert [(cut.sign, cut.both_ask) for cut in credible(cuts(text, "en"), is_sure=False)] == [(ENDED, False)]


def test_half_a_year_left_is_no_also() -> None:
    """还有 is "also", and "there is still"."""
    assert credible(cuts("理财还有半年才到期，能拿出来吗", "zh"), is_sure=True) == []


@pytest.mark.parametrize(
    ("text", "language"), [("信用卡年费", "zh"), ("my card", "en"), ("", "zh"), ("好的，谢", "zh")]
)
def test_a_message_in_one_piece_is_not_cut(text: str, language: Lang) -> None:
    assert credible(cuts(text, language), is_sure=False) == []


def test_the_surest_sign_is_tried_first() -> None:
    text = "你们几点开门，怎么挂失？另外补卡要多少钱"
    assert [cut.sign for cut in credible(cuts(text, "zh"), is_sure=True)] == [ADDED, COMMA]


def test_a_long_list_is_not_cut_for_ever() -> None:
    assert len(credible(cuts("，".join(["怎么开一个账户"] * 12), "zh"), is_sure=True)) == MOST_CUTS


LOSS, FEE = found("loss", 0.9), found("fee", 0.8)
PERHAPS = found("fee", 0.4)


@pytest.mark.parametrize("sign", [ADDED, ENDED])
def test_two_sure_halves_on_different_entries_are_two_questions(sign: int) -> None:
    assert two_questions([found("loss", 0.4)], [halved(sign, LOSS, FEE)], BARS) == (LOSS, FEE)


def test_what_follows_also_is_a_question_however_sure_the_whole_message_is() -> None:
    assert two_questions([found("loss", 0.99)], [halved(ADDED, LOSS, FEE)], BARS) == (LOSS, FEE)


@pytest.mark.parametrize("sign", [ENDED, COMMA])
def test_after_a_sure_answer_the_whole_message_must_find_both(sign: int) -> None:
    assert two_questions([LOSS, found("other", 0.1)], [halved(sign, LOSS, FEE)], BARS) == ()
    assert two_questions([LOSS, found("fee", 0.01)], [halved(sign, LOSS, FEE)], BARS) == (LOSS, FEE)


def test_around_a_comma_the_whole_message_must_find_both_unless_each_is_surer() -> None:
    whole = [found("loss", 0.5), found("other", 0.1)]
    assert two_questions(whole, [halved(COMMA, LOSS, PERHAPS)], BARS) == ()
    assert two_questions([*whole, found("fee", 0.01)], [halved(COMMA, LOSS, PERHAPS)], BARS) == (LOSS, PERHAPS)
    assert two_questions(whole, [halved(COMMA, LOSS, FEE)], BARS) == (LOSS, FEE)


def test_where_one_half_is_less_sure_both_are_offered() -> None:
    assert two_questions([found("loss", 0.5)], [halved(ENDED, LOSS, PERHAPS)], BARS) == (LOSS, PERHAPS)


def test_where_a_half_only_tells_there_is_one_question() -> None:
    whole = [LOSS, found("fee", 0.1)]
    assert two_questions(whole, [halved(COMMA, LOSS, FEE, both_ask=False)], BARS) == ()
    assert two_questions(whole, [halved(ADDED, LOSS, FEE, both_ask=False)], BARS) == (LOSS, FEE)


def test_a_sure_answer_is_one_of_the_two_or_stays_alone() -> None:
    whole = [found("theft", 0.9), found("loss", 0.1), found("fee", 0.1)]
    assert two_questions(whole, [halved(COMMA, LOSS, FEE)], BARS) == ()
    assert two_questions([found("theft", 0.5), *whole[1:]], [halved(COMMA, LOSS, FEE)], BARS) == (LOSS, FEE)


@pytest.mark.parametrize(
    ("first", "second"),
    [(LOSS, LOSS), (LOSS, found("fee", 0.1)), (found("loss", 0.1), FEE)],
    ids=["one entry", "second unlikely", "first unlikely"],
)
def test_anything_else_is_one_question(first: Candidate, second: Candidate) -> None:
    assert two_questions([found("loss", 0.5)], [halved(ADDED, first, second)], BARS) == ()


def test_the_cut_whose_weaker_half_is_surest_wins() -> None:
    weak, strong = (found("a", 0.99), found("b", 0.71)), (found("c", 0.8), found("d", 0.8))
    assert two_questions([], [halved(ADDED, *weak), halved(ADDED, *strong)], BARS) == strong


def test_two_to_answer_go_before_two_to_offer() -> None:
    offered = halved(ADDED, found("a", 0.69), found("b", 0.69))
    assert two_questions([], [offered, halved(ENDED, LOSS, FEE)], BARS) == (LOSS, FEE)


def test_two_halves_that_are_surer_than_the_whole_message_are_two_questions_though_it_finds_neither() -> None:
    assert two_questions([found("other", 0.3)], [halved(COMMA, LOSS, PERHAPS)], BARS) == (LOSS, PERHAPS)
    assert two_questions([found("other", 0.6)], [halved(COMMA, LOSS, PERHAPS)], BARS) == ()
    assert two_questions([found("other", 0.75)], [halved(COMMA, LOSS, FEE)], BARS) == ()


def test_besides_a_sure_answer_the_likeliest_other_entry_is_offered() -> None:
    assert second_question([LOSS, found("new", 0.1)], [LOSS, PERHAPS]) == PERHAPS
    assert second_question([LOSS, found("new", 0.5)], [LOSS, PERHAPS]) == found("new", 0.5)
    assert second_question([LOSS, found("new", 0.2)], []) == found("new", 0.2)


def test_nothing_is_offered_besides_that_is_hardly_likely_or_the_answer_itself() -> None:
    assert second_question([LOSS, found("new", 0.09)], [LOSS, found("fee", 0.05)]) is None
    assert second_question([LOSS], [LOSS, LOSS]) is None
