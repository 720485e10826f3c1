"""What a stored conversation is to the metrics, by a clock that the test holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evaluation.metrics.containment_without_callback import containment_without_callback
from evaluation.metrics.conversations import Rating
from evaluation.metrics.verified_resolution import verified_resolution
from evaluation.traffic.facts import StoredConversation, StoredMessage, measured
from handoff.records import Change

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = START + timedelta(days=10)


def said(sender: str, minutes: float, turn: dict[str, Any] | None = None, helpful: bool | None = None) -> StoredMessage:
    return StoredMessage(sender, "text", START + timedelta(minutes=minutes), turn or {}, helpful)


def answered(minutes: float, entry: str = "card") -> StoredMessage:
    turn = {"outcome": "answer", "language": "yue", "candidates": [{"entry_id": entry}]}
    return said("customer", minutes, turn)


def stored(*messages: StoredMessage, changes: tuple[Change, ...] = (), **more: Any) -> StoredConversation:
    return StoredConversation("c", "zh", START, messages, changes, **more)


def owners(*moves: tuple[str, float], reason: str | None = None) -> tuple[Change, ...]:
    """Changes of owner, each from the one before it and with its minute; the reason is the first one's."""
    path = ["bot", *(to for to, _ in moves)]
    return tuple(
        Change(path[number], to, START + timedelta(minutes=minutes), None if number else reason)
        for number, (to, minutes) in enumerate(moves)
    )


def test_a_question_that_was_answered() -> None:
    found = measured(stored(answered(0), said("bot", 0.05, helpful=True)), LATER)
    assert (found.engaged, found.answered, found.contained, found.confirmed_resolved) == (True, True, True, True)
    assert (found.language, found.first_response_seconds) == ("yue", 3.0)
    assert (found.needs_human, found.last_answer_right) == (None, None)


@pytest.mark.parametrize("messages", [(), (said("customer", 0, {"language": "en"}), said("bot", 1)), (said("bot", 0),)])
def test_a_greeting_engages_nobody(messages: tuple[StoredMessage, ...]) -> None:
    assert measured(stored(*messages), LATER).engaged is False


def test_a_handoff_with_its_times() -> None:
    changes = owners(("waiting", 1), ("agent", 3), ("closed", 13), reason="asked_for_human")
    found = measured(stored(said("customer", 0), said("agent", 4), changes=changes), LATER)
    assert (found.engaged, found.handed_off, found.human_joined, found.asked_for_human) == (True, True, True, True)
    assert (found.wait_seconds, found.handle_seconds, found.first_response_seconds) == (120.0, 600.0, 240.0)


@pytest.mark.parametrize(
    ("moves", "wait", "handle"),
    [
        ([("agent", 1), ("bot", 3), ("waiting", 60), ("agent", 62), ("closed", 65)], 120.0, 300.0),
        ([("waiting", 1), ("bot", 5), ("waiting", 60), ("agent", 61), ("closed", 70)], 60.0, 540.0),
        ([("waiting", 1), ("agent", 2), ("waiting", 4), ("agent", 9), ("closed", 10)], 60.0, 180.0),
        ([("waiting", 1), ("agent", 2)], 60.0, None),
        ([("agent", 1), ("closed", 2)], None, 60.0),
    ],
    ids=["stepped in before", "gave up before", "two agents", "not over", "never waited"],
)
def test_a_wait_is_that_of_a_handoff_and_the_handle_time_is_all_that_people_had_it(
    moves: list[tuple[str, float]], wait: float | None, handle: float | None
) -> None:
    found = measured(stored(said("customer", 0), changes=owners(*moves)), LATER)
    assert (found.wait_seconds, found.handle_seconds) == (wait, handle)


def test_who_gave_up_in_the_queue_is_not_contained() -> None:
    changes = owners(("waiting", 1), ("bot", 3), reason="no_entry")
    found = measured(stored(said("customer", 0), changes=changes), LATER)
    assert (found.handed_off, found.human_joined, found.contained) == (True, False, False)


@pytest.mark.parametrize(
    ("hours", "entry", "same_topic", "within_a_day"),
    [
        (0.5, "card", False, False),
        (2, "card", True, True),
        (2, "loan", False, True),
        (48, "card", True, False),
        (100, "card", False, False),
    ],
)
def test_who_comes_back(hours: float, entry: str, same_topic: bool, within_a_day: bool) -> None:
    found = measured(stored(answered(0), answered(60 * hours, entry)), LATER + timedelta(days=10))
    assert (found.returned_same_topic_within_72h, found.returned_within_24h) == (same_topic, within_a_day)


def test_while_there_is_time_nobody_knows() -> None:
    found = measured(stored(answered(0)), START + timedelta(hours=30))
    assert (found.returned_same_topic_within_72h, found.returned_within_24h) == (None, False)


@pytest.mark.parametrize("elsewhere", [True, False])
@pytest.mark.parametrize(
    ("hours", "same_topic", "within_a_day"),
    [(23.9, None, None), (24, None, True), (71.9, None, True), (72, True, True)],
)
def test_who_is_back_already_is_known_no_sooner_than_who_is_not(
    hours: float, same_topic: bool | None, within_a_day: bool | None, elsewhere: bool
) -> None:
    back = answered(120)
    found = stored(answered(0), elsewhere=(back,)) if elsewhere else stored(answered(0), back)
    facts = measured(found, START + timedelta(hours=hours))
    assert (facts.returned_same_topic_within_72h, facts.returned_within_24h) == (same_topic, within_a_day)


def test_a_period_that_ends_today_is_not_worse_for_it() -> None:
    """Every day ten conversations, of which two come back after an hour or two."""
    facts = []
    for day in range(10):
        for number in range(10):
            at = 24 * 60 * day + 60 + number
            again = (answered(at + 90),) if number < 2 else ()
            facts.append(measured(stored(answered(at), elsewhere=again), START + timedelta(days=10)))
    resolved, contained = verified_resolution(facts).resolved, containment_without_callback(facts)
    assert (resolved.value, resolved.n) == (0.8, 70)
    assert (contained.value, contained.n) == (0.8, 90)


def test_the_last_word_counts_and_a_bad_one_is_not_forgotten() -> None:
    found = measured(stored(answered(0), said("bot", 1, helpful=False), said("bot", 2, helpful=True)), LATER)
    assert (found.negative_rating, found.confirmed_resolved) == (True, True)


@pytest.mark.parametrize(
    ("minutes", "entry", "same_topic", "within_a_day"),
    [
        (10, "card", True, True),
        (10, "loan", False, True),
        (60 * 48, "card", True, False),
        (60 * 100, "card", False, False),
    ],
)
def test_who_comes_back_with_a_new_conversation(
    minutes: float, entry: str, same_topic: bool, within_a_day: bool
) -> None:
    found = measured(stored(answered(0), elsewhere=(answered(minutes, entry),)), LATER + timedelta(days=10))
    assert (found.returned_same_topic_within_72h, found.returned_within_24h) == (same_topic, within_a_day)


def test_what_was_written_elsewhere_before_is_no_return() -> None:
    found = measured(stored(answered(0), elsewhere=(answered(-10),)), LATER)
    assert (found.returned_same_topic_within_72h, found.returned_within_24h) == (False, False)


def test_a_topic_comes_back_whatever_was_asked_in_between() -> None:
    found = measured(stored(answered(0, "card"), answered(1, "loan"), answered(120, "card")), LATER)
    assert found.returned_same_topic_within_72h is True


@pytest.mark.parametrize(
    ("rating", "negative"),
    [(Rating("bot", 2), True), (Rating("bot", 3), False), (Rating("human", 1), False)],
)
def test_a_low_rating_of_the_bot_is_a_negative_one(rating: Rating, negative: bool) -> None:
    found = measured(stored(answered(0), ratings=(rating,)), LATER)
    assert (found.negative_rating, found.ratings) == (negative, (rating,))


@pytest.mark.parametrize(
    ("turn", "reason", "slice_"),
    [
        ({"emotion": "angry"}, None, "emotion"),
        ({"outcome": "decline"}, None, "out_of_scope"),
        ({}, "no_entry", "out_of_scope"),
        ({"language": "yue"}, None, "dialect"),
        ({"language": "en", "emotion": "neutral"}, None, "plain"),
    ],
)
def test_the_slice_is_what_the_bot_noticed(turn: dict[str, Any], reason: str | None, slice_: str) -> None:
    changes = owners(("waiting", 1), reason=reason) if reason else ()
    assert measured(stored(said("customer", 0, turn), changes=changes), LATER).slice == slice_


def test_the_scenario_is_that_of_what_was_asked_or_else_the_desks() -> None:
    scenarios = {"card": "lost_cards", "loan": "mortgages"}
    asked = stored(said("customer", 0), answered(1, "withdrawn"), answered(2, "loan"), scenario="complaints")
    assert measured(asked, LATER, scenarios).scenario == "mortgages"
    assert measured(stored(said("customer", 0), scenario="complaints"), LATER, scenarios).scenario == "complaints"
