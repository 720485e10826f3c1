"""The commands that visit a running system, from files to figures."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from evaluation.__main__ import main
from tests.chat.conftest import CONTENT, Service, rasa, service  # noqa: F401 - fixtures

CARD = {
    "version": "1.0.0",
    "source": "Written for this test.",
    "licence": "Apache-2.0",
    "languages": ["en", "zh-Hans"],
    "slices": {"plain": "any", "asked_for_human": "any"},
    "how_written": "By hand.",
    "research_only": False,
    "purpose": "test",
}
GOALS = [
    {"id": "a", "language": "en", "entries": ["card-activate"], "says": ["my new card came, how to switch it on?"]},
    {"id": "c", "language": "zh-Hans", "entries": ["card-activate"], "says": ["新卡刚收到，怎么启用呀？"]},
    {"id": "b", "language": "en", "needs": "asked_for_human", "says": ["please let me talk to a human being"]},
]


@pytest.fixture
def goals(tmp_path: Path) -> Path:
    folder = tmp_path / "wishes"
    folder.mkdir()
    card = {**CARD, "name": "wishes", "files": {"goals": ["cards.yml"]}}
    (folder / "card.yml").write_text(yaml.safe_dump(card))
    (folder / "cards.yml").write_text(yaml.safe_dump({"scenario": "cards", "goals": GOALS}))
    return folder


@pytest.fixture
def as_operator(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811 - the fixture
    """The settings of somebody who knows the service's secret."""
    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BILIN_CONTENT_DIR", str(CONTENT))
    monkeypatch.setenv("BILIN_SHOPPER_SECRET", service.settings.secret("shopper_secret"))


def run(*arguments: str, output: Path) -> tuple[int, dict[str, Any]]:
    code = main([*arguments, "--json", str(output)])
    return code, json.loads(output.read_text()) if output.is_file() else {}


@pytest.mark.usefixtures("as_operator")
async def test_goals_become_figures_and_a_run_that_has_them_asks_nobody_again(
    service: Service,  # noqa: F811 - the fixture
    goals: Path,
    tmp_path: Path,
) -> None:
    command = ("channel", "--url", service.url, "--goals", str(goals), "--run", "first")
    page = tmp_path / "report.html"
    code, report = await asyncio.to_thread(run, *command, "--html", str(page), output=tmp_path / "figures.json")
    assert code == 0
    written = json.dumps(report)
    for figure in ("self_service_diversion", "wrong_containment", "handoff_recall", "verified_resolution"):
        assert figure in written
    manifest = json.loads(next((tmp_path / "var").rglob("run.json")).read_text())
    async with httpx.AsyncClient(base_url=service.url) as http:
        health = (await http.get("/health")).json()
    assert manifest["systems"] == {"channel": {"release_id": health["release_id"]}}
    assert manifest["cases"] == {"channel": 3}
    rows = [json.loads(line) for line in next((tmp_path / "var").rglob("rows.jsonl")).read_text().splitlines()]
    assert {row["id"]: row["got"] for row in rows} == {
        "a": "card-activate",
        "b": "person",
        "c": "card-activate",
    }
    assert all(row["right"] for row in rows)
    said = page.read_text(encoding="utf-8")
    assert "自助分流率" in said
    assert "self service diversion" not in said, "a metric has a name that people can read"
    await asyncio.to_thread(run, *command, output=tmp_path / "again.json")
    assert len(next((tmp_path / "var").rglob("rows.jsonl")).read_text().splitlines()) == 3


@pytest.mark.usefixtures("as_operator")
async def test_a_run_whose_time_was_over_passes_no_gate(
    service: Service,  # noqa: F811 - the fixture
    goals: Path,
    tmp_path: Path,
) -> None:
    command = ("channel", "--url", service.url, "--goals", str(goals), "--minutes", "0")
    bar = ("--fail-over", "wrong_containment=0.03")
    code, report = await asyncio.to_thread(run, *command, *bar, output=tmp_path / "figures.json")
    assert code == 1
    assert [(each["name"], each["passed"]) for each in report["gate"]["conditions"]] == [
        ("channel.wrong_containment <= 0.03", False),
        ("channel complete", False),
    ]


@pytest.mark.usefixtures("as_operator")
async def test_a_goal_that_stands_in_the_knowledge_base_ends_the_run_unless_it_is_to_be_reported(
    service: Service,  # noqa: F811 - the fixture
    goals: Path,
    tmp_path: Path,
) -> None:
    leaked = {**GOALS[0], "says": ["how do I activate a new card"]}
    (goals / "cards.yml").write_text(yaml.safe_dump({"scenario": "cards", "goals": [leaked]}))
    command = ("channel", "--url", service.url, "--goals", str(goals))
    assert (await asyncio.to_thread(run, *command, output=tmp_path / "figures.json"))[0] == 2
    leaking = (*command, "--leaks", "report")
    assert (await asyncio.to_thread(run, *leaking, output=tmp_path / "figures.json"))[0] == 0


@pytest.mark.usefixtures("as_operator")
async def test_dialogues_become_figures_and_their_words_are_not_kept(
    service: Service,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    rows = {
        "new_card": {
            "said": "always",
            "self_serviceable": True,
            "entries": ["card-activate"],
            "why": "an entry says how",
        },
        "wants_person": {
            "said": "always",
            "self_serviceable": False,
            "reason": "asked_for_human",
            "why": "they say so",
        },
    }
    (tmp_path / "policy.yml").write_text(yaml.safe_dump({"intents": rows}))
    said = {"d1": ("How do I activate a new card?", "new_card"), "d2": ("let me talk to a real person", "wants_person")}
    lines = [
        {"dialogue_id": name, "domain": "finance", "customer_turns": [{"turn": 0, "text": text, "intents": [intent]}]}
        for name, (text, intent) in said.items()
    ]
    (tmp_path / "d.jsonl").write_text("\n".join(map(json.dumps, lines)))
    files = ("--dialogues", str(tmp_path / "d.jsonl"), "--policy", str(tmp_path / "policy.yml"))
    command = ("dialogues", "--url", service.url, *files)
    assert (await asyncio.to_thread(run, *command, output=tmp_path / "f.json"))[0] == 2, "d1 stands in the content"
    code, report = await asyncio.to_thread(run, *command, "--leaks", "report", output=tmp_path / "f.json")
    assert code == 0
    assert "wrong_containment" in json.dumps(report)
    kept = next((tmp_path / "var").rglob("rows.jsonl")).read_text()
    assert "real person" not in kept
    assert {row["id"]: row["right"] for row in map(json.loads, kept.splitlines())} == {"d1": True, "d2": True}


@pytest.mark.usefixtures("as_operator")
async def test_a_shopper_begins_a_history(service: Service, goals: Path, tmp_path: Path) -> None:  # noqa: F811
    command = ["shopper", "--url", service.url, "--goals", str(goals), "--count", "3"]
    assert await asyncio.to_thread(main, command) == 0
    (history,) = (tmp_path / "var" / "evaluation" / "shopper").glob("*.jsonl")
    assert json.loads(history.read_text())["right"] == {"a": True, "b": True, "c": True}
