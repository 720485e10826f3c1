"""The benchmark of changes on a real `web`: what is changed is told, and what was there is there again."""

from __future__ import annotations

import asyncio

from evaluation.benchmarks.console_client import Customer
from evaluation.benchmarks.live_change import LiveChanges
from kb.content import read_folder


async def test_changes_are_told_and_taken_back(service) -> None:
    entries = [entry for entry in read_folder(service.settings.content_dir) if entry.audience == "all"]
    accounts = (f"{login}:{service.password(login)}" for login in ("he", "wu"))
    changes = LiveChanges([service.url, service.url], *accounts)
    found = await asyncio.to_thread(changes.measure, entries, 2)
    assert found.changes == 2
    assert [0 < there.p50_seconds <= there.max_seconds for there in found.told] == [True, True]
    language, variant = next(iter(entries[0].variants.items()))
    told = await asyncio.to_thread(Customer(service.url).ask, variant.question, language)
    assert told["data"]["entry_id"] == entries[0].id
    assert "(1/2)" not in told["text"]
