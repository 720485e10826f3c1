"""How entries fared, as a table that a spreadsheet reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kb.exchange.csv_table import write_table
from kb.insight.service import EntryFigures
from kb.interfaces import USES

HEADINGS = (
    "entry_id",
    "scenario",
    "status",
    "live",
    "question_zh",
    "question_en",
    *USES,
    "last_answer",
    "last_review",
    "heat",
)


def table(rows: Sequence[EntryFigures]) -> bytes:
    """A CSV file with a heading; times are ISO 8601 in UTC, and nothing is taken for a formula."""
    return write_table([HEADINGS, *(_line(row) for row in rows)])


def _line(row: EntryFigures) -> tuple[str | bool, ...]:
    facts = row.facts
    return (
        facts.entry_id,
        facts.scenario,
        facts.status,
        facts.is_live,
        row.questions.get("zh", ""),
        row.questions.get("en", ""),
        *(str(row.counts.get(use, 0)) for use in USES),
        _moment(row.last_answer),
        _moment(facts.last_review),
        row.heat or "",
    )


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
