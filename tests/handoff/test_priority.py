"""Who comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.policy import Reason
from handoff.priority import HEAD_STARTS, CustomerClass, Priority, parse_head_starts, priority_of, queue_since
from kit.settings import Settings

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "customer", "priority"),
    [
        (Reason.DISTRESS, CustomerClass.STANDARD, Priority.VULNERABLE),
        (Reason.VULNERABLE_CUSTOMER, CustomerClass.VIP, Priority.VULNERABLE),
        (Reason.COMPLAINT, CustomerClass.ELDER, Priority.ELDER),
        (Reason.COMPLAINT, CustomerClass.VIP, Priority.COMPLAINT),
        (Reason.ASKED_FOR_HUMAN, CustomerClass.VIP, Priority.VIP),
        (Reason.NO_ENTRY, CustomerClass.STANDARD, Priority.STANDARD),
    ],
)
def test_a_conversation_is_in_the_higher_of_its_classes(reason, customer, priority) -> None:
    assert priority_of(reason, customer) == priority


def test_at_the_same_moment_the_higher_class_comes_first() -> None:
    order = sorted(Priority, key=lambda priority: queue_since(NOON, priority))
    assert order == [Priority.VULNERABLE, Priority.ELDER, Priority.COMPLAINT, Priority.VIP, Priority.STANDARD]


@given(first=st.integers(0, 10_000), second=st.integers(0, 10_000), priority=st.sampled_from(Priority))
def test_within_a_class_the_longest_waiting_comes_first(first: int, second: int, priority: Priority) -> None:
    one, other = (queue_since(NOON + timedelta(seconds=each), priority) for each in (first, second))
    assert (one < other) == (first < second)


@given(ahead=st.sampled_from(Priority), waited=st.sampled_from(Priority), minutes=st.floats(0, 600))
def test_nobody_is_overtaken_by_one_who_comes_later_than_the_head_start(ahead, waited, minutes) -> None:
    later = queue_since(NOON + timedelta(minutes=minutes), ahead)
    overtaken = later < queue_since(NOON, waited)
    assert not overtaken or timedelta(minutes=minutes) < HEAD_STARTS[ahead] - HEAD_STARTS[waited]


def test_the_setting_s_default_is_the_rules_own() -> None:
    assert parse_head_starts(Settings(_env_file=None).queue_head_starts) == HEAD_STARTS


@pytest.mark.parametrize("text", ["vulnerable", "royal=5", "vip=many", "vip=20,elder=15"])
def test_a_setting_that_makes_no_sense_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="BILIN_QUEUE_HEAD_STARTS"):
        parse_head_starts(text)
