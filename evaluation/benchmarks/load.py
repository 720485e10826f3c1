"""How long turns take while several customers talk at once, and what a process holds of memory meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.customers.goals import Goal
from evaluation.customers.interfaces import Channel

TURNS_A_CONVERSATION = 5


Begin = Callable[[Goal], Awaitable[Channel]]


@dataclass(frozen=True)
class Lap:
    """One go at a service.

    Args:
        times_ms: of each turn, from sending a message until all of the reply is there.
        seconds: of all of them together.
    """

    times_ms: tuple[float, ...]
    seconds: float


@dataclass(frozen=True)
class Load:
    """Turns with so many clients at once.

    Args:
        clients: at once, each with a conversation of its own.
        turns: how many were measured.
        p50_ms, p95_ms: of a turn.
        turns_a_second: of all clients together.
    """

    clients: int
    turns: int
    p50_ms: float
    p95_ms: float
    turns_a_second: float

    @classmethod
    def of(cls, clients: int, laps: Sequence[Lap]) -> Load:
        """What several goes come to."""
        times = [time_ms for lap in laps for time_ms in lap.times_ms]
        p50, p95 = np.percentile(times, [50, 95])
        return cls(clients, len(times), float(p50), float(p95), len(times) / sum(lap.seconds for lap in laps))

    def report(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


async def side_by_side(
    services: Mapping[str, Begin], goals: Sequence[Goal], clients: int, laps: int
) -> dict[str, Load]:
    """The same load on each of several services, in turns: a machine that becomes slow is slow for all of them.

    Args:
        services: how a conversation with each is begun.
        goals: whose first questions are asked, each once of every service.
        clients: at once.
        laps: in how many goes; who is first in one is last in the next.
    """
    run: dict[str, list[Lap]] = {name: [] for name in services}
    for number in range(laps):
        for name in [*services][:: -1 if number % 2 else 1]:
            run[name].append(await run_lap(services[name], goals[number::laps], clients))
    return {name: Load.of(clients, gone) for name, gone in run.items()}


async def run_lap(begin: Begin, goals: Sequence[Goal], clients: int) -> Lap:
    """Ask each goal's first question, five in a conversation; one that a person has is left for a new one."""
    waiting = iter(goals)
    times: list[float] = []

    async def client() -> None:
        channel: Channel | None = None
        said = 0
        for goal in waiting:
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
        for _ in range(clients):
            group.create_task(client())
    return Lap(tuple(times), time.perf_counter() - begun)


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
