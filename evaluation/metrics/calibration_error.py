"""Calibration error: by how much the confidence promises too much or too little."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.metrics.answering import Answered
from evaluation.metrics.score import ROUNDS_OF_CURVES, SEED, Score
from evaluation.statistics.calibration import calibration_gap
from evaluation.statistics.intervals import bootstrap


def calibration_error(questions: Sequence[Answered], bins: int = 10) -> Score:
    """Mean distance of confidence and share right over equal-width bins, weighted by their size; 0 is best.

    Source: Naeini, Cooper and Hauskrecht 2015, AAAI. An individual score is how far the question's confidence is from
    what came of it; the error is not their mean.

    >>> calibration_error([Answered(1.0, True, True, True), Answered(0.0, False, False, True)]).value
    0.0
    """
    if not questions:
        return Score(None, None, 0, ())
    pairs = np.array([[question.confidence, question.right] for question in questions], dtype=float)

    def error(drawn: np.ndarray) -> float:
        return calibration_gap(drawn[:, 0], drawn[:, 1], bins)

    interval = bootstrap(list(pairs), error, seed=SEED, rounds=ROUNDS_OF_CURVES)
    return Score(error(pairs), interval, len(questions), tuple(np.abs(pairs[:, 0] - pairs[:, 1]).tolist()))
