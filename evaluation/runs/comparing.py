"""Two runs, question by question: what was lost and won, and whether the second is worse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evaluation.metrics.catalogue import CATALOGUE, Meaning
from evaluation.metrics.score import Score
from evaluation.runs.knowledge_changes import KnowledgeChange, knowledge_changes
from evaluation.runs.store import StoredRun
from evaluation.statistics.paired import Difference, McNemar, mcnemar, paired_bootstrap
from evaluation.suite import Row

Measure = Callable[[Sequence[Row]], dict[str, Score]]
LEAST_LOST = 3
"""So many questions of one entry have to be lost before it counts as broken."""


@dataclass(frozen=True)
class MetricChange:
    """A metric over the questions that both runs have.

    Args:
        metric: its name.
        before: its value in the first run.
        after: its value in the second.
        difference: with its interval; None where one run has no value.
        test: McNemar's, where the individual scores are yes or no.
        lost: ids of the questions that count less in the second.
        won: ids of those that count more.
        verdict: whether the difference is one that chance does not explain at 5 %.
    """

    metric: str
    before: float | None
    after: float | None
    difference: Difference | None
    test: McNemar | None
    lost: tuple[str, ...]
    won: tuple[str, ...]
    verdict: str


@dataclass(frozen=True)
class QuestionChange:
    """A question with another outcome: what is right, what came before, what comes now."""

    id: str
    text: str
    expected: str
    before: str
    after: str
    kind: str


@dataclass(frozen=True)
class BrokenGroup:
    """An entry, or a reason for a handoff, that most of its questions no longer reach."""

    expected: str
    right_before: int
    right_after: int
    n: int
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two runs of one suite."""

    suite: str
    before_id: str
    after_id: str
    n: int
    only_before: int
    only_after: int
    metrics: tuple[MetricChange, ...]
    questions: tuple[QuestionChange, ...]
    broken: tuple[BrokenGroup, ...]
    knowledge: tuple[KnowledgeChange, ...]


def compare(before: StoredRun, after: StoredRun, suite: str, measure: Measure, *, seed: int) -> Comparison:
    """Compare one suite of two runs over the questions that both have."""
    changes = knowledge_changes(before.knowledge, after.knowledge) if before.knowledge and after.knowledge else []
    old = {row.id: row for row in before.of(suite)}
    new = {row.id: row for row in misled(after.of(suite), changes)}
    both = [identifier for identifier in old if identifier in new]
    first, second = [old[identifier] for identifier in both], [new[identifier] for identifier in both]
    return Comparison(
        suite=suite,
        before_id=before.id,
        after_id=after.id,
        n=len(both),
        only_before=len(old) - len(both),
        only_after=len(new) - len(both),
        metrics=tuple(_metrics(first, second, measure, seed)) if both else (),
        questions=tuple(_questions(first, second)),
        broken=tuple(_broken(first, second)),
        knowledge=tuple(changes),
    )


def misled(rows: Sequence[Row], changes: Sequence[KnowledgeChange]) -> list[Row]:
    """The rows, those as wrong whose entry now says what another entry said: its id is right, what is read is not."""
    swapped = {(change.entry_id, change.language): change for change in changes if change.kind == "answer_swapped"}
    return [
        replace(
            row,
            right=False,
            got=f"{row.got} (with the answer of {swapped[key].other})",
            details={**row.details, "right": False},
        )
        if (key := (row.expected, str(row.details.get("language")))) in swapped and row.details.get("answered")
        else row
        for row in rows
    ]


def _metrics(first: Sequence[Row], second: Sequence[Row], measure: Measure, seed: int) -> list[MetricChange]:
    before, after = measure(first), measure(second)
    ids = [row.id for row in first]
    return [
        _metric(name, before[name], after[name], ids, seed)
        for name in before
        if name in after and CATALOGUE.get(name, Meaning(None)).paired
    ]


def _metric(name: str, before: Score, after: Score, ids: Sequence[str], seed: int) -> MetricChange:
    better = CATALOGUE.get(name, Meaning(None)).better
    sign = -1 if better == "lower" else 1
    pairs = list(zip(before.individual, after.individual, strict=True))
    difference = paired_bootstrap(before.individual, after.individual, seed=seed)
    binary = all(value in (None, 0.0, 1.0) for pair in pairs for value in pair)
    test = mcnemar(*([None if v is None else bool(v) == (sign > 0) for v in side] for side in zip(*pairs, strict=True)))
    known = [
        (identifier, sign * (y - x))
        for identifier, (x, y) in zip(ids, pairs, strict=True)
        if x is not None and y is not None
    ]
    return MetricChange(
        name,
        before.value,
        after.value,
        difference,
        test if binary else None,
        tuple(identifier for identifier, gain in known if gain < 0),
        tuple(identifier for identifier, gain in known if gain > 0),
        _verdict(better is not None, sign, difference, test if binary else None),
    )


def _verdict(judged: bool, sign: int, difference: Difference | None, test: McNemar | None) -> str:
    if not judged or difference is None:
        return "not judged"
    low, high = sorted((sign * difference.interval.low, sign * difference.interval.high))
    uneven = test is not None and test.p <= 0.05
    if high < 0 or (uneven and test is not None and test.lost > test.won):
        return "worse"
    if low > 0 or (uneven and test is not None and test.won > test.lost):
        return "better"
    return "no difference shown"


def _questions(first: Sequence[Row], second: Sequence[Row]) -> list[QuestionChange]:
    changed = []
    for old, new in zip(first, second, strict=True):
        if (old.right, old.got, old.told) == (new.right, new.got, new.told):
            continue
        kind = "lost" if old.right and not new.right else "won" if new.right and not old.right else "other"
        changed.append(QuestionChange(new.id, new.text, new.expected, old.got, new.got, kind))
    return sorted(changed, key=lambda change: ("lost", "won", "other").index(change.kind))


def _broken(first: Sequence[Row], second: Sequence[Row]) -> list[BrokenGroup]:
    groups: dict[str, list[tuple[Row, Row]]] = {}
    for pair in zip(first, second, strict=True):
        groups.setdefault(pair[1].expected, []).append(pair)
    broken = []
    for expected, pairs in groups.items():
        lost = tuple(new.id for old, new in pairs if _reached(old) and not _reached(new))
        before, after = sum(_reached(old) for old, _ in pairs), sum(_reached(new) for _, new in pairs)
        if len(lost) >= LEAST_LOST and 2 * after <= before:
            broken.append(BrokenGroup(expected, before, after, len(pairs), lost))
    return sorted(broken, key=lambda group: group.right_after - group.right_before)


def _reached(row: Row) -> bool:
    """Whether the right entry comes first, however sure; where there is none, whether the row is right."""
    return bool(row.details.get("right", row.right)) if row.details.get("in_scope", True) else row.right
