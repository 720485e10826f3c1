"""Moments and hours as they are said to customers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handoff.hours import Schedule, parse_week
from handoff.spoken import spoken_hours, spoken_moment

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)  # Friday, 20:00 in Shanghai


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        (datetime(2026, 11, 27, 14, 30, tzinfo=UTC), "今天 22:30", "today at 22:30"),
        (datetime(2026, 11, 28, 1, tzinfo=UTC), "明天 9:00", "tomorrow at 9:00"),
        (datetime(2026, 11, 30, 1, tzinfo=UTC), "11月30日（周一）9:00", "Monday 30 November at 9:00"),
    ],
)
def test_a_moment(at: datetime, zh: str, en: str) -> None:
    assert spoken_moment(at, NOW, "Asia/Shanghai", "zh") == zh
    assert spoken_moment(at, NOW, "Asia/Shanghai", "en") == en


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        ({"mon-sun": ["00:00-24:00"]}, "全天 24 小时", "around the clock"),
        ({"mon-sun": ["08:00-22:00"]}, "每天 8:00–22:00", "every day 8:00–22:00"),
        (
            {"mon-fri": ["09:00-12:00", "13:30-18:00"], "sat": ["10:00-16:00"]},
            "周一至周五 9:00–12:00、13:30–18:00、周六 10:00–16:00",
            "Monday to Friday 9:00–12:00, 13:30–18:00, Saturday 10:00–16:00",
        ),
        ({}, "暂不提供", "not available"),
    ],
)
def test_hours(hours: dict[str, list[str]], zh: str, en: str) -> None:
    schedule = Schedule("Asia/Shanghai", parse_week(hours))
    assert (spoken_hours(schedule, "zh"), spoken_hours(schedule, "en")) == (zh, en)
