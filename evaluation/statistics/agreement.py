"""Agreement of two raters, beyond what chance would give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.statistics.intervals import Interval, bootstrap, wilson


@dataclass(frozen=True)
class Agreement:
    """Agreement over the items that both raters judged.

    Args:
        kappa: 1 where they always agree, 0 where no more than by chance; None where chance alone would agree on all.
        interval: of kappa, 95 %, by bootstrap; None as well, and of one item alone.
        agreed: the share on which they agree.
        agreed_interval: of that share, 95 %, Wilson's.
        n: how many both judged.
    """

    kappa: float | None
    interval: Interval | None
    agreed: float | None
    agreed_interval: Interval | None
    n: int


def cohens_kappa(first: Sequence[Hashable | None], second: Sequence[Hashable | None], *, seed: int) -> Agreement:
    """(observed - expected) / (1 - expected), expected from how often each rater uses each label; None is not judged.

    Source: Cohen 1960, Educational and Psychological Measurement 20.

    >>> cohens_kappa(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"], seed=1).kappa
    0.5
    """
    pairs = [(x, y) for x, y in zip(first, second, strict=True) if x is not None and y is not None]
    if not pairs:
        return Agreement(None, None, None, None, 0)
    codes = {label: code for code, label in enumerate(dict.fromkeys(label for pair in pairs for label in pair))}
    coded = np.array([[codes[x], codes[y]] for x, y in pairs])
    kappa = _kappa(coded)
    known = not np.isnan(kappa)
    interval = bootstrap(coded, _kappa, seed=seed) if known and len(pairs) > 1 else None
    same = int((coded[:, 0] == coded[:, 1]).sum())
    return Agreement(kappa if known else None, interval, same / len(pairs), wilson(same, len(pairs)), len(pairs))


def _kappa(coded: np.ndarray) -> float:
    n = len(coded)
    observed = float((coded[:, 0] == coded[:, 1]).mean())
    first, second = Counter(coded[:, 0].tolist()), Counter(coded[:, 1].tolist())
    expected = sum(first[label] * second[label] for label in first) / n**2
    return float("nan") if expected == 1 else (observed - expected) / (1 - expected)
