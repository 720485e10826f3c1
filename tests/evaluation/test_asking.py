"""A search is judged by what the customer is told of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chat.answering import LONGEST_TOPIC
from evaluation.asking import Told, followed, told
from evaluation.metrics.answering import Answered, FaqOutcome
from evaluation.metrics.clarification_success import clarification_success
from kb.context import Earlier
from kb.finding import Search

Found = Callable[..., Search]


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ({"a": 0.9, "b": 0.05}, Told(("a",), (), 0.9)),
        ({"a": 0.6, "b": 0.4}, Told(("a",), (), 0.6)),
        ({"a": 0.59, "b": 0.3, "c": 0.2, "d": 0.1}, Told((), ("a", "b", "c"), 0.59)),
        ({"a": 0.5, "b": 0.3, "c": 0.01}, Told((), ("a", "b"), 0.5)),
        ({"a": 0.19, "b": 0.1}, Told((), (), 0.19)),
    ],
)
def test_an_answer_or_choices_or_nothing(candidates: dict[str, float], expected: Told, found: Found) -> None:
    assert told(found(**candidates)) == expected


def test_two_questions_get_two_answers_as_sure_as_the_less_sure_one(found: Found) -> None:
    search = found(questions=[("b", 0.9), ("c", 0.7)], a=0.4, b=0.3)
    assert told(search) == Told(("b", "c"), (), 0.7)


def test_what_is_offered_beneath_an_answer_is_no_clarification(found: Found) -> None:
    beside = replace(found(a=0.9, b=0.05), besides=found(b=0.05).candidates[0])
    outcomes = [
        FaqOutcome(Answered(given.confidence, bool(given.answered), True, True), ("a", "b"), "a", given.offered, True)
        for given in (told(beside), told(found(a=0.5, b=0.3)))
    ]
    assert [one.offered for one in outcomes] == [("b",), ("a", "b")]
    assert clarification_success(outcomes).individual == (None, 1.0)


def test_the_customer_sees_answers_and_choices() -> None:
    assert Told(("a", "b"), (), 0.9).shown == {"a", "b"}
    assert Told((), ("c", "d"), 0.3).shown == {"c", "d"}


EARLIER = Earlier("开卡要钱吗", "open-card")


class TestWhatTheNextTurnFollows:
    def test_a_turn_that_stands_alone_is_its_own_topic(self, found: Found) -> None:
        search = found(a=0.9)
        assert followed("年费多少", "zh", EARLIER, search) == Earlier("年费多少", "a")

    def test_a_turn_that_was_understood_in_context_takes_its_context_along(self, found: Found) -> None:
        search = found(a=0.9, in_context=True)
        assert followed("那年费呢", "zh", EARLIER, search) == Earlier("开卡要钱吗，那年费呢", "a")

    def test_what_was_not_answered_is_not_taken_for_known(self, found: Found) -> None:
        assert followed("年费多少", "zh", None, found(a=0.5, b=0.3)) == Earlier("年费多少", None)

    def test_after_two_answers_the_first_one_counts(self, found: Found) -> None:
        search = found(questions=[("b", 0.9), ("c", 0.7)], a=0.4)
        assert followed("挂失，还有补卡", "zh", None, search).entry_id == "b"

    def test_a_long_topic_keeps_its_end(self, found: Found) -> None:
        topic = followed("那年费呢", "zh", Earlier("长" * 300), found(a=0.9, in_context=True)).text
        assert (len(topic), topic[-4:]) == (LONGEST_TOPIC, "那年费呢")
