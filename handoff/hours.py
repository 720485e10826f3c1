"""When a team is there: opening hours and holidays in the team's own time zone, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOKED_AHEAD_DAYS = 60
_PERIOD = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, order=True)
class Period:
    """Part of a day, in minutes from local midnight; ``end`` is not included and at most 1,440."""

    start: int
    end: int


@dataclass(frozen=True)
class Schedule:
    """Opening hours: seven days from Monday, and days on which other hours hold (none at all on a holiday)."""

    time_zone: str = "UTC"
    week: tuple[tuple[Period, ...], ...] = ((Period(0, _MINUTES_OF_DAY),),) * 7
    exceptions: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Period, ...]:
        """The open parts of one local day."""
        return self.exceptions.get(day, self.week[day.weekday()])


def parse_periods(texts: Sequence[str]) -> tuple[Period, ...]:
    """``["09:00-12:00", "13:30-18:00"]`` as periods.

    Raises:
        ValueError: a text is no period, ends before it begins, or overlaps another. Hours past midnight are written
            as two periods of two days.
    """
    return _parsed(tuple(texts))


@lru_cache
def _parsed(texts: tuple[str, ...]) -> tuple[Period, ...]:
    found = []
    for text in texts:
        match = _PERIOD.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no period of a day. Write it like '09:00-17:30'.")
        first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
        period = Period(first_hour * 60 + first_minute, last_hour * 60 + last_minute)
        if max(first_minute, last_minute) > 59 or not period.start < period.end <= _MINUTES_OF_DAY:
            raise ValueError(f"{text!r} must begin before it ends, between 00:00 and 24:00.")
        found.append(period)
    found.sort()
    if any(before.end > after.start for before, after in pairwise(found)):
        raise ValueError(f"The periods {', '.join(texts)} overlap.")
    return tuple(found)


def parse_week(hours: Mapping[str, Sequence[str]]) -> tuple[tuple[Period, ...], ...]:
    """``{"mon-fri": ["09:00-17:30"]}`` as seven days from Monday; days that are not named are closed.

    Raises:
        ValueError: a name is no day or range of days, or a period is wrong.
    """
    week: list[tuple[Period, ...]] = [()] * 7
    for name, texts in hours.items():
        first, _, last = name.lower().partition("-")
        if first not in DAYS or (last or first) not in DAYS or DAYS.index(last or first) < DAYS.index(first):
            raise ValueError(f"{name!r} is no day. Use {', '.join(DAYS)}, or a range such as 'mon-fri'.")
        for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
            week[day] = parse_periods(texts)
    return tuple(week)


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Whether the team is there at this moment."""
    return any(start <= at < end for start, end in _intervals(schedule, at, days=1))


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """The next moment from ``at`` on at which the team is there, ``at`` itself when it is; None within two months."""
    first = next(_intervals(schedule, at, LOOKED_AHEAD_DAYS), None)
    return None if first is None else max(first[0], at)


def after_open_time(schedule: Schedule, at: datetime, hours: float) -> datetime | None:
    """The moment by which the team has been there for ``hours`` since ``at``; None when two months are not enough."""
    left = timedelta(hours=hours)
    for start, end in _intervals(schedule, at, LOOKED_AHEAD_DAYS):
        begun = max(start, at)
        if end - begun >= left:
            return begun + left
        left -= end - begun
    return None


def _intervals(schedule: Schedule, at: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The open intervals in UTC that end after ``at``, of the local day of ``at`` and those that follow."""
    zone = _zone(schedule.time_zone)
    today = at.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in range(days)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        for period in schedule.on(day):
            start = (midnight + timedelta(minutes=period.start)).astimezone(UTC)
            end = (midnight + timedelta(minutes=period.end)).astimezone(UTC)
            if end > at:
                yield start, end


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
