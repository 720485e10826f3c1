"""Which newest revisions a filter wants, as SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, or_, select

from kb.content import LANGUAGES
from kb.filters import Calendar, EntryFilter, Gap, ValidityKind
from kb.models import Entry, Revision
from kit.language import to_simplified

GAPS: dict[Gap, ColumnElement[bool]] = {
    "zh_missing": Revision.zh_changed.is_(None),
    "en_missing": Revision.en_changed.is_(None),
    "zh_outdated": Revision.zh_changed < Revision.en_changed,
    "en_outdated": Revision.en_changed < Revision.zh_changed,
}


def newest(wanted: EntryFilter) -> Select[Revision]:
    """The newest revisions that are wanted."""
    return select(Revision).join(Entry, Entry.newest_id == Revision.id).where(*_conditions(wanted))


def validity_conditions(calendar: Calendar) -> dict[ValidityKind, ColumnElement[bool]]:
    """What is true of a revision of each kind. Days are stored as ISO 8601, which sorts as they follow each other."""
    first, last = (Revision.content[name].as_string() for name in ("valid_from", "valid_to"))
    today, soon = calendar.today.isoformat(), calendar.soon.isoformat()
    return {
        "scheduled": first > today,
        "expires_soon": and_(last >= today, last <= soon),
        "expired": last < today,
    }


def _conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.scenario:
        found.append(Revision.scenario == wanted.scenario)
    if wanted.status:
        found.append(Revision.status == wanted.status)
    if wanted.gap:
        found.append(GAPS[wanted.gap])
    if wanted.validity:
        found.append(validity_conditions(wanted.validity.calendar)[wanted.validity.kind])
    return found + [_says(word) for word in wanted.text.casefold().split()]


def _says(word: str) -> ColumnElement[bool]:
    """The word as it is typed or in simplified characters, in what is searched or in a risk statement."""
    risks = [Revision.content["variants"][name]["risk"].as_string() for name in LANGUAGES]
    forms = dict.fromkeys([word, to_simplified(word).casefold()])
    found = [Revision.searched.contains(form, autoescape=True) for form in forms]
    return or_(*found, *(risk.icontains(form, autoescape=True) for risk in risks for form in forms))
