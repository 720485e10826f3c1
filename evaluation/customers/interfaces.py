"""What a customer needs of a conversation: the same customer can talk to the live channel, or to a peer of it."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from evaluation.customers.heard import Reply
from kb.content import Lang


class Channel(Protocol):
    """One conversation; each call is described where the live channel makes it, in `evaluation.customers.channel`."""

    conversation_id: str

    async def start(self, language: Lang, channel: str = "web", marker: str | None = None) -> None:
        """Begin."""
        ...

    async def __aenter__(self) -> Self:
        """Leave at the end."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""
        ...

    async def come_back(self) -> None:
        """Go on with the same conversation."""
        ...

    async def say(self, text: str, choice: str | None = None) -> Reply:
        """Send a message; returns what comes back."""
        ...

    async def vote(self, seq: int, *, helpful: bool) -> None:
        """Say whether an answer helped."""
        ...

    async def press_for_person(self) -> Reply:
        """Ask for a person by the button."""
        ...

    async def cancel_waiting(self) -> None:
        """Leave the queue."""
        ...
