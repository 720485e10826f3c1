"""The audit log over REST: who did what to what on which days, page by page, for those who answer for it."""

from datetime import timedelta
from typing import Any

import pytest

from identity.service import Role
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database


@pytest.fixture
async def log(sign_in: Any, database: Database, clock: ManualClock, knowledge: KnowledgeBase) -> Any:
    """A reviewer's browser, after a few days' work; the clock stands at noon of the last one at the bank."""
    clock.advance((knowledge.midnight(knowledge.today()) + timedelta(hours=36) - clock.now()).total_seconds())
    for who, action, subject in (
        ("he", "entry.saved", "lost-card"),
        ("he", "entry.submitted", "lost-card"),
        ("wu", "entry.approved", "lost-card"),
        ("wu", "release.published", "7"),
        ("he", "entry.saved", "transfer-limit"),
    ):
        clock.advance(86_400)
        async with database.write() as session:
            sign_in.app.state.identity.record(session, who, action, subject, revision=2)
    return await sign_in(Role.REVIEWER)


async def asked(browser: Any, **wanted: Any) -> list[tuple[str, str, str]]:
    answer = await browser.get("/api/kb/audit", params=wanted)
    assert answer.status_code == 200, answer.text
    return [(line["who"], line["action"], line["subject"]) for line in answer.json()["lines"]]


async def test_the_newest_line_comes_first_with_when_and_what_else_is_known(log: Any, clock: ManualClock) -> None:
    page = (await log.get("/api/kb/audit")).json()
    line = page["lines"][2]
    assert {key: line[key] for key in ("who", "action", "subject", "detail")} == {
        "who": "he",
        "action": "entry.saved",
        "subject": "transfer-limit",
        "detail": {"revision": 2},
    }
    assert line["at"].startswith(clock.now().isoformat()[:19])
    assert [each["action"] for each in page["lines"][:2]] == ["staff.signed_in", "staff.created"]
    assert page["more"] is False


async def test_lines_are_chosen_by_person_subject_and_action(log: Any) -> None:
    assert await asked(log, who="wu") == [("wu", "release.published", "7"), ("wu", "entry.approved", "lost-card")]
    assert await asked(log, subject="lost-card", who="he") == [
        ("he", "entry.submitted", "lost-card"),
        ("he", "entry.saved", "lost-card"),
    ]
    assert await asked(log, action="release") == [("wu", "release.published", "7")]
    assert await asked(log, action="entry.approved") == [("wu", "entry.approved", "lost-card")]
    assert len(await asked(log, action="entry")) == 4
    assert await asked(log, action="entry.") == await asked(log, action="e") == []


async def test_days_are_the_banks_and_both_are_included(log: Any, knowledge: KnowledgeBase) -> None:
    today = knowledge.today()
    assert await asked(log, since=today, action="entry") == [("he", "entry.saved", "transfer-limit")]
    between = {"since": today - timedelta(days=3), "until": today - timedelta(days=1)}
    assert [action for _, action, _ in await asked(log, **between)] == [
        "release.published",
        "entry.approved",
        "entry.submitted",
    ]


async def test_it_is_read_page_by_page_while_lines_are_added(log: Any, sign_in: Any, database: Database) -> None:
    seen: list[int] = []
    more = True
    while more:
        query = {"limit": 3, **({"before": seen[-1]} if seen else {})}
        page = (await log.get("/api/kb/audit", params=query)).json()
        seen += [line["id"] for line in page["lines"]]
        more = page["more"]
        async with database.write() as session:
            sign_in.app.state.identity.record(session, "he", "entry.saved", "open-account")
    assert seen == list(range(7, 0, -1))


async def test_it_is_for_reviewers_supervisors_and_administrators(sign_in: Any) -> None:
    for role in Role:
        allowed = role in (Role.REVIEWER, Role.SUPERVISOR, Role.ADMIN)
        assert (await (await sign_in(role)).get("/api/kb/audit")).status_code == (200 if allowed else 403), role
    assert (await (await sign_in()).get("/api/kb/audit")).status_code == 401
