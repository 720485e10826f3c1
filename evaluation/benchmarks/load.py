"""How long turns take while several customers talk at once, and what a process holds of memory meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.customers.goals import Goal
from evaluation.customers.interfaces import Channel

TURNS_A_CONVERSATION = 5


@dataclass(frozen=True)
class Load:
    """Turns with so many clients at once.

    Args:
        clients: at once, each with a conversation of its own.
        turns: how many were measured.
        p50_ms, p95_ms: from sending a message until all of the reply is there.
        turns_a_second: of all clients together.
    """

    clients: int
    turns: int
    p50_ms: float
    p95_ms: float
    turns_a_second: float

    def report(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


async def measure_load(
    begin: Callable[[Goal], Awaitable[Channel]], goals: Sequence[Goal], clients: int, turns: int
) -> Load:
    """Ask the goals' questions, five in a conversation; a conversation that a person has is left for a new one."""
    waiting = iter(range(turns))
    times: list[float] = []

    async def client(first: int) -> None:
        channel: Channel | None = None
        said = 0
        for number in waiting:
            goal = goals[(first + number) % len(goals)]
            if channel is None or said == TURNS_A_CONVERSATION:
                if channel is not None:
                    await channel.__aexit__(None, None, None)
                channel, said = await begin(goal), 0
            begun = time.perf_counter()
            reply = await channel.say(goal.says[0])
            times.append(1000 * (time.perf_counter() - begun))
            said += 1
            if reply.owner != "bot":
                await channel.cancel_waiting()
                said = TURNS_A_CONVERSATION
        if channel is not None:
            await channel.__aexit__(None, None, None)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for position in range(clients):
            group.create_task(client(position))
    seconds = time.perf_counter() - begun
    p50, p95 = np.percentile(times, [50, 95])
    return Load(clients, len(times), float(p50), float(p95), len(times) / seconds)


def resident_bytes(pid: int) -> int:
    """What a process and all that it started hold of memory, shared pages counted once each (PSS); Linux only."""
    total = 0
    for process in _family(pid):
        try:
            lines = (Path("/proc") / str(process) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        started = [int(child) for child in children.read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(one for child in started for one in _family(child))]
