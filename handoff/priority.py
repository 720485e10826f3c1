"""Who comes first, as pure functions: classes, and the head start that each has over the others.

A class is no wall: it counts as having arrived earlier by a fixed time, so that whoever waits is overtaken only by
those who came soon after, and never for ever. The order of two conversations therefore does not change while they wait,
and can be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from handoff.policy import Reason


class Priority(IntEnum):
    """The classes; a higher one comes first."""

    STANDARD = 0
    VIP = 1
    COMPLAINT = 2
    ELDER = 3
    VULNERABLE = 4


class CustomerClass(StrEnum):
    """What a conversation says of its customer when it begins; ``vip`` only by a signed claim."""

    STANDARD = "standard"
    ELDER = "elder"
    VIP = "vip"


HEAD_STARTS: Mapping[Priority, timedelta] = {
    Priority.STANDARD: timedelta(0),
    Priority.VIP: timedelta(minutes=5),
    Priority.COMPLAINT: timedelta(minutes=10),
    Priority.ELDER: timedelta(minutes=15),
    Priority.VULNERABLE: timedelta(hours=4),
}

_OF_REASON = {
    Reason.DISTRESS: Priority.VULNERABLE,
    Reason.VULNERABLE_CUSTOMER: Priority.VULNERABLE,
    Reason.COMPLAINT: Priority.COMPLAINT,
}
_OF_CUSTOMER = {CustomerClass.ELDER: Priority.ELDER, CustomerClass.VIP: Priority.VIP}


# From which priority of a row of the policy on a conversation is in a class.
_OF_RULE = ((6, Priority.VULNERABLE), (4, Priority.ELDER), (3, Priority.COMPLAINT), (1, Priority.VIP))


def priority_of(reason: Reason, customer: CustomerClass, rule_priority: int = 0) -> Priority:
    """The highest of what the reason, the customer's class and the row of the policy give.

    Args:
        rule_priority: 0 to 9.
    """
    of_rule = next((priority for least, priority in _OF_RULE if rule_priority >= least), Priority.STANDARD)
    return max(_OF_REASON.get(reason, Priority.STANDARD), _OF_CUSTOMER.get(customer, Priority.STANDARD), of_rule)


def queue_since(
    waiting_since: datetime, priority: Priority, head_starts: Mapping[Priority, timedelta] = HEAD_STARTS
) -> datetime:
    """The moment by which the queue is ordered, the earliest first: the arrival, less the head start of the class."""
    return waiting_since - head_starts.get(priority, timedelta(0))


def parse_head_starts(text: str) -> dict[Priority, timedelta]:
    """``"vulnerable=240, elder=15, complaint=10, vip=5"``, in minutes; a class that is not named has none.

    Raises:
        ValueError: a name is no class, a number is no number, or a lower class has the longer head start.
    """
    found = dict.fromkeys(Priority, timedelta(0))
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, minutes = part.partition("=")
        try:
            found[Priority[name.strip().upper()]] = timedelta(minutes=float(minutes))
        except (KeyError, ValueError) as error:
            raise ValueError(f"BILIN_QUEUE_HEAD_STARTS: write 'elder=15' (class=minutes), not {part!r}.") from error
    if sorted(found.values()) != [found[priority] for priority in sorted(Priority)]:
        raise ValueError("BILIN_QUEUE_HEAD_STARTS: a higher class needs a head start no shorter than a lower one's.")
    return found
