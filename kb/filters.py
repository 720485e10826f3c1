"""Which entries an editor wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Status = Literal["draft", "in_review", "published", "archived"]
# A language that an entry does not have, or that has stayed behind since the other one changed.
Gap = Literal["zh_missing", "en_missing", "zh_outdated", "en_outdated"]


# Not valid yet, valid for few days more, or no longer.
ValidityKind = Literal["scheduled", "expires_soon", "expired"]


@dataclass(frozen=True)
class Calendar:
    """The day it is at the bank, and the last of the days that are soon."""

    today: date
    soon: date


@dataclass(frozen=True)
class Validity:
    """A kind of validity by a calendar."""

    kind: ValidityKind
    calendar: Calendar


@dataclass(frozen=True)
class EntryFilter:
    """What must be true of an entry's newest revision; None and an empty text want all.

    Args:
        scenario: the whole name.
        status: of the revision.
        gap: what is wrong between the languages.
        text: words that the entry all says, in its id, questions, answers or risk statements; in any case, and for
            what is written in simplified characters also in traditional ones.
        validity: by its first and last day.
    """

    scenario: str | None = None
    status: Status | None = None
    gap: Gap | None = None
    text: str = ""
    validity: Validity | None = None
