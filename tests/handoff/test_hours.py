"""Opening hours and holidays in a team's own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.hours import Schedule, after_open_time, is_open, next_opening, parse_periods, parse_week

OFFICE = Schedule("Asia/Shanghai", parse_week({"mon-fri": ["09:00-12:00", "13:30-18:00"]}), {date(2026, 10, 1): ()})
WORKED_SATURDAY = {date(2026, 10, 10): parse_periods(["09:00-12:00"])}


def shanghai(day: int, hour: int, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("at", "there"),
    [
        (shanghai(28, 9), True),  # a Monday
        (shanghai(28, 8, 59), False),
        (shanghai(28, 12), False),
        (shanghai(28, 13, 30), True),
        (shanghai(28, 17, 59), True),
        (shanghai(28, 18), False),
        (shanghai(27, 10), False),  # a Sunday
        (shanghai(1, 10, month=10), False),  # a holiday
    ],
)
def test_a_team_is_there_in_its_hours_and_not_on_holidays(at: datetime, there: bool) -> None:
    assert is_open(OFFICE, at) is there


def test_a_date_can_have_hours_of_its_own() -> None:
    schedule = Schedule(OFFICE.time_zone, OFFICE.week, WORKED_SATURDAY)
    assert is_open(schedule, shanghai(10, 10, month=10))
    assert not is_open(schedule, shanghai(10, 14, month=10))


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (shanghai(28, 7), shanghai(28, 9)),
        (shanghai(28, 12, 30), shanghai(28, 13, 30)),
        (shanghai(25, 19), shanghai(28, 9)),  # Friday evening, over the week-end
        (shanghai(30, 19), shanghai(2, 9, month=10)),  # over a holiday
        (shanghai(28, 10), shanghai(28, 10)),  # now
    ],
)
def test_the_next_opening(at: datetime, opening: datetime) -> None:
    assert next_opening(OFFICE, at) == opening


def test_a_team_that_never_opens_promises_nothing() -> None:
    never = Schedule("UTC", ((),) * 7)
    assert next_opening(never, shanghai(1, 1)) is None
    assert after_open_time(never, shanghai(1, 1), 1) is None


@pytest.mark.parametrize(
    ("at", "hours", "by"),
    [
        (shanghai(28, 9), 2, shanghai(28, 11)),
        (shanghai(28, 11), 2, shanghai(28, 14, 30)),  # over lunch
        (shanghai(25, 17), 4, shanghai(28, 12)),  # over the week-end
        (shanghai(26, 3), 4, shanghai(28, 14, 30)),
    ],
)
def test_a_promise_counts_open_time_only(at: datetime, hours: float, by: datetime) -> None:
    assert after_open_time(OFFICE, at, hours) == by


def test_summer_time_moves_the_opening_in_utc() -> None:
    london = Schedule("Europe/London", parse_week({"mon-sun": ["09:00-17:00"]}))
    assert is_open(london, datetime(2026, 1, 5, 9, tzinfo=UTC))
    assert is_open(london, datetime(2026, 7, 6, 8, tzinfo=UTC))
    assert not is_open(london, datetime(2026, 1, 5, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    "texts", [["9-17"], ["18:00-09:00"], ["09:00-25:00"], ["09:60-10:00"], ["09:00-12:00", "11:00-13:00"]]
)
def test_hours_that_make_no_sense_are_refused(texts: list[str]) -> None:
    with pytest.raises(ValueError):
        parse_periods(texts)


@pytest.mark.parametrize("name", ["monday", "fri-mon", "", "mon-"])
def test_days_that_do_not_exist_are_refused(name: str) -> None:
    with pytest.raises(ValueError):
        parse_week({name: ["09:00-17:00"]}) if name != "mon-" else parse_week({"mon-x": []})


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    hours=st.floats(0.1, 30),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York"]),
)
def test_a_team_is_open_at_its_next_opening_and_a_promise_lies_after_it(minutes: int, hours: float, zone: str) -> None:
    schedule = Schedule(zone, OFFICE.week, OFFICE.exceptions)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = next_opening(schedule, at)
    promise = after_open_time(schedule, at, hours)
    assert opening is not None
    assert promise is not None
    assert opening >= at
    assert is_open(schedule, opening)
    assert promise >= opening + timedelta(hours=hours) or is_open(schedule, at)
    assert promise >= at + timedelta(hours=hours)
