"""``python -m kb publish``: what it puts live is written down, and other systems are told before it ends."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from identity.models import AuditRecord
from kb.__main__ import main
from kb.content import EntryContent
from kb.webhooks import SIGNATURE, signature
from kit.database import Database
from kit.settings import Settings


@pytest.fixture
def told() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """The address of another system, and what it is told: signatures and bodies."""
    posts: list[tuple[str, bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append((self.headers[SIGNATURE], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/", posts
        server.shutdown()
        serving.join()


def written_down(settings: Settings) -> list[tuple[str, str, str]]:
    async def read() -> list[tuple[str, str, str]]:
        database = Database.from_settings(settings)
        async with database.read() as session:
            lines = (await session.execute(select(AuditRecord).order_by(AuditRecord.id))).scalars()
            found = [(line.actor, line.action, line.subject) for line in lines]
        await database.close()
        return found

    return asyncio.run(read())


def test_a_publication_is_written_down_and_told(
    told: Any, tmp_path: Path, bank: list[EntryContent], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    address, posts = told
    content = tmp_path / "content"
    content.mkdir()
    entries = [
        {"id": entry.id, **{key: each.model_dump(mode="json") for key, each in entry.variants.items()}}
        for entry in bank[:2]
    ]
    document = yaml.safe_dump({"scenario": "cards", "entries": entries}, allow_unicode=True)
    (content / "bank.yml").write_text(document, encoding="utf-8")
    for name, value in (("DATA_DIR", str(tmp_path / "var")), ("WEBHOOK_URLS", f" {address},"), ("WEBHOOK_SECRET", "s")):
        monkeypatch.setenv(f"BILIN_{name}", value)
    assert main(["publish", "--content", str(content)]) == 0
    assert main(["publish", "--content", str(content)]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["Release 1 is live.", "Nothing has changed."]
    assert written_down(Settings(_env_file=None)) == [
        ("content-files", "entry.loaded", "lost-card"),
        ("content-files", "entry.loaded", "transfer-limit"),
        ("content-files", "release.published", "1"),
    ]
    [(signed, body)] = posts
    assert signed == signature(body, "s")
    assert [change["entry_id"] for change in json.loads(body)["changes"]] == ["lost-card", "transfer-limit"]
