"""What a metric's figure means: which way is better, its unit, and what has to stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "seconds", "points", "area"]


@dataclass(frozen=True)
class Meaning:
    """How to read a metric.

    Args:
        better: which way is better; None where neither is by itself.
        unit: what it is in.
        guards: the metrics without which it says nothing.
        paired: whether it is the mean of its individual scores, so that two runs can be compared question by question.
    """

    better: Literal["higher", "lower"] | None
    unit: Unit = "share"
    guards: tuple[str, ...] = ()
    paired: bool = True


CATALOGUE: dict[str, Meaning] = {
    "faq_accuracy": Meaning("higher", guards=("false_answer_rate",)),
    "answered_precision": Meaning("higher", guards=("coverage",)),
    "coverage": Meaning("higher", guards=("answered_precision", "false_answer_rate")),
    "false_answer_rate": Meaning("lower", guards=("coverage",)),
    "clarification_success": Meaning("higher"),
    "language_accuracy": Meaning("higher"),
    "hit_at_3": Meaning("higher"),
    "mrr": Meaning("higher", unit="area"),
    "ndcg_at_5": Meaning("higher", unit="area"),
    "precision_at_coverage_70": Meaning("higher", paired=False),
    "auroc": Meaning("higher", unit="area", paired=False),
    "risk_coverage_area": Meaning("lower", unit="area", paired=False),
    "calibration_error": Meaning("lower", unit="area", paired=False),
    "followup_accuracy": Meaning("higher", guards=("bent",)),
    "followup_precision": Meaning("higher", guards=("followup_coverage",)),
    "followup_coverage": Meaning("higher", guards=("followup_precision",)),
    "bent": Meaning("lower"),
    "both_answered": Meaning("higher", guards=("split_wrongly",)),
    "both_seen": Meaning("higher"),
    "split_wrongly": Meaning("lower"),
    "self_service_diversion": Meaning("higher", guards=("wrong_containment", "handoff_recall")),
    "diversion_share": Meaning("higher", guards=("wrong_containment", "handoff_recall")),
    "wrong_containment": Meaning("lower", guards=("diversion_share",)),
    "handoff_recall": Meaning("higher", guards=("handoff_precision",)),
    "handoff_precision": Meaning("higher", guards=("handoff_recall",)),
    "false_alarm_rate": Meaning("lower", guards=("handoff_recall",)),
    "verified_resolution": Meaning("higher", guards=("wrong_containment",)),
    "resolution_confirmed": Meaning("higher"),
    "resolution_assumed": Meaning(None),
    "containment_without_callback": Meaning("higher", guards=("wrong_containment",)),
    "transfer_rate": Meaning(None, guards=("handoff_recall", "handoff_precision")),
    "broken_rate": Meaning("lower"),
    "first_response_p50": Meaning("lower", "seconds", paired=False),
    "first_response_p90": Meaning("lower", "seconds", paired=False),
    "wait_p50": Meaning("lower", "seconds", paired=False),
    "wait_p90": Meaning("lower", "seconds", paired=False),
    "handle_p50": Meaning(None, "seconds", paired=False),
    "handle_p90": Meaning(None, "seconds", paired=False),
    "csat_bot": Meaning("higher", "points", guards=("csat_bot_response_rate",)),
    "csat_bot_response_rate": Meaning(None),
    "csat_human": Meaning("higher", "points", guards=("csat_human_response_rate",)),
    "csat_human_response_rate": Meaning(None),
    "nps_bot": Meaning("higher", "points"),
    "nps_human": Meaning("higher", "points"),
}
