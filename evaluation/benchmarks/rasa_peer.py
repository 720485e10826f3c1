"""Rasa's ResponseSelector as a peer: a process in the bot's environment, trained on the same entries."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

from evaluation.benchmarks.peers import Reply
from evaluation.datasets import Query
from kb.content import EntryContent
from kit.errors import Unavailable
from kit.settings import ROOT

PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
MODULE = "evaluation.benchmarks.rasa_selector"
LONGEST_LINE = 2**24
LOG_LINES = 5


class RasaUnavailable(Unavailable):
    """Rasa is not installed, or its process ended."""


class _Lines:
    """A process that answers every line of JSON with one."""

    def __init__(self, process: Process, log: IO[bytes]) -> None:
        self._process = process
        self._log = log

    async def exchange(self, value: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        answer = await self._process.stdout.readline()
        if not answer:
            await self._process.wait()  # it may still be writing why
            raise RasaUnavailable(f"Rasa's process ended. Its last lines: {self._last_lines()}")
        return json.loads(answer)

    def _last_lines(self) -> str:
        self._log.seek(0)
        return " | ".join(self._log.read().decode(errors="replace").splitlines()[-LOG_LINES:])


class RasaSelector:
    """Asks the process. Times are measured inside it, so the way there and back costs Rasa nothing."""

    def __init__(self, lines: _Lines, entry_ids: Sequence[str], ready_seconds: float) -> None:
        self._lines = lines
        self._entry_ids = entry_ids
        self.ready_seconds = ready_seconds

    async def ask(self, questions: Sequence[Query]) -> list[Reply]:
        """Ask one question after another.

        Raises:
            RasaUnavailable: the process ended.
        """
        found = await self._lines.exchange([question.text for question in questions])
        return [self._reply(one) for one in found]

    def _reply(self, found: dict[str, Any]) -> Reply:
        ranked = tuple(self._entry_ids[position] for position in found["ranked"])
        return Reply(ranked, ranked[:1], found["confidence"], found["ms"])


@asynccontextmanager
async def rasa_selector(entries: Sequence[EntryContent], epochs: int, seed: int) -> AsyncIterator[RasaSelector]:
    """Start the process and train it on the questions of ``entries``; it is stopped at the end.

    Raises:
        RasaUnavailable: the bot's environment is not there, or the process ended.
    """
    questions = [[text for v in entry.variants.values() for text in v.questions] for entry in entries]
    with tempfile.TemporaryDirectory(prefix="bilin-rasa-") as folder, tempfile.TemporaryFile() as log:
        process = await _started(PYTHON, folder, log)
        lines = _Lines(process, log)
        try:
            ready = await lines.exchange({"entries": questions, "epochs": epochs, "seed": seed})
            yield RasaSelector(lines, [entry.id for entry in entries], ready["seconds"])
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _started(python: Path, folder: str, log: IO[bytes]) -> Process:
    """The process, with ``folder`` for its temporary files: TensorFlow leaves some behind."""
    environment = {**os.environ, "TMPDIR": folder}
    command = (python, "-m", MODULE)
    try:
        return await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, stderr=log, limit=LONGEST_LINE
        )
    except FileNotFoundError as error:
        raise RasaUnavailable(f"Rasa is not installed: there is no {python}. Run 'make setup'.") from error
