"""What a stored conversation is to the metrics, by a clock that the test holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evaluation.traffic.facts import OwnerChanged, StoredConversation, StoredMessage, measured

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = START + timedelta(days=10)


def said(sender: str, minutes: float, turn: dict[str, Any] | None = None, helpful: bool | None = None) -> StoredMessage:
    return StoredMessage(sender, "text", START + timedelta(minutes=minutes), turn or {}, helpful)


def answered(minutes: float, entry: str = "card") -> StoredMessage:
    turn = {"outcome": "answer", "language": "yue", "candidates": [{"entry_id": entry}]}
    return said("customer", minutes, turn)


def stored(*messages: StoredMessage, changes: tuple[OwnerChanged, ...] = ()) -> StoredConversation:
    return StoredConversation("c", "zh", START, messages, changes)


def owner(to: str, minutes: float, reason: str | None = None) -> OwnerChanged:
    return OwnerChanged(to, reason, START + timedelta(minutes=minutes))


def test_a_question_that_was_answered() -> None:
    found = measured(stored(answered(0), said("bot", 0.05, helpful=True)), LATER)
    assert (found.engaged, found.answered, found.contained, found.confirmed_resolved) == (True, True, True, True)
    assert (found.language, found.first_response_seconds) == ("yue", 3.0)
    assert (found.needs_human, found.last_answer_right) == (None, None)


@pytest.mark.parametrize("messages", [(), (said("customer", 0, {"language": "en"}), said("bot", 1)), (said("bot", 0),)])
def test_a_greeting_engages_nobody(messages: tuple[StoredMessage, ...]) -> None:
    assert measured(stored(*messages), LATER).engaged is False


def test_a_handoff_with_its_times() -> None:
    changes = (owner("waiting", 1, "asked_for_human"), owner("agent", 3), owner("closed", 13))
    found = measured(stored(said("customer", 0), said("agent", 4), changes=changes), LATER)
    assert (found.engaged, found.handed_off, found.human_joined, found.asked_for_human) == (True, True, True, True)
    assert (found.wait_seconds, found.handle_seconds, found.first_response_seconds) == (120.0, 600.0, 240.0)


def test_who_gave_up_in_the_queue_is_not_contained() -> None:
    changes = (owner("waiting", 1, "no_entry"), owner("bot", 3))
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


def test_the_last_word_counts_and_a_bad_one_is_not_forgotten() -> None:
    found = measured(stored(answered(0), said("bot", 1, helpful=False), said("bot", 2, helpful=True)), LATER)
    assert (found.negative_rating, found.confirmed_resolved) == (True, True)
