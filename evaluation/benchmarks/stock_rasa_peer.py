"""The stock Rasa bot from outside: its process, and one conversation with it over REST."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx
import yaml

from evaluation.benchmarks.rasa_peer import PYTHON, RasaUnavailable
from evaluation.benchmarks.stock_rasa import PERSON
from evaluation.customers.channel import ChannelBroken
from evaluation.customers.heard import Heard, Reply
from kb.content import EntryContent, Lang
from kit.settings import ROOT

MODULE = "evaluation.benchmarks.stock_rasa"
START_SECONDS = 180
CALL_SECONDS = 60.0
TALK = ("greet", "thanks", "goodbye", "ask_human", "complaint")


@dataclass(frozen=True)
class StockRasa:
    """A bot that runs.

    Args:
        url: where it listens.
        entry_ids: the entries, by the number that the bot knows them by.
        examples: texts that it was trained on.
        trained_seconds: how long that took, which is how long a change takes to be live, but for the restart.
        pid: of its process.
    """

    url: str
    entry_ids: tuple[str, ...]
    examples: int
    trained_seconds: float
    pid: int


@asynccontextmanager
async def stock_rasa(
    entries: Sequence[EntryContent], per_variant: int, epochs: tuple[int, int], seed: int, port: int
) -> AsyncIterator[StockRasa]:
    """Train and start the bot on the first ``per_variant`` questions of each entry and language; stopped at the end.

    Args:
        epochs: of DIET, and of the ResponseSelector.

    Raises:
        RasaUnavailable: the bot's environment is not there, or the process ended.
    """
    questions = [[text for v in entry.variants.values() for text in v.questions[:per_variant]] for entry in entries]
    intents = own_intents()
    with tempfile.TemporaryDirectory(prefix="bilin-stock-") as folder, (Path(folder) / "log").open("wb") as log:
        environment = {**os.environ, "TMPDIR": folder, "RASA_TELEMETRY_ENABLED": "false"}
        try:
            process = await asyncio.create_subprocess_exec(
                PYTHON, "-m", MODULE, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, stderr=log
            )
        except FileNotFoundError as error:
            raise RasaUnavailable(f"Rasa is not installed: there is no {PYTHON}. Run 'make setup'.") from error
        try:
            assert process.stdin
            assert process.stdout
            wanted = {"entries": questions, "intents": intents, "seed": seed, "port": port, "folder": folder}
            wanted |= dict(zip(("epochs", "selector_epochs"), epochs, strict=True))
            process.stdin.write(json.dumps(wanted).encode() + b"\n")
            process.stdin.write_eof()
            line = await process.stdout.readline()
            url = f"http://127.0.0.1:{port}"
            if not line or not await _listens(url):
                last = (Path(folder) / "log").read_text(errors="replace").splitlines()[-5:]
                raise RasaUnavailable(f"Rasa's process did not come up. Its last lines: {' | '.join(last)}")
            count = sum(map(len, questions)) + sum(map(len, intents.values()))
            seconds = json.loads(line)["trained_seconds"]
            yield StockRasa(url, tuple(entry.id for entry in entries), count, seconds, process.pid)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def own_intents() -> Mapping[str, list[str]]:
    """The examples of Bilin's own bot for what is no question: a stock bot needs them as much."""
    found: dict[str, list[str]] = {name: [] for name in TALK}
    for path in sorted((ROOT / "bot" / "data").glob("nlu.*.yml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if row.get("intent") in found:
                lines = (line.removeprefix("- ").strip() for line in row["examples"].splitlines())
                found[row["intent"]] += [line for line in lines if line]
    return found


async def _listens(url: str) -> bool:
    deadline = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(timeout=5) as http:
        while time.monotonic() < deadline:
            try:
                if (await http.get(url)).is_success:
                    return True
            except httpx.HTTPError:
                await asyncio.sleep(1)
    return False


class StockRasaChannel:
    """One conversation with the bot, over Rasa's REST channel."""

    def __init__(self, http: httpx.AsyncClient, rasa: StockRasa) -> None:
        self._http = http
        self._rasa = rasa
        self._seq = 0
        self.conversation_id = uuid4().hex

    async def start(self, language: Lang, channel: str = "web", marker: str | None = None) -> None:
        """A conversation begins with its first message."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def come_back(self) -> None:
        """Nothing was closed."""

    async def say(self, text: str, choice: str | None = None) -> Reply:
        """Send a message; slashes in front are Rasa's commands, so they are left out."""
        body = {"sender": self.conversation_id, "message": text.lstrip("/ ")}
        try:
            response = await self._http.post(f"{self._rasa.url}/webhooks/rest/webhook", json=body, timeout=CALL_SECONDS)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise ChannelBroken(f"The stock bot does not answer: {error!r}") from error
        return self._read([message.get("text", "") for message in response.json()])

    def _read(self, texts: Sequence[str]) -> Reply:
        if PERSON in texts:
            return Reply((), "waiting")
        heard = []
        for text in texts:
            self._seq += 1
            number = text.removeprefix("entry ")
            entry = self._rasa.entry_ids[int(number)] if text != number else None
            heard.append(Heard(self._seq, "bot", "answer" if entry else "text", text, entry_id=entry))
        return Reply(tuple(heard), "bot")

    async def vote(self, seq: int, *, helpful: bool) -> None:
        """Nobody learns from it."""

    async def press_for_person(self) -> Reply:
        """A person comes."""
        return Reply((), "waiting")

    async def cancel_waiting(self) -> None:
        """There is no queue."""
