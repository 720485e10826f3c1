"""Two runs, question by question: what was lost and won, and whether the second is worse."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from evaluation.runs.data_changes import DataChange, data_changes
from evaluation.runs.knowledge_changes import KnowledgeChange, knowledge_changes
from evaluation.runs.metric_changes import Measure, MetricChange, metric_changes
from evaluation.runs.store import StoredRun
from evaluation.suite import Row

LEAST_LOST = 3
"""So many questions of one entry have to be lost before it counts as broken."""


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
    data: DataChange = field(default_factory=DataChange)


def compare(
    before: StoredRun,
    after: StoredRun,
    suite: str,
    measure: Measure,
    *,
    seed: int,
    cases: Collection[str] | None = None,
) -> Comparison:
    """Compare one suite of two runs over the questions that both have, with the same text and label.

    Args:
        before: the first run.
        after: the second.
        suite: the suite's name.
        measure: its metrics.
        seed: of what is drawn at random.
        cases: the ids of the second run's data, of which it may have asked a sample; None where they are not known.
    """
    changes = knowledge_changes(before.knowledge, after.knowledge) if before.knowledge and after.knowledge else []
    old = {row.id: row for row in before.of(suite)}
    new = {row.id: row for row in misled(after.of(suite), changes)}
    data = data_changes(before, after, suite, cases)
    both = [identifier for identifier in old if identifier in new and identifier not in data.relabelled]
    first, second = [old[identifier] for identifier in both], [new[identifier] for identifier in both]
    return Comparison(
        suite=suite,
        before_id=before.id,
        after_id=after.id,
        n=len(both),
        only_before=len(old.keys() - new.keys()),
        only_after=len(new.keys() - old.keys()),
        metrics=tuple(metric_changes(first, second, measure, seed)) if both else (),
        questions=tuple(_questions(first, second)),
        broken=tuple(_broken(first, second)),
        knowledge=tuple(changes),
        data=data,
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
