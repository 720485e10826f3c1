"""Where conversations come from, and the channels that only the bank's own testers may name.

Simulated customers talk as everybody does, but are no customers: what they do is stored under a channel of its own, so
that figures about the business can leave it out, and a marker signed with a secret keeps others from hiding there.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Literal

from kit.errors import Forbidden

TestChannel = Literal["shopper", "simulation"]
TEST_CHANNELS: tuple[TestChannel, ...] = ("shopper", "simulation")
VALID_SECONDS = 300


class ChannelReserved(Forbidden):
    """The channel is for testers, and the marker does not show that the caller is one."""

    code = "channel_reserved"


def is_business(channel: str) -> bool:
    """Whether a conversation counts in figures about the business."""
    return channel not in TEST_CHANNELS


def sign(channel: TestChannel, secret: str, now: datetime) -> str:
    """The marker with which a tester may name ``channel`` for the next five minutes: ``SECONDS.HMAC-SHA256``."""
    at = int(now.timestamp())
    return f"{at}.{_digest(channel, at, secret)}"


def check_channel(channel: str, marker: str | None, secret: str, now: datetime) -> None:
    """Let everybody name any channel but those of testers.

    Raises:
        ChannelReserved: ``channel`` is a tester's, and ``marker`` was not signed for it with ``secret``, or not lately.
    """
    if is_business(channel):
        return
    signed_at, _, digest = (marker or "").partition(".")
    if not (signed_at.isascii() and signed_at.isdigit() and len(signed_at) < 12):
        raise ChannelReserved(f"The channel {channel!r} needs a marker that is signed for it.")
    timely = abs(now.timestamp() - int(signed_at)) <= VALID_SECONDS
    expected = _digest(channel, int(signed_at), secret)
    if not (timely and hmac.compare_digest(digest.encode(), expected.encode())):
        raise ChannelReserved(f"The marker for the channel {channel!r} is not valid, or no longer. Sign a new one.")


def _digest(channel: str, at: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"{channel}:{at}".encode(), hashlib.sha256).hexdigest()
