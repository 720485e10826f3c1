"""The mystery shopper's judgement: whether what it found is worse than what it found before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.statistics.paired import mcnemar

ROUNDS_BEFORE = 5
SIGNIFICANT = 0.05
LEAST_BEFORE = 2


@dataclass(frozen=True)
class Round:
    """One round of visits.

    Args:
        at: when, ISO 8601 in UTC.
        right: for each goal, whether all went as it should.
        failures: for each goal that did not, what went wrong.
    """

    at: str
    right: dict[str, bool]
    failures: dict[str, str]


@dataclass(frozen=True)
class Verdict:
    """A round beside those before it.

    Args:
        worse: whether to raise the alarm.
        lost: goals that mostly went well before, and not now.
        won: the reverse.
        p: of McNemar's test; None where there is too little to compare with.
    """

    worse: bool
    lost: tuple[str, ...]
    won: tuple[str, ...]
    p: float | None


def judge(now: Round, before: Sequence[Round]) -> Verdict:
    """Compare a round with the last ``ROUNDS_BEFORE``, goal by goal.

    What a goal did before is what it did in most of those rounds; where it is a tie, it is left out. The alarm is
    raised when more was lost than won, and McNemar's exact test finds it significant at 5 %. One round alone is too
    little to compare with, for a single bad one would make every later one look good.

    >>> good = Round("t", {str(n): True for n in range(8)}, {})
    >>> judge(Round("t", {str(n): n > 5 for n in range(8)}, {}), [good, good]).worse
    True
    """
    if len(before) < LEAST_BEFORE:
        return Verdict(False, (), (), None)
    usual = {goal: _usual(goal, before[-ROUNDS_BEFORE:]) for goal in now.right}
    lost = tuple(goal for goal, right in now.right.items() if usual[goal] is True and not right)
    won = tuple(goal for goal, right in now.right.items() if usual[goal] is False and right)
    p = mcnemar(list(usual.values()), list(now.right.values())).p
    return Verdict(len(lost) > len(won) and p < SIGNIFICANT, lost, won, p)


def _usual(goal: str, rounds: Sequence[Round]) -> bool | None:
    seen = [one.right[goal] for one in rounds if goal in one.right]
    good = sum(seen)
    return None if 2 * good == len(seen) else 2 * good > len(seen)


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
