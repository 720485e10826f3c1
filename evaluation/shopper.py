"""The mystery shopper's judgement: whether what it found is worse than what it found before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from evaluation.statistics.matched import fewer_right

ROUNDS_BEFORE = 5
SIGNIFICANT = 0.01
LEAST_BEFORE = 2


@dataclass(frozen=True)
class Round:
    """One round of visits.

    Args:
        at: when, ISO 8601 in UTC.
        right: for each goal, whether all went as it should.
        failures: for each goal that did not, what went wrong.
        alarm: whether it raised the alarm.
        begins: whether the operator accepted it as normal: nothing is compared with the rounds before it.
    """

    at: str
    right: dict[str, bool]
    failures: dict[str, str]
    alarm: bool = False
    begins: bool = False


@dataclass(frozen=True)
class Verdict:
    """A round beside those before it.

    Args:
        worse: whether to raise the alarm.
        lost: goals that mostly went well before, in the first rounds or the last ones, and not now.
        won: the reverse.
        p: that it is chance, of both comparisons together; None where there is too little to compare with.
    """

    worse: bool
    lost: tuple[str, ...]
    won: tuple[str, ...]
    p: float | None


def judge(now: Round, before: Sequence[Round]) -> Verdict:
    """Compare a round with the last good ``ROUNDS_BEFORE`` and with the first ones, goal by goal.

    Rounds that raised the alarm are left out, so it stays on while a fault lasts; against the first rounds a slow
    decline shows. The alarm is raised when the exact test of one of the two, at half of 1 % (Bonferroni), finds fewer
    right. One round alone is too little to compare with, for a single bad one would make every later one look good.

    >>> good = Round("t", {str(n): True for n in range(8)}, {})
    >>> judge(Round("t", {str(n): n > 2 for n in range(8)}, {}), [good] * 5).worse
    True
    """
    good = good_rounds(before)
    if len(good) < LEAST_BEFORE:
        return Verdict(False, (), (), None)
    compared = (good[-ROUNDS_BEFORE:], good[:ROUNDS_BEFORE])
    usual = {goal: {_usual(goal, rounds) for rounds in compared} for goal in now.right}
    lost = tuple(goal for goal, right in now.right.items() if True in usual[goal] and not right)
    won = tuple(goal for goal, right in now.right.items() if False in usual[goal] and right)
    p = min(1.0, len(compared) * min(_chance(now, rounds) for rounds in compared))
    return Verdict(p < SIGNIFICANT, lost, won, p)


def good_rounds(rounds: Sequence[Round]) -> list[Round]:
    """Those without an alarm, since the operator last accepted one as normal."""
    start = max((place for place, one in enumerate(rounds) if one.begins), default=0)
    return [one for one in rounds[start:] if not one.alarm]


def _chance(now: Round, rounds: Sequence[Round]) -> float:
    return fewer_right(
        list(now.right.values()), [[one.right[goal] for one in rounds if goal in one.right] for goal in now.right]
    )


def _usual(goal: str, rounds: Sequence[Round]) -> bool | None:
    seen = [one.right[goal] for one in rounds if goal in one.right]
    good = sum(seen)
    return None if 2 * good == len(seen) else 2 * good > len(seen)


def history_path(folder: Path, url: str, seed: int, count: int) -> Path:
    """Where the rounds of a system are kept: each address, seed and number of goals has a history of its own."""
    return folder / f"{quote(url, safe='')}-{seed}-{count}.jsonl"


def read_rounds(path: Path) -> list[Round]:
    """The rounds of a file, oldest first; a line that was cut off is left out."""
    if not path.is_file():
        return []
    rounds = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            rounds.append(Round(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return rounds


def keep_round(path: Path, found: Round) -> None:
    """Add a round to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")


def alarm_of(found: Round, verdict: Verdict, url: str) -> Mapping[str, Any]:
    """What webhooks are told."""
    return {
        "event": "shopper.worse",
        "at": found.at,
        "url": url,
        "right": sum(found.right.values()),
        "n": len(found.right),
        "lost": {goal: found.failures.get(goal, "") for goal in verdict.lost},
        "p": verdict.p,
    }
