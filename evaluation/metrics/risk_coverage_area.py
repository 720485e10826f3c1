"""The area under the risk-coverage curve: how much goes wrong, over all bars that the confidence could have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.metrics.answering import Answered
from evaluation.metrics.score import ROUNDS_OF_CURVES, SEED, Score
from evaluation.statistics.intervals import bootstrap
from evaluation.statistics.risk_coverage import area_under_risk


def risk_coverage_area(questions: Sequence[Answered]) -> Score:
    """Mean share of wrong answers among the k most confident questions, over every k; 0 is best.

    Of questions with the same confidence, the one that was passed first counts as the more confident.

    Source: Geifman, Uziel and El-Yaniv 2019, ICLR (AURC). An individual score is 1 for a wrong first candidate; the
    area is not their mean.

    >>> risk_coverage_area([Answered(0.9, True, True, True), Answered(0.1, False, False, True)]).value
    0.25
    """
    if not questions:
        return Score(None, None, 0, ())
    pairs = np.array([[question.confidence, question.right] for question in questions], dtype=float)

    def area(drawn: np.ndarray) -> float:
        return area_under_risk(drawn[:, 0], drawn[:, 1])

    interval = bootstrap(list(pairs), area, seed=SEED, rounds=ROUNDS_OF_CURVES)
    return Score(area(pairs), interval, len(questions), tuple((1 - pairs[:, 1]).tolist()))
