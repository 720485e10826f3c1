"""The SQL of the list of entries: which newest revisions a filter wants, and how many there are of each kind."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kb.filters import Calendar, EntryFilter, Gap, ValidityKind
from kb.models import Entry, Revision
from kit.language import to_simplified

_GAPS: dict[Gap, ColumnElement[bool]] = {
    "zh_missing": Revision.zh_changed.is_(None),
    "en_missing": Revision.en_changed.is_(None),
    "zh_outdated": Revision.zh_changed < Revision.en_changed,
    "en_outdated": Revision.en_changed < Revision.zh_changed,
}


class ListRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, wanted: EntryFilter, offset: int, limit: int) -> list[Revision]:
        """The newest revisions of some entries that are wanted, in the order of their ids."""
        rows = await self._session.execute(_newest(wanted).order_by(Revision.entry_id).offset(offset).limit(limit))
        return list(rows.scalars())

    async def count(self, wanted: EntryFilter) -> int:
        """How many entries are wanted."""
        rows = await self._session.execute(select(func.count()).select_from(_newest(wanted).subquery()))
        return rows.scalar_one()

    async def count_by_scenario(self, wanted: EntryFilter) -> dict[str, int]:
        """How many entries of each scenario are wanted, whatever the scenario that is."""
        found = _newest(replace(wanted, scenario=None)).subquery()
        rows = await self._session.execute(select(found.c.scenario, func.count()).group_by(found.c.scenario))
        return dict(rows.all())

    async def count_by_status(self, wanted: EntryFilter) -> dict[str, int]:
        """How many entries of each status are wanted, whatever the status that is."""
        found = _newest(replace(wanted, status=None)).subquery()
        rows = await self._session.execute(select(found.c.status, func.count()).group_by(found.c.status))
        return dict(rows.all())

    async def count_by_gap(self, wanted: EntryFilter) -> dict[Gap, int]:
        """How many entries with each gap are wanted, whatever the gap that is."""
        return {name: await self.count(replace(wanted, gap=name)) for name in _GAPS}

    async def count_by_validity(self, wanted: EntryFilter, calendar: Calendar) -> dict[ValidityKind, int]:
        """How many entries of each kind of validity are wanted, whatever the kind that is."""
        kinds = _validity_conditions(calendar)
        counted = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in kinds.values()]
        rows = await self._session.execute(_newest(replace(wanted, validity=None)).with_only_columns(*counted))
        return dict(zip(kinds, rows.one(), strict=True))


def _newest(wanted: EntryFilter) -> Select[Revision]:
    return select(Revision).join(Entry, Entry.newest_id == Revision.id).where(*_conditions(wanted))


def _validity_conditions(calendar: Calendar) -> dict[ValidityKind, ColumnElement[bool]]:
    return {
        "scheduled": Revision.valid_from > calendar.today,
        "expires_soon": Revision.valid_to.between(calendar.today, calendar.soon),
        "expired": Revision.valid_to < calendar.today,
    }


def _conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.scenario:
        found.append(Revision.scenario == wanted.scenario)
    if wanted.status:
        found.append(Revision.status == wanted.status)
    if wanted.gap:
        found.append(_GAPS[wanted.gap])
    if wanted.validity:
        found.append(_validity_conditions(wanted.validity.calendar)[wanted.validity.kind])
    return found + [_says(word) for word in wanted.text.casefold().split()]


def _says(word: str) -> ColumnElement[bool]:
    """The word as it is typed or in simplified characters."""
    forms = dict.fromkeys([word, to_simplified(word).casefold()])
    return or_(*(Revision.searched.contains(form, autoescape=True) for form in forms))
