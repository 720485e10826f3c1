"""server: what start-up does when a part is broken"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from kb.content import EntryContent, Variant
from kb.repository import KnowledgeRepository
from kit.settings import Settings
from server import create_app, running
from tests.kb.examination.site import HERE, served

CONTENT = Path(__file__).parent / "chat" / "content"


async def live_release(settings: Settings) -> int | None:
    app = create_app(settings)
    async with running(app, settings, None), app.state.database.read() as session:
        return await KnowledgeRepository(session).live_release_id()


async def test_broken_content_files_leave_the_last_release_live(tmp_path: Path, counted: Any) -> None:
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    settings = Settings(data_dir=tmp_path / "var", content_dir=content, encoder=str(tmp_path / "no-such-model"))
    first = await live_release(settings)
    assert first is not None

    next(content.glob("*.yml")).write_text("entries: [", encoding="utf-8")
    assert counted.degraded("content_invalid") == 0
    assert await live_release(settings) == first
    assert counted.degraded("content_invalid") == 1


async def test_a_broken_teams_file_leaves_everybody_in_the_built_in_team(tmp_path: Path, counted: Any) -> None:
    teams = tmp_path / "teams.yml"
    teams.write_text("teams: [{id: night, name: {zh: 夜间, en: Night}, hours: {mon: [22-6]}}]", encoding="utf-8")
    settings = Settings(
        data_dir=tmp_path / "var", content_dir=CONTENT, encoder=str(tmp_path / "no-such-model"), teams_file=str(teams)
    )
    app = create_app(settings)
    async with running(app, settings, None):
        assert [team.definition.id for team in await app.state.roster.teams()] == ["general"]
    assert counted.degraded("teams_invalid") == 1


async def test_the_sites_that_are_asked_for_linked_pages_are_those_of_the_settings(tmp_path: Path) -> None:
    async with served() as site:
        site.answers["/gone"] = "404 Not Found"
        settings = Settings(
            data_dir=tmp_path / "var",
            content_dir=CONTENT,
            encoder=str(tmp_path / "no-such-model"),
            link_hosts=f"www.chenghu.example:{site.port}, {HERE}",
        )
        app = create_app(settings)
        async with running(app, settings, None):
            app.state.knowledge.gate._links._resolve = lambda host: [HERE]
            entry = EntryContent(
                id="fees",
                scenario="fees",
                variants={"en": Variant(question="What are the fees?", answer=f"See {site.page('/gone')}")},
            )
            found = await app.state.knowledge.gate.findings(entry)
    assert "link_dead" in {finding.rule for finding in found}
