"""Insight over REST: how entries fare, and what is asked in vain, from one day to another."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Response
from starlette.requests import HTTPConnection

from kb.content import Lang
from kb.endpoints import EARLIEST, ERRORS, Day, Knowledge
from kb.insight.heat import Heat
from kb.insight.schemas import InsightView, UnansweredView
from kb.insight.service import Column, Insight, InsightFilter
from kb.insight.table import table
from kb.interfaces import Period
from kb.sentences import said
from kb.suggestions.endpoints import Quality
from kit.errors import InvalidRequest

DAYS = 28
LONGEST_DAYS = 3_660

router = APIRouter(prefix="/api/kb/insight", tags=["knowledge base"], responses=ERRORS)

Scenario = Annotated[str | None, Query(max_length=120)]


def insight_service(connection: HTTPConnection) -> Insight:
    """The service that ``server`` put there."""
    return cast(Insight, connection.app.state.insight)


Figures = Annotated[Insight, Depends(insight_service)]


def days(knowledge: Knowledge, since: Day = None, until: Day = None) -> tuple[date, date]:
    """The first and the last day; the last four weeks where none is named.

    Raises:
        InvalidRequest: they are in the wrong order, or too far apart.
    """
    last = until or max(knowledge.today(), since or EARLIEST)
    first = since or last - timedelta(days=DAYS - 1)
    if first > last:
        raise InvalidRequest(said("period_reversed"))
    if (last - first).days > LONGEST_DAYS:
        raise InvalidRequest(said("period_too_long", most=LONGEST_DAYS))
    return first, last


Days = Annotated[tuple[date, date], Depends(days)]


def filters(
    scenario: Scenario = None,
    language: Lang | None = None,
    heat: Heat | None = None,
    sort: Column = "answered",
    falling: bool = True,
) -> InsightFilter:
    """Which entries, and in which order."""
    return InsightFilter(scenario, language, heat, sort, falling)


Filters = Annotated[InsightFilter, Depends(filters)]


def _period(knowledge: Knowledge, between: tuple[date, date]) -> Period:
    first, last = between
    return Period(knowledge.midnight(first), knowledge.midnight(last + timedelta(days=1)))


@router.get("/entries")
async def entries(
    insight: Figures,
    knowledge: Knowledge,
    _: Quality,
    between: Days,
    wanted: Filters,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> InsightView:
    """How entries fared with customers."""
    page = await insight.entries(_period(knowledge, between), wanted, offset, limit)
    return InsightView.of(page, *between)


@router.get("/entries.csv", response_class=Response)
async def entries_table(insight: Figures, knowledge: Knowledge, _: Quality, between: Days, wanted: Filters) -> Response:
    """The same of all entries that match, as a table for a spreadsheet."""
    page = await insight.entries(_period(knowledge, between), wanted)
    content = await asyncio.to_thread(table, page.entries)
    name = f"bilin-insight-{between[0]}-{between[1]}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv", headers=headers)


@router.get("/unanswered")
async def unanswered(
    insight: Figures, _: Quality, between: Days, language: Lang | None = None, scenario: Scenario = None
) -> UnansweredView:
    """Questions that were not answered well, by week, language, scenario and why; whole weeks."""
    return UnansweredView.of(await insight.unanswered(*between, language, scenario), *between)
