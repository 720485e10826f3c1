"""What changed in the questions between two runs: a comparison says nothing of a question that is gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from evaluation.runs.store import StoredRun
from evaluation.suite import Row

LABELS = ("answer_has", "entry_ids", "fresh")
"""Details of a row that are gold labels, beside what is expected; one that only one run has stored says nothing."""


@dataclass(frozen=True)
class DataChange:
    """The questions of the first run that the second cannot be compared over, because its data have changed.

    Args:
        removed: ids that its data do not have.
        relabelled: ids with another text, or another gold label.
        unseen: the files differ, and no question does as far as a run stores it.
    """

    removed: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    unseen: bool = False


def data_changes(before: StoredRun, after: StoredRun, suite: str, cases: Collection[str] | None = None) -> DataChange:
    """Compare the questions of one suite.

    Args:
        before: the first run.
        after: the second.
        suite: the suite's name.
        cases: the ids of the second run's data. Without them, what a whole run of other files has not asked is removed.
    """
    old, new = ({row.id: row for row in run.of(suite)} for run in (before, after))
    same_files = _hashes(before, suite) == _hashes(after, suite)
    if cases is None:
        is_part = after.manifest.get("sample") or len(new) < after.planned(suite)
        cases = old.keys() if same_files or is_part else new.keys()
    kept = set(cases)
    removed = tuple(identifier for identifier in old if identifier not in kept and identifier not in new)
    relabelled = tuple(
        identifier for identifier, row in old.items() if identifier in new and _differ(row, new[identifier])
    )
    unseen = not (same_files or removed or relabelled or new.keys() - old.keys())
    return DataChange(removed, relabelled, unseen)


def _differ(old: Row, new: Row) -> bool:
    return (old.text, old.expected) != (new.text, new.expected) or any(
        old.details[name] != new.details[name] for name in LABELS if name in old.details and name in new.details
    )


def _hashes(run: StoredRun, suite: str) -> list[str]:
    return sorted(run.manifest.get("data", {}).get(suite, {}).values())
