"""Translated pairs as a knowledge base in the one language and questions in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.datasets import DatasetError, rows_of, text_of
from kb.content import Lang

SLICE = "translated"


@dataclass(frozen=True)
class Translated:
    """Entries with one question each, and what they are asked in the other language."""

    entries: Sequence[dict[str, Any]]
    queries: Sequence[dict[str, Any]]


def read_pairs(path: Path, asked_in: Lang, limit: int | None = None) -> Translated:
    """Read ``{"id", "zh", "en", "domain"}`` a line; the ``domain`` may be missing.

    An entry's answer is its id in brackets, as in the data sets that have no answers: what is found, is found by the
    question.

    Args:
        asked_in: the language of the questions; the entries are in the other.
        limit: only the first so many pairs.

    Raises:
        DatasetError: a line is no pair, or an id stands twice.
    """
    written_in: Lang = "en" if asked_in == "zh" else "zh"
    entries: dict[str, dict[str, Any]] = {}
    queries = []
    for where, row in islice(rows_of(path), limit):
        for field in ("id", "zh", "en"):
            text_of(row, field, where)
        if row["id"] in entries:
            raise DatasetError(f"{where}: the id {row['id']!r} stands in an earlier line, too")
        variant = {"question": row[written_in], "similar": [], "answer": f"[{row['id']}]"}
        entries[row["id"]] = {
            "id": row["id"],
            "scenario": str(row.get("domain") or SLICE),
            "variants": {written_in: variant},
        }
        queries.append(
            {"id": row["id"], "text": row[asked_in], "language": asked_in, "entry_id": row["id"], "slice": SLICE}
        )
    return Translated(list(entries.values()), queries)
