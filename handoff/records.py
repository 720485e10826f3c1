"""Wait, first response and handle time, computed from what is stored: each change of owner, and the agents' messages.

The definitions, in seconds:

    wait              from entering the queue until a person took the conversation, one number a handoff. A chat that an
                      agent who dropped off gave back goes on waiting since then; one whose customer gave up, or left a
                      message, or that was closed in the queue, has no wait but counts as unserved.
    first response    from the handoff until a person's first message, one number a handoff. So it holds the wait.
    handle time       how long an agent had the conversation, one number for each time one had it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Change:
    """One change of owner as it is stored, in the order of its version."""

    from_owner: str
    to_owner: str
    at: datetime
    reason: str | None = None
    agent_id: int | None = None


@dataclass(frozen=True)
class Service:
    """What became of one handoff. ``None`` says that it never came to that, or has not yet."""

    reason: str | None
    asked_at: datetime
    wait_seconds: float | None
    first_response_seconds: float | None
    unserved: bool


@dataclass(frozen=True)
class Handling:
    """One agent's time with the conversation; ``handle_seconds`` is None while it lasts."""

    agent_id: int | None
    taken_at: datetime
    handle_seconds: float | None


def services(changes: Sequence[Change], agent_messages: Iterable[datetime]) -> list[Service]:
    """Each handoff of one conversation, with its wait and first response.

    Args:
        changes: all changes of owner of the conversation, in order.
        agent_messages: when people said something in it.
    """
    said = sorted(agent_messages)
    found = []
    for start, change in enumerate(changes):
        if change.to_owner != "waiting" or change.from_owner != "bot":
            continue
        after = changes[start + 1 :]
        end = next((each.at for each in after if each.to_owner in ("bot", "closed")), None)
        taken = next((each.at for each in after if each.to_owner == "agent" and (end is None or each.at <= end)), None)
        reply = next((at for at in said if at >= change.at and (end is None or at <= end)), None)
        found.append(
            Service(
                change.reason,
                change.at,
                None if taken is None else (taken - change.at).total_seconds(),
                None if reply is None else (reply - change.at).total_seconds(),
                unserved=taken is None and end is not None,
            )
        )
    return found


def handlings(changes: Sequence[Change]) -> list[Handling]:
    """Each time that an agent had the conversation; a change from one agent to another ends the first's time."""
    found = []
    for number, change in enumerate(changes):
        if change.to_owner == "agent":
            following = changes[number + 1].at if number + 1 < len(changes) else None
            seconds = None if following is None else (following - change.at).total_seconds()
            found.append(Handling(change.agent_id, change.at, seconds))
    return found
