"""Counters that operators alarm on, served at ``/metrics`` in Prometheus' text format."""

from __future__ import annotations

from typing import Literal

from prometheus_client import Counter

Degradation = Literal[
    "bot_unreachable",
    "bot_silent",
    "bot_error",
    "encoder_failed",
    "companion_missing",
    "reranker_missing",
    "reranker_failed",
    "vector_cache_corrupt",
    "fit_cache_corrupt",
    "release_not_learnt",
    "precision_unreached",
    "content_invalid",
    "webhook_failed",
    "link_unasked",
    "bridge_failed",
    "events_offline",
    "events_overflow",
    "database_busy",
    "database_unreachable",
    "storage_full",
    "checkpoint_failed",
    "teams_invalid",
    "agent_dropped",
    "queue_failed",
    "claim_refused",
    "turn_recovered",
    "turn_failed",
]

degraded = Counter("bilin_degraded_total", "Times a degraded path was taken, by its name.", ["path"])
turns = Counter("bilin_turns_total", "Customer turns handled, by outcome.", ["outcome"])
handoffs = Counter("bilin_handoffs_total", "Conversations handed to a person, by reason.", ["reason"])

bridged = Counter("bilin_bridge_total", "What went over the bridge to another desk, by what it was.", ["event"])


def count_degraded(path: Degradation) -> None:
    """Count one use of a degraded path."""
    degraded.labels(path).inc()
