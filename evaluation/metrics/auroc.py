"""AUROC: how well the confidence tells what can be answered from what cannot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.metrics.answering import Answered
from evaluation.metrics.score import ROUNDS_OF_CURVES, SEED, Score
from evaluation.statistics.intervals import bootstrap


def auroc(questions: Sequence[Answered]) -> Score:
    """Area under the ROC curve of the confidence, in scope against out of scope; no value where one kind is missing.

    The probability that an in-scope question is more confident than an out-of-scope one, a tie counting half, from
    the sum of ranks (Fawcett 2006, Pattern Recognition Letters 27). The individual scores are the confidences.

    >>> auroc([Answered(0.9, True, True, True), Answered(0.1, False, False, False)]).value
    1.0
    """
    confidences = tuple(question.confidence for question in questions)
    kinds = [question.in_scope for question in questions]
    if not any(kinds) or all(kinds):
        return Score(None, None, 0, tuple(None for _ in questions))
    pairs = np.array([confidences, kinds], dtype=float).T
    interval = bootstrap(list(pairs), area, seed=SEED, rounds=ROUNDS_OF_CURVES)
    return Score(area(pairs), interval, len(questions), confidences)


def area(pairs: np.ndarray) -> float:
    """The area of rows of a confidence and 1 for in scope, 0 for out of scope; NaN where one kind is missing.

    >>> area(np.array([[0.9, 1], [0.5, 0], [0.5, 1]]))
    0.75
    """
    from scipy.stats import rankdata

    inside = pairs[:, 1] == 1
    n, m = int(inside.sum()), int((~inside).sum())
    if not n or not m:
        return float("nan")
    ranks = rankdata(pairs[:, 0])
    return float((ranks[inside].sum() - n * (n + 1) / 2) / (n * m))
