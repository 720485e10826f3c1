"""Who speaks to the customer: ``bot -> waiting -> agent -> bot | closed``, as pure functions.

From agent to agent a conversation is transferred, or a supervisor takes it over; one may also step in for the bot. Who
waits may go on waiting for a more urgent reason.

A change is decided here and carried out by compare-and-swap on the conversation's version, so of two workers that
want the same conversation one gets it and the other is told.
"""

from __future__ import annotations

from enum import StrEnum

from kit.errors import Conflict


class Owner(StrEnum):
    """The one who speaks."""

    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"
    CLOSED = "closed"


ALLOWED: frozenset[tuple[Owner, Owner]] = frozenset(
    {
        (Owner.BOT, Owner.WAITING),
        (Owner.WAITING, Owner.BOT),
        (Owner.WAITING, Owner.WAITING),
        (Owner.WAITING, Owner.AGENT),
        (Owner.BOT, Owner.AGENT),
        (Owner.AGENT, Owner.AGENT),
        (Owner.AGENT, Owner.BOT),
        (Owner.AGENT, Owner.WAITING),
        (Owner.BOT, Owner.CLOSED),
        (Owner.WAITING, Owner.CLOSED),
        (Owner.AGENT, Owner.CLOSED),
    }
)


class OwnerChanged(Conflict):
    """Somebody else was quicker, or the change makes no sense from where the conversation is."""

    code = "owner_changed"


def check_change(current: Owner, wanted: Owner) -> None:
    """Raise ``OwnerChanged`` unless a conversation may go from ``current`` to ``wanted``."""
    if (current, wanted) not in ALLOWED:
        raise OwnerChanged(f"This conversation is with {current.value!r} and cannot go to {wanted.value!r}.")
