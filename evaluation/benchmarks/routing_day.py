"""A made-up day of a contact centre: who comes when, who works when, and how long everything takes. All seeded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from evaluation.benchmarks.floor import FloorAgent
from handoff.hours import Schedule, parse_week
from handoff.priority import Priority

START = datetime(2026, 6, 1, tzinfo=UTC)
HOURLY = (1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 6, 6, 7, 8, 8, 7, 5, 4, 4, 3, 2, 1)
"""Arrivals by hour of the day, in shares of their sum: quiet nights, a peak before noon and one in the afternoon."""

SHIFTS = ((7, 15, 0.35), (10, 18, 0.3), (15, 23, 0.25), (23, 31, 0.1))
"""From, to, and the share of the agents."""

TEAMS = {
    "general": Schedule("UTC"),
    "wealth": Schedule("UTC", parse_week({"mon-sun": ["09:00-17:30"]})),
}
CLASSES = ((Priority.VULNERABLE, 0.02), (Priority.ELDER, 0.08), (Priority.COMPLAINT, 0.05), (Priority.VIP, 0.05))
ENGLISH, WEALTH, SKILLED, RETURNING, LEAVES_MESSAGE = 0.2, 0.12, 0.25, 0.1, 0.6
HANDLE_MINUTES, HANDLE_SPREAD, PATIENCE_MINUTES = 6.0, 0.7, 20.0
CAPACITY = 4
SCENARIOS = ("credit_cards", "mortgages", "transfers", "statements")


@dataclass(frozen=True)
class Customer:
    """One conversation that wants a person. ``handle_seconds`` has one draw for each agent that it may meet."""

    id: str
    at: datetime
    language: str
    team: str
    priority: Priority
    scenario: str | None
    handle_seconds: tuple[float, ...]
    patience_seconds: float
    leaves_message: bool
    returns_after_seconds: float | None


@dataclass(frozen=True)
class Change:
    """What an agent does: ``connect``, ``disconnect``, ``break`` or ``online``."""

    at: datetime
    agent: int
    what: str


def customers(count: int, seed: int) -> list[Customer]:
    """A day's arrivals, in order of time."""
    random = np.random.default_rng([seed, 1])
    hours = random.choice(24, size=count, p=np.array(HOURLY) / sum(HOURLY))
    seconds = np.sort(hours * 3600 + random.uniform(0, 3600, count))
    found = []
    for number, second in enumerate(seconds):
        drawn = float(random.random())
        priority = Priority.STANDARD
        for each, share in CLASSES:
            if drawn < share:
                priority = each
                break
            drawn -= share
        sigma = math.sqrt(math.log(1 + HANDLE_SPREAD**2))
        handle = random.lognormal(math.log(HANDLE_MINUTES * 60) - sigma**2 / 2, sigma, 8)
        found.append(
            Customer(
                id=f"c{number}",
                at=START + timedelta(seconds=float(second)),
                language="en" if random.random() < ENGLISH else "zh",
                team="wealth" if random.random() < WEALTH else "general",
                priority=priority,
                scenario=str(random.choice(SCENARIOS)) if random.random() < SKILLED else None,
                handle_seconds=tuple(float(each) for each in handle),
                patience_seconds=float(random.exponential(PATIENCE_MINUTES * 60)),
                leaves_message=bool(random.random() < LEAVES_MESSAGE),
                returns_after_seconds=float(random.uniform(300, 3600)) if random.random() < RETURNING else None,
            )
        )
    return found


def agents(count: int, seed: int) -> list[FloorAgent]:
    """The agents: a third is in the wealth team too, half speak both languages, most know two scenarios."""
    random = np.random.default_rng([seed, 2])
    found = []
    for number in range(1, count + 1):
        languages = frozenset({"zh", "en"} if number % 2 else {"zh"} if number % 10 else {"en"})
        teams = frozenset({"general", "wealth"} if number % 3 == 0 else {"general"})
        skills = frozenset(str(each) for each in random.choice(SCENARIOS, 2, replace=False))
        found.append(FloorAgent(number, teams, languages, CAPACITY, skills))
    return found


def changes(count: int, seed: int) -> list[Change]:
    """Shifts, two breaks each, and lines that break: half come back within the grace, half long after it."""
    random = np.random.default_rng([seed, 3])
    found: list[Change] = []
    order = random.permutation(np.arange(1, count + 1))
    ends = np.cumsum([share for _, _, share in SHIFTS]) * count
    for place, agent in enumerate(order):
        begin, end, _ = SHIFTS[min(int(np.searchsorted(ends, place, side="right")), len(SHIFTS) - 1)]
        for first in (
            begin - 24,
            begin,
            begin + 24,
        ):  # of the day before, whose night shift is here; and of the day after
            starts, stops = START + timedelta(hours=first), START + timedelta(hours=first + end - begin)
            if stops <= START:
                continue
            number = int(agent)
            found += [Change(max(starts, START), number, "connect"), Change(stops, number, "disconnect")]
            for share in (0.3, 0.65):
                pause = starts + (stops - starts) * (share + float(random.uniform(-0.05, 0.05)))
                minutes = float(random.uniform(10, 25))
                found += [Change(pause, number, "break"), Change(pause + timedelta(minutes=minutes), number, "online")]
            for _ in range(int(random.poisson(1.0))):
                gone = starts + (stops - starts) * float(random.uniform(0.05, 0.9))
                away = float(random.uniform(5, 55) if random.random() < 0.5 else random.uniform(90, 900))
                back = gone + timedelta(seconds=away)
                found += [Change(gone, number, "disconnect"), Change(back, number, "connect")]
    return sorted((each for each in found if each.at >= START), key=lambda each: (each.at, each.agent, each.what))
