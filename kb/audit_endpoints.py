"""The audit log over REST: who did what to what, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from identity.endpoints import IdentityService, staff_with
from identity.filters import AuditFilter
from identity.service import Role, SignedIn
from kb.endpoints import ERRORS, LARGEST, Day, Knowledge
from kb.schemas import AuditLine, AuditPage

router = APIRouter(prefix="/api/kb", tags=["knowledge base"], responses=ERRORS)

Auditor = Annotated[SignedIn, Depends(staff_with(Role.REVIEWER, Role.SUPERVISOR))]
Name = Annotated[str, Query(max_length=200)]


@router.get("/audit")
async def audit(
    identity: IdentityService,
    knowledge: Knowledge,
    _: Auditor,
    who: Name = "",
    subject: Name = "",
    action: Name = "",
    since: Day = None,
    until: Day = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> AuditPage:
    """Lines of the audit log, the newest first. The days are the bank's, both included."""
    wanted = AuditFilter(
        who,
        subject,
        action,
        knowledge.hours_of(since)[0] if since else None,
        knowledge.hours_of(until)[1] if until else None,
    )
    found = await identity.audit_lines(wanted, before, limit + 1)
    return AuditPage(lines=[AuditLine.of(line) for line in found[:limit]], more=len(found) > limit)
