"""Emotion quality: anger where people read it, none in plain questions, and how far the numbers can be believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from evaluation.datasets import FeltText
from evaluation.signals import ManySignals, Text
from handoff.examples import SIGNALS, training_set
from handoff.facts import Standing, TurnSignals
from handoff.interfaces import Vector
from handoff.policy import Policy, before_bot, read_policy
from handoff.signals import LANGUAGES
from kit.settings import Settings

ANGER = frozenset({"anger", "angry"})
BINS = 10


def run(
    felt: Mapping[str, Sequence[FeltText]],
    questions: Mapping[str, Sequence[Text]],
    settings: Settings,
    progress: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """The figures of each set, as plain values for JSON. ``progress`` is called after each set."""
    measured, policy = ManySignals(settings), read_policy(settings.handoff_policy)
    report: dict[str, Any] = {"anger": {}, "questions": {}, "calibration_error": calibration(measured)}
    for name, texts in felt.items():
        signals = measured.read([(each.text, each.language) for each in texts])
        report["anger"][name] = anger([bool(each.emotions & ANGER) for each in texts], signals)
        progress()
    for name, plain in questions.items():
        report["questions"][name] = false_alarms(measured.read(plain), policy)
        progress()
    return report


def anger(angry: Sequence[bool], signals: Sequence[TurnSignals]) -> dict[str, Any]:
    """Area under the ROC curve of the anger signal (Fawcett 2006); None where one kind is missing."""
    scores = [each.anger for each in signals]
    whole = len(set(angry)) == 2
    return {"n": len(angry), "angry": sum(angry), "auroc": float(roc_auc_score(angry, scores)) if whole else None}


def false_alarms(signals: Sequence[TurnSignals], policy: Policy) -> dict[str, Any]:
    """Shares of plain questions that look angry, that do not look neutral, and that go to a person for their words."""
    needed = [before_bot(each, Standing(), policy) for each in signals]
    count = max(len(signals), 1)
    return {
        "n": len(signals),
        "angry": sum(each.emotion[0] == "anger" for each in signals) / count,
        "not_neutral": sum(each.emotion[0] != "neutral" for each in signals) / count,
        "handed_off": sum(each is not None for each in needed) / count,
    }


def calibration(measured: ManySignals) -> dict[str, dict[str, float]]:
    """Expected calibration error of each signal on the examples, each judged by all the others."""
    errors: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        held_out = measured.classifiers[language].held_out
        targets = training_set(language, measured.ordinary[language]).targets
        errors[language] = {
            signal: calibration_error(held_out[known, at], targets[known, at] > 0)
            for at, signal in enumerate(SIGNALS)
            for known in [targets[:, at] != 0]
        }
    return errors


def calibration_error(probabilities: Vector, happened: Sequence[bool] | np.ndarray[Any, Any]) -> float:
    """Mean distance of probability and share over equal-width bins, weighted by their size (Naeini et al. 2015).

    >>> calibration_error(np.array([0.9, 0.9, 0.1, 0.1]), [True, True, False, False])
    0.1
    """
    bins = np.minimum((np.asarray(probabilities) * BINS).astype(int), BINS - 1)
    truth = np.asarray(happened, float)
    gaps = [abs(float(np.sum(probabilities[bins == each] - truth[bins == each]))) for each in np.unique(bins)]
    return round(sum(gaps) / max(len(truth), 1), 6)
