"""Which entries an editor wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["draft", "in_review", "published", "archived"]
# A language that an entry does not have, or that has stayed behind since the other one changed.
Gap = Literal["zh_missing", "en_missing", "zh_outdated", "en_outdated"]


@dataclass(frozen=True)
class EntryFilter:
    """What must be true of an entry's newest revision; None and an empty text want all.

    Args:
        scenario: the whole name.
        status: of the revision.
        gap: what is wrong between the languages.
        text: part of what the entry says or of its id, in any case.
    """

    scenario: str | None = None
    status: Status | None = None
    gap: Gap | None = None
    text: str = ""
