"""Handoffs that were needed against handoffs that were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Detection:
    """Counts of a yes-or-no decision.

    Source: van Rijsbergen 1979, Information Retrieval, chapter 7.

    >>> Detection.of([True, True, False, False], [True, False, True, False]).recall
    0.5
    """

    hits: int
    misses: int
    false_alarms: int
    quiet: int

    @classmethod
    def of(cls, needed: Sequence[bool], made: Sequence[bool]) -> Detection:
        """Count ``made`` against ``needed``."""
        pairs = list(zip(needed, made, strict=True))
        return cls(
            hits=pairs.count((True, True)),
            misses=pairs.count((True, False)),
            false_alarms=pairs.count((False, True)),
            quiet=pairs.count((False, False)),
        )

    @property
    def precision(self) -> float | None:
        """Needed handoffs over handoffs."""
        return self._share(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """Handed off over needed."""
        return self._share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return self._share(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)

    @property
    def false_alarm_rate(self) -> float | None:
        """Handed off without need over not needed."""
        return self._share(self.false_alarms, self.false_alarms + self.quiet)

    @staticmethod
    def _share(part: int, whole: int) -> float | None:
        return part / whole if whole else None
