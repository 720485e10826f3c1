"""A file through the API: imported, published, answered from over the widget's channel, exported as it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kb.encoder import TurnEncoder
from kit.settings import ROOT
from tests.chat.conftest import Customer, FakeRasa, Service, _service

BANKING77 = ROOT.parent / "shared" / "data" / "faq" / "banking77" / "kb.jsonl"
ENTRIES, QUESTIONS = 6, 8

Json = dict[str, Any]

WAYS = (
    "{}",
    "{}, please",
    "could you tell me: {}",
    "I need help, {}",
    "hello, {}",
    "{}, asking for my mother",
    "quick question: {}",
)
ASKED = {
    "Parking_at_the_branch": "where can I park my car when I visit the branch",
    "Coin_counting_machine": "do you have a machine that counts my jar of coins",
    "Gift_card_with_photo": "can I print a photo of my cat on a gift card",
    "Wedding_envelope_notes": "I want fresh banknotes for red wedding envelopes",
    "Lost_umbrella": "I left my umbrella in the waiting hall",
    "Tour_of_the_vault": "may my school class visit the old vault",
}


def generated() -> list[Json]:
    """As another system hands it over: one language, many ways to ask, an answer that is a name."""
    return [
        {
            "id": entry_id,
            "scenario": "banking",
            "variants": {
                "en": {
                    "question": way[0].upper() + way[1:] + "?",
                    "similar": [pattern.format(way) for pattern in WAYS],
                    "answer": f"[{entry_id}]",
                }
            },
        }
        for entry_id, way in ASKED.items()
    ]


def cut(path: Path) -> list[Json]:
    """A few entries of the set, with a few of their questions."""
    entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    chosen = entries[:: len(entries) // ENTRIES][:ENTRIES]
    for entry in chosen:
        entry["variants"]["en"]["similar"] = entry["variants"]["en"]["similar"][:QUESTIONS]
    return chosen


@pytest.fixture(params=["generated", "banking77"])
def entries(request: pytest.FixtureRequest) -> list[Json]:
    if request.param == "generated":
        return generated()
    if not BANKING77.is_file():
        pytest.skip(f"needs the BANKING77 set at {BANKING77}")
    return cut(BANKING77)


@pytest.fixture
async def fresh(tmp_path: Path, encoder: TurnEncoder) -> AsyncIterator[Service]:
    """A `web` of this test's own, with a bot that asks it for answers."""
    rasa = FakeRasa()
    rasa.start()
    running = _service(tmp_path / "web", rasa, encoder)
    await asyncio.to_thread(running.start)
    yield running
    await asyncio.to_thread(running.stop)
    rasa.stop()


async def signed_in(service: Service, login: str) -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=service.url, timeout=300)
    body = {"login": login, "password": service.password(login)}
    client.headers["X-CSRF-Token"] = (await client.post("/api/staff/login", json=body)).json()["csrf"]
    return client


def whole(entry: Json) -> Json:
    """An entry with everything that a file may leave out."""
    told = {"audience": "all", "risk_class": "none", "featured": False, "related": []}
    dates = dict.fromkeys(("updated", "valid_from", "valid_to"))
    variants = {language: {"risk": None, **variant} for language, variant in entry["variants"].items()}
    return {**told, **dates, **entry, "variants": variants}


async def test_what_is_imported_is_answered_and_exported_as_it_was(fresh: Service, entries: list[Json]) -> None:
    editor, reviewer = await signed_in(fresh, "he"), await signed_in(fresh, "wu")
    content = "\n".join(json.dumps(entry) for entry in entries).encode()
    checked = (await editor.post("/api/kb/imports", files={"file": ("kb.jsonl", content)})).json()
    assert checked["counts"] == {"new": len(entries), "changed": 0, "same": 0, "refused": 0}
    await editor.post(f"/api/kb/imports/{checked['id']}/apply")
    state = checked
    while state["state"] != "done":
        await asyncio.sleep(0.1)
        state = (await editor.get(f"/api/kb/imports/{checked['id']}")).json()
    body = {"comment": "from another system", "reasons": {"*": "it is cleaned there"}}
    published = await reviewer.post("/api/kb/releases", json=body)
    assert published.status_code == 201, published.text

    answered = offered = 0
    async with httpx.AsyncClient(base_url=fresh.url, timeout=60) as http:
        for entry in entries:
            customer = await Customer.arrive(http, "en")
            reply = await customer.reply_to(entry["variants"]["en"]["question"])
            answered += reply["kind"] == "answer" and reply["data"]["entry_id"] == entry["id"]
            offered += entry["id"] in [choice["entry_id"] for choice in reply["data"].get("choices", ())]
            if reply["kind"] == "answer":
                assert reply["data"]["release_id"] == published.json()["release_id"]
    if {entry["id"] for entry in entries} == set(ASKED):
        assert answered == len(entries)
    # Of six real questions in so small a knowledge base one was seen to get neither.
    assert answered + offered >= len(entries) - 1
    assert answered > offered

    exported = await editor.get("/api/kb/export", params={"format": "jsonl"})
    held = {line["id"]: line for line in map(json.loads, exported.text.splitlines())}
    assert {entry["id"]: whole(held[entry["id"]]) for entry in entries} == {e["id"]: whole(e) for e in entries}
