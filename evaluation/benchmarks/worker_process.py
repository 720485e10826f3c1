"""The other side of `evaluation.benchmarks.worker`: a process that is started, told what to do, and stopped."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from evaluation.benchmarks.changes import Change, Met
from evaluation.benchmarks.worker import MET, OPENING, STARTED, TASK, Opening, Started, Task
from kit.errors import Unavailable
from kit.settings import ROOT

MODULE = "evaluation.benchmarks.worker"


@dataclass(frozen=True)
class WorkerProcess:
    """A worker that has answered its first question.

    Args:
        process: what is told.
        begun: the moment when the process was started.
        started: the moments that followed.
    """

    process: Process
    begun: float
    started: Started

    async def make(self, change: Change) -> Met:
        """Have it make a change, and its customers meet it.

        Raises:
            Unavailable: they do not, or the process ended.
        """
        return await self._do(Task(change, is_made_here=True))

    async def meet(self, change: Change) -> Met:
        """Have its customers meet a change that another worker makes; errors as of `make`."""
        return await self._do(Task(change, is_made_here=False))

    async def _do(self, task: Task) -> Met:
        return MET.validate_json(await _exchange(self.process, TASK.dump_json(task)))


@asynccontextmanager
async def worker_process(opening: Opening) -> AsyncIterator[WorkerProcess]:
    """Start a worker; it is killed at the end, for it may be learning for minutes.

    Raises:
        Unavailable: the process ended.
    """
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", MODULE, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    try:
        started = STARTED.validate_json(await _exchange(process, OPENING.dump_json(opening)))
        yield WorkerProcess(process, begun, started)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _exchange(process: Process, line: bytes) -> bytes:
    assert process.stdin
    assert process.stdout
    process.stdin.write(line + b"\n")
    reply = await process.stdout.readline()
    if not reply:
        await process.wait()  # it may still be writing why
        raise Unavailable("The worker's process ended; its last words are above.")
    return reply
