"""``python -m evaluation.benchmarks.routing``: a day of a contact centre under our rules and under a plain queue.

The day is made up and seeded; both runs have the same customers, agents, breaks and broken lines. The rules are the
service's own pure functions. The plain queue takes the oldest first, whoever they are, and gives them to the first free
agent of the team who speaks the language.
"""

from __future__ import annotations

import argparse
import heapq
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluation.benchmarks.floor import Floor, Policy
from evaluation.benchmarks.routing_day import START, TEAMS, Customer, agents, changes, customers
from evaluation.output import put_out
from handoff.hours import is_open
from handoff.presence import Presence, Timing
from handoff.priority import Priority
from handoff.routing import AgentState, Assignment, Patience, TeamState, Waiting, assign, in_order
from handoff.waiting_time import estimate_wait

SWEEP_SECONDS = 5.0
LONGEST_DAY = timedelta(hours=48)
HANDLE_TIMES = 200
TIMING = Timing()


def plain_queue(
    waiting: Iterable[Waiting],
    agents: Iterable[AgentState],
    teams: Mapping[str, TeamState],
    now: datetime,
    patience: Patience,
) -> list[Assignment]:
    """Oldest first, without classes, skills or last agents, to the first free agent who speaks the language."""
    free = {agent.id: agent.free_slots for agent in agents if agent.free_slots}
    able = {agent.id: agent for agent in agents}
    given = []
    for conversation in sorted(waiting, key=lambda each: (each.waiting_since, each.id)):
        if not teams[conversation.team].open:
            continue
        for agent, slots in free.items():
            speaks = conversation.language in able[agent].languages
            if slots and speaks and conversation.team in able[agent].teams:
                given.append(Assignment(conversation.id, agent))
                free[agent] -= 1
                break
    return given


@dataclass
class Day:
    """What came of one day."""

    waits: dict[Priority, list[float]] = field(default_factory=lambda: {priority: [] for priority in Priority})
    with_last_agent: int = 0
    returning: int = 0
    told: int = 0
    kept: int = 0
    unknown: int = 0
    given_back: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)


class Simulation:
    """Runs one day event by event, settling the floor after each."""

    def __init__(self, people: Sequence[Customer], agent_count: int, seed: int, policy: Policy) -> None:
        self.floor = Floor(START, TEAMS, agents(agent_count, seed), policy=policy, timing=TIMING)
        self.day = Day()
        self._people = {person.id: person for person in people}
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._since: dict[str, datetime] = {}
        self._told: dict[str, float] = {}
        self._visits: dict[str, int] = {}
        self._handled: list[float] = []
        self._taken_at: dict[str, datetime] = {}
        self._last: dict[str, tuple[int, datetime]] = {}
        for person in people:
            self._at(person.at, lambda person=person: self._arrive(person))  # type: ignore[misc]
        for change in changes(agent_count, seed):
            self._at(change.at, lambda change=change: self._change(change.agent, change.what))  # type: ignore[misc]
        self._last_arrival = max(person.at for person in people)

    def run(self) -> Day:
        """Until everybody is served or gone."""
        self._at(START, self._sweep)
        while self._events:
            self.floor.now, _, happen = heapq.heappop(self._events)
            happen()
            self._settle()
        for how in self.floor.ended.values():
            self.day.outcomes[how] = self.day.outcomes.get(how, 0) + 1
        self.day.outcomes["never served"] = len(self.floor.arrived - self.floor.ended.keys())
        self.day.broken = vars(self.floor.broken)
        return self.day

    def _at(self, when: datetime, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), what))

    def _sweep(self) -> None:
        """What time alone changes: hours, patience, grace."""
        busy = self.floor.waiting or any(agent.held for agent in self.floor.agents.values())
        if self.floor.now < self._last_arrival or (busy and self.floor.now < START + LONGEST_DAY):
            self._at(self.floor.now + timedelta(seconds=SWEEP_SECONDS), self._sweep)

    def _arrive(self, person: Customer) -> None:
        last = self._last.get(person.id)
        self.floor.arrive(
            person.id,
            team=person.team,
            language=person.language,
            priority=person.priority,
            scenario=person.scenario,
            last_agent=last[0] if last else None,
            last_agent_at=last[1] if last else None,
        )
        self._since[person.id] = self.floor.now
        open_now = is_open(TEAMS[person.team], self.floor.now)
        if not open_now and person.leaves_message:
            self.floor.cancel(person.id, "left a message")
            return
        if open_now:
            self._tell(person)
            since = self.floor.now
            gives_up = since + timedelta(seconds=person.patience_seconds)
            self._at(gives_up, lambda: self._give_up(person.id, since))

    def _tell(self, person: Customer) -> None:
        order = [each for each in in_order(self.floor.waiting.values()) if each.team == person.team]
        ahead = next(place for place, each in enumerate(order) if each.id == person.id)
        there = [self.floor.state(agent) for agent in self.floor.agents.values()]
        fit = [each for each in there if each.available and person.team in each.teams]
        fit = [each for each in fit if person.language in each.languages]
        slots, free = sum(each.capacity for each in fit), sum(each.free_slots for each in fit)
        told = estimate_wait(ahead, slots, free, self._handled[-HANDLE_TIMES:])
        if told.kind == "within" and told.minutes is not None:
            self._told[person.id] = told.minutes * 60
        elif told.kind == "unknown":
            self.day.unknown += 1

    def _give_up(self, person: str, since: datetime) -> None:
        if person in self.floor.waiting and self._since[person] == since and person not in self._taken_at:
            self._told.pop(person, None)
            self.floor.cancel(person)

    def _finish(self, person: Customer, agent: int, taken_at: datetime) -> None:
        if person.id not in self.floor.agents[agent].held or self._taken_at[person.id] != taken_at:
            return  # it went back to the queue meanwhile
        self._handled.append((self.floor.now - taken_at).total_seconds())
        again = person.returns_after_seconds is not None and person.id not in self._last
        self.floor.finish(person.id, agent, "back with the bot" if again else "served")
        del self._taken_at[person.id]
        if again and person.returns_after_seconds is not None:
            self._last[person.id] = (agent, self.floor.now)
            back = self.floor.now + timedelta(seconds=person.returns_after_seconds)
            self._at(back, lambda: self._arrive(person))

    def _change(self, agent: int, what: str) -> None:
        if what == "connect":
            self.floor.connect(agent)
        elif what == "disconnect":
            self.floor.disconnect(agent)
        else:
            self.floor.choose(agent, Presence.BREAK if what == "break" else Presence.ONLINE)

    def _settle(self) -> None:
        returned, given = self.floor.settle()
        self.day.given_back += len(returned)
        for assignment in given:
            person, now = self._people[assignment.conversation], self.floor.now
            if person.id not in self._taken_at:
                self._note_wait(person, assignment.agent)
            self._taken_at[person.id] = now
            visit = self._visits[person.id] = self._visits.get(person.id, -1) + 1
            seconds = person.handle_seconds[visit % len(person.handle_seconds)]
            ends = now + timedelta(seconds=seconds)
            self._at(ends, lambda p=person, a=assignment.agent, t=now: self._finish(p, a, t))  # type: ignore[misc]

    def _note_wait(self, person: Customer, agent: int) -> None:
        wait = (self.floor.now - self._since[person.id]).total_seconds()
        if is_open(TEAMS[person.team], self._since[person.id]):
            self.day.waits[person.priority].append(wait)
        told = self._told.pop(person.id, None)
        if told is not None:
            self.day.told += 1
            self.day.kept += wait <= told
        if person.id in self._last:
            self.day.returning += 1
            self.day.with_last_agent += self._last[person.id][0] == agent


def measure(conversations: int, agent_count: int, seed: int) -> dict[str, Any]:
    """Both days as plain values: waits in seconds, shares, and what must be zero."""
    people = customers(conversations, seed)
    report: dict[str, Any] = {"conversations": conversations, "agents": agent_count, "seed": seed}
    for name, policy in (("rules", assign), ("plain", plain_queue)):
        day = Simulation(people, agent_count, seed, policy).run()
        everybody = [wait for waits in day.waits.values() for wait in waits]
        waits = {priority.name.lower(): _wait(day.waits[priority]) for priority in reversed(Priority)}
        report[name] = {
            "waits": {**waits, "everybody": _wait(everybody)},
            "outcomes": day.outcomes,
            "broken": day.broken,
            "given_back": day.given_back,
            "last_agent": _share(day.with_last_agent, day.returning),
            "estimate_kept": _share(day.kept, day.told),
            "estimates": {"told": day.told, "unknown": day.unknown},
        }
    return report


def _wait(waits: Sequence[float]) -> dict[str, float]:
    if not waits:
        return {"n": 0, "p50": 0.0, "p90": 0.0, "longest": 0.0}
    p50, p90 = np.percentile(waits, [50, 90])
    return {"n": len(waits), "p50": float(p50), "p90": float(p90), "longest": float(max(waits))}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def show(report: Mapping[str, Any], console: Console) -> None:
    """The report for people."""
    title = f"{report['conversations']:,} conversations, {report['agents']} agents, seed {report['seed']}"
    table = Table(title=f"Waits in seconds: {title}")
    for column in ("class", "n", "rules p50", "rules p90", "longest", "plain p50", "plain p90", "longest"):
        table.add_column(column, justify="left" if column == "class" else "right")
    for name, ours in report["rules"]["waits"].items():
        plain = report["plain"]["waits"][name]
        numbers = [ours["p50"], ours["p90"], ours["longest"], plain["p50"], plain["p90"], plain["longest"]]
        table.add_row(name, f"{ours['n']:,}", *(f"{number:,.0f}" for number in numbers))
    console.print(table)
    for name in ("rules", "plain"):
        day = report[name]
        broken = ", ".join(f"{what.replace('_', ' ')} {times}" for what, times in day["broken"].items())
        ended = ", ".join(f"{what} {times:,}" for what, times in sorted(day["outcomes"].items()))
        console.print(
            f"{name}: must be zero: {broken}. Ended: {ended}. Given back by dropped agents: {day['given_back']:,}."
        )
    rules = report["rules"]
    if rules["last_agent"] is not None and rules["estimate_kept"] is not None:
        told = rules["estimates"]["told"]
        console.print(f"rules: returning customers who met their last agent: {rules['last_agent']:.3f}")
        console.print(f"rules: told 'within n minutes' and waited no longer: {rules['estimate_kept']:.3f} of {told:,}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one day; fails when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.benchmarks.routing", description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000, help="a day's conversations that want a person")
    parser.add_argument("--agents", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args(argv)
    report = measure(arguments.conversations, arguments.agents, arguments.seed)
    console = Console(stderr=True)
    show(report, console)
    broken = any(any(report[name]["broken"].values()) for name in ("rules", "plain"))
    return put_out(report, arguments.json, console) or int(broken)


if __name__ == "__main__":
    sys.exit(main())
