"""All scores of a set of conversations, by name: for a simulation, a labelled sample and a live day alike."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.metrics.broken_rate import broken_rate
from evaluation.metrics.containment_without_callback import containment_without_callback
from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.diversion import diversion_share
from evaluation.metrics.handoff_precision import handoff_precision
from evaluation.metrics.handoff_recall import handoff_recall
from evaluation.metrics.recommendation import nps
from evaluation.metrics.satisfaction import csat, response_rate
from evaluation.metrics.score import Score
from evaluation.metrics.self_service_diversion import self_service_diversion
from evaluation.metrics.times import first_response, handle, wait
from evaluation.metrics.transfer_rate import transfer_rate
from evaluation.metrics.verified_resolution import verified_resolution
from evaluation.metrics.wrong_containment import wrong_containment


def conversation_scores(conversations: Sequence[MeasuredConversation]) -> dict[str, Score]:
    """Every metric of conversations, diversion with its guards; bot and human are apart in what customers gave.

    >>> conversation_scores([MeasuredConversation("1", True)])["diversion_share"].value
    1.0
    """
    resolution = verified_resolution(conversations)
    first, queue, worked = first_response(conversations), wait(conversations), handle(conversations)
    return {
        "self_service_diversion": self_service_diversion(conversations),
        "diversion_share": diversion_share(conversations),
        "wrong_containment": wrong_containment(conversations),
        "handoff_recall": handoff_recall(conversations),
        "handoff_precision": handoff_precision(conversations),
        "verified_resolution": resolution.resolved,
        "resolution_confirmed": resolution.confirmed,
        "resolution_assumed": resolution.assumed,
        "containment_without_callback": containment_without_callback(conversations),
        "transfer_rate": transfer_rate(conversations),
        "broken_rate": broken_rate(conversations),
        "first_response_p50": first.p50,
        "first_response_p90": first.p90,
        "wait_p50": queue.p50,
        "wait_p90": queue.p90,
        "handle_p50": worked.p50,
        "handle_p90": worked.p90,
        "csat_bot": csat(conversations, "bot"),
        "csat_bot_response_rate": response_rate(conversations, "bot"),
        "csat_human": csat(conversations, "human"),
        "csat_human_response_rate": response_rate(conversations, "human"),
        "nps_bot": nps(conversations, "bot"),
        "nps_human": nps(conversations, "human"),
    }
