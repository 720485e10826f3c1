"""First response, wait and handle time, in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import Score, measured


@dataclass(frozen=True)
class Times:
    """Half of the customers had it within ``p50`` seconds, nine of ten within ``p90``."""

    p50: Score
    p90: Score


def first_response(conversations: Sequence[MeasuredConversation]) -> Times:
    """Seconds from the first customer message to the first reply.

    >>> first_response([MeasuredConversation("1", True, first_response_seconds=s) for s in (1, 2, 6)]).p50.value
    2.0
    """
    return times([one.first_response_seconds for one in conversations])


def wait(conversations: Sequence[MeasuredConversation]) -> Times:
    """Seconds from the handoff until a person joined.

    >>> wait([MeasuredConversation("1", True, wait_seconds=30), MeasuredConversation("2", True)]).p50.n
    1
    """
    return times([one.wait_seconds for one in conversations])


def handle(conversations: Sequence[MeasuredConversation]) -> Times:
    """Seconds from a person's joining until the person was done.

    >>> handle([MeasuredConversation("1", True, handle_seconds=240)]).p90.value
    240.0
    """
    return times([one.handle_seconds for one in conversations])


def times(seconds: Sequence[float | None]) -> Times:
    """The median and the ninth decile, linearly interpolated (Hyndman and Fan 1996, type 7); None does not count.

    >>> times([1, 2, 3, None]).p90.value
    2.8
    """
    return Times(measured(seconds, _p50), measured(seconds, _p90))


def _p50(seconds: Any) -> float:
    return float(np.percentile(seconds, 50))


def _p90(seconds: Any) -> float:
    return float(np.percentile(seconds, 90))
