"""All scores of a set of questions, by name."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.answered_precision import answered_precision
from evaluation.metrics.answering import FaqOutcome
from evaluation.metrics.auroc import auroc
from evaluation.metrics.calibration_error import calibration_error
from evaluation.metrics.clarification_success import clarification_success
from evaluation.metrics.coverage import coverage
from evaluation.metrics.false_answer_rate import false_answer_rate
from evaluation.metrics.hit_at_k import hit_at_k
from evaluation.metrics.language_accuracy import language_accuracy
from evaluation.metrics.mrr import mrr
from evaluation.metrics.ndcg import ndcg_at_k
from evaluation.metrics.precision_at_coverage import precision_at_coverage
from evaluation.metrics.risk_coverage_area import risk_coverage_area
from evaluation.metrics.score import Score


def faq_scores(outcomes: Sequence[FaqOutcome]) -> dict[str, Score]:
    """Every metric of questions and answers.

    >>> from evaluation.metrics.answering import Answered
    >>> outcome = FaqOutcome(Answered(0.9, True, True, True), ("a",), "a", (), True)
    >>> faq_scores([outcome])["faq_accuracy"].value
    1.0
    """
    results = [one.result for one in outcomes]
    ranked, right = [one.ranked for one in outcomes], [one.entry_id for one in outcomes]
    return {
        "faq_accuracy": hit_at_k(ranked, right, 1),
        "answered_precision": answered_precision(results),
        "coverage": coverage(results),
        "false_answer_rate": false_answer_rate(results),
        "clarification_success": clarification_success(outcomes),
        "language_accuracy": language_accuracy(outcomes),
        "hit_at_3": hit_at_k(ranked, right, 3),
        "mrr": mrr(ranked, right),
        "ndcg_at_5": ndcg_at_k(ranked, right, 5),
        "precision_at_coverage_70": precision_at_coverage(results, 0.7),
        "auroc": auroc(results),
        "risk_coverage_area": risk_coverage_area(results),
        "calibration_error": calibration_error(results),
    }
