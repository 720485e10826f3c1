"""What the bot answers, and how much of it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """One question: how sure the first candidate was, whether it was given as the answer, and whether it was right."""

    confidence: float
    answered: bool
    right: bool
    in_scope: bool


def coverage(questions: Sequence[Answered]) -> float | None:
    """Answered questions over all questions.

    >>> coverage([Answered(0.9, True, True, True), Answered(0.1, False, False, True)])
    0.5
    """
    return sum(q.answered for q in questions) / len(questions) if questions else None


def answered_precision(questions: Sequence[Answered]) -> float | None:
    """Right answers over answered questions; an answered out-of-scope question is wrong.

    >>> answered_precision([Answered(0.9, True, True, True), Answered(0.8, True, False, False)])
    0.5
    """
    answered = [q for q in questions if q.answered]
    return sum(q.right for q in answered) / len(answered) if answered else None


def false_answer_rate(questions: Sequence[Answered]) -> float | None:
    """Out-of-scope questions that got an answer over out-of-scope questions.

    >>> false_answer_rate([Answered(0.8, True, False, False), Answered(0.1, False, False, False)])
    0.5
    """
    outside = [q for q in questions if not q.in_scope]
    return sum(q.answered for q in outside) / len(outside) if outside else None


def precision_at_coverage(questions: Sequence[Answered], share: float) -> float | None:
    """Right among the most confident ``share`` of all questions: one point of the risk-coverage curve.

    >>> precision_at_coverage([Answered(0.9, True, True, True), Answered(0.1, False, False, True)], 0.5)
    1.0
    """
    if not questions:
        return None
    ordered = sorted(questions, key=lambda question: -question.confidence)
    kept = ordered[: max(1, round(share * len(ordered)))]
    return sum(q.right for q in kept) / len(kept)


def auroc(questions: Sequence[Answered]) -> float | None:
    """Area under the ROC curve of the confidence, in scope against out of scope; None where one kind is missing.

    The probability that an in-scope question is more confident than an out-of-scope one (Fawcett 2006).

    >>> auroc([Answered(0.9, True, True, True), Answered(0.1, False, False, False)])
    1.0
    """
    from sklearn.metrics import roc_auc_score

    kinds = [q.in_scope for q in questions]
    if not any(kinds) or all(kinds):
        return None
    return float(roc_auc_score(kinds, [q.confidence for q in questions]))


def expected_calibration_error(questions: Sequence[Answered], bins: int = 10) -> float | None:
    """Mean distance of confidence and share right over equal-width bins, weighted by their size (Naeini et al. 2015).

    >>> expected_calibration_error([Answered(1.0, True, True, True), Answered(0.0, False, False, True)])
    0.0
    """
    if not questions:
        return None
    binned: dict[int, list[Answered]] = {}
    for question in questions:
        binned.setdefault(min(int(question.confidence * bins), bins - 1), []).append(question)
    return sum(
        abs(sum(q.confidence for q in members) - sum(q.right for q in members)) for members in binned.values()
    ) / len(questions)
