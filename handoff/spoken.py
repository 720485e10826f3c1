"""Moments and opening hours as they are said to customers, in the team's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handoff.hours import Period, Schedule
from handoff.interfaces import Lang
from kit.yaml_text import load_yaml


@cache
def _words() -> dict[Lang, dict[str, Any]]:
    loaded: dict[Lang, dict[str, Any]] = load_yaml(Path(__file__).with_suffix(".yml").read_text("utf-8"))
    return loaded


def spoken_moment(at: datetime, now: datetime, time_zone: str, language: Lang) -> str:
    """``明天 9:00``, ``Monday 30 November at 9:00``: a moment as said at ``now``."""
    words, zone = _words()[language], ZoneInfo(time_zone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{local.hour}:{local.minute:02d}"
    if local.date() == today:
        return str(words["today"].format(time=time))
    if local.date() == today + timedelta(days=1):
        return str(words["tomorrow"].format(time=time))
    return str(
        words["later"].format(
            weekday=words["days"][local.weekday()],
            day=local.day,
            month=local.month,
            month_name=words.get("months", [""] * 12)[local.month - 1],
            time=time,
        )
    )


def spoken_hours(schedule: Schedule, language: Lang) -> str:
    """``每天 8:00–22:00``: the hours of a usual week; holidays are not listed."""
    words = _words()[language]
    if all(_is_whole_day(periods) for periods in schedule.week):
        return str(words["around_the_clock"])
    spans = []
    for periods, days in groupby(range(7), key=lambda day: schedule.week[day]):
        if periods:
            numbers = list(days)
            first, last = words["days"][numbers[0]], words["days"][numbers[-1]]
            name = words["range"].format(first=first, last=last) if len(numbers) > 1 else first
            name = words["every_day"] if len(numbers) == 7 else name
            spans.append(f"{name} {words['join'].join(map(_spoken_period, periods))}")
    return words["join"].join(spans) or str(words["closed"])


def _spoken_period(period: Period) -> str:
    return f"{period.start // 60}:{period.start % 60:02d}–{period.end // 60}:{period.end % 60:02d}"


def _is_whole_day(periods: tuple[Period, ...]) -> bool:
    return periods == (Period(0, 24 * 60),)
