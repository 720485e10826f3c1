"""A message cut into its sentences, and what a request in one of them makes of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.clauses import MOST_SENTENCES, sentences_of, with_sentences
from handoff.facts import TurnSignals

CUT = {
    "转人工！": [],
    "卡丢了": [],
    "": [],
    "？！。": [],
    "定期利率多少？算了，叫你们的人来": ["定期利率多少", "算了，叫你们的人来"],
    "你好。我想问下\n年费": ["你好", "我想问下", "年费"],
    "Is there a fee? Never mind, get me somebody.": ["Is there a fee", "Never mind, get me somebody."],
    "It costs 3.50 at www.example.com": [],
    "A fee of 3.50. Why": ["A fee of 3.50", "Why"],
    "ok... so what now": ["ok..", "so what now"],
}


@pytest.mark.parametrize(("text", "sentences"), CUT.items())
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


def test_of_a_long_message_its_beginning_and_its_end_are_read() -> None:
    sentences = sentences_of("".join(f"第{number}句话。" for number in range(100)))
    assert sentences[0] == "第0句话"
    assert sentences[-1] == "第99句话"
    assert len(sentences) == MOST_SENTENCES


@given(st.text())
def test_every_sentence_stands_in_the_message(text: str) -> None:
    assert all(sentence in text and sentence.strip() for sentence in sentences_of(text))


class TestRequests:
    QUIET = TurnSignals(asked=0.1, anger=0.2, distress=0.3, needs_person=0.2)
    PLAIN = TurnSignals(asked=0.9, anger=0.8, distress=0.7, needs_person=0.8)

    def test_one_in_a_sentence_counts_for_the_message_and_nothing_else_does(self) -> None:
        read = with_sentences(self.QUIET, [self.QUIET, self.PLAIN])
        assert read == TurnSignals(asked=0.9, anger=0.2, distress=0.3, needs_person=0.8)

    def test_a_message_that_asks_more_plainly_as_a_whole_stays_as_it_is(self) -> None:
        assert with_sentences(self.PLAIN, [self.QUIET, self.QUIET]) == self.PLAIN

    def test_a_sentence_takes_no_need_away(self) -> None:
        whole = TurnSignals(asked=0.5, needs_person=0.9)
        assert with_sentences(whole, [TurnSignals(asked=0.6, needs_person=0.4)]).needs_person == 0.9

    def test_where_the_need_was_not_read_it_stays_unread(self) -> None:
        assert with_sentences(TurnSignals(), [TurnSignals(asked=0.5)]).needs_person is None

    def test_without_sentences_nothing_changes(self) -> None:
        assert with_sentences(self.QUIET, []) == self.QUIET


class TestDangers:
    CALM = TurnSignals(distress=0.3, fraud=0.2, needs_person=0.3)

    def test_one_that_a_sentence_names_beyond_doubt_counts_for_the_message(self) -> None:
        danger = TurnSignals(distress=0.9, self_harm=0.8, anger=0.9, needs_person=0.95)
        read = with_sentences(self.CALM, [self.CALM, danger])
        assert read == TurnSignals(distress=0.9, fraud=0.2, self_harm=0.8, needs_person=0.95)

    @pytest.mark.parametrize(
        "doubtful",
        [TurnSignals(distress=0.79, fraud=1.0), TurnSignals(distress=1.0, fraud=0.69), TurnSignals(distress=1.0)],
    )
    def test_one_that_is_doubtful_waits_for_what_the_whole_says(self, doubtful: TurnSignals) -> None:
        assert with_sentences(self.CALM, [doubtful, self.CALM]) == self.CALM
