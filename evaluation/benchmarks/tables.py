"""The figures of `evaluation.benchmarks.retrieval` as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from evaluation.benchmarks.cost import MOST
from kb.scoring import NEIGHBOURS

Shown = dict[str, Callable[[dict[str, Any]], str]]

PEER: Shown = {
    "top-1": lambda peer: _share(peer["top1"]),
    "top-3": lambda peer: _share(peer["top3"]),
    "precision at 70 %": lambda peer: _share(peer["precision"]),
    "ready, s": lambda peer: f"{peer['ready_seconds']:.2f}",
    "p50, ms": lambda peer: f"{peer['p50_ms']:.2f}",
    "p95, ms": lambda peer: f"{peer['p95_ms']:.2f}",
    "over Bilin's p50": lambda peer: f"{peer['times_bilin']:.3f}",
}
COST: Shown = {
    "encoding, p50 ms": lambda cost: f"{cost['encode_ms']:.2f}",
    "search and confidence, p50 ms": lambda cost: f"{cost['search_ms']:.2f}",
    "mending the wording, p50 ms": lambda cost: f"{cost['wording_ms']:.2f}",
    f"encoding and search over encoding (at most {MOST})": lambda cost: f"{cost['times_encoding']:.3f}",
    "the same with mending": lambda cost: f"{cost['times_encoding_mended']:.3f}",
}
SIZE: Shown = {
    "kind of Bilin's index": lambda size: size["kind"],
    "Bilin's index, p50 ms": lambda size: f"{size['index_ms']:.3f}",
    "Flat, p50 ms": lambda size: f"{size['flat_ms']:.3f}",
    "BM25, p50 ms": lambda size: f"{size['bm25_ms']:.3f}",
    f"recall@{NEIGHBOURS} against Flat": lambda size: f"{size['recall']:.4f}",
    "Bilin's index, bytes a question": lambda size: f"{size['index_bytes']:,.0f}",
    "Flat, bytes a question": lambda size: f"{size['flat_bytes']:,.0f}",
    "BM25, bytes a question": lambda size: f"{size['bm25_bytes']:,.0f}",
}


def accuracy_table(report: dict[str, Any]) -> Table:
    """A row for each peer; one that is missing says why."""
    table = Table(title=f"{report['n']:,} questions on {report['entries']:,} entries", caption_justify="left")
    table.add_column("", no_wrap=True)
    for figure in PEER:
        table.add_column(figure, justify="right")
    for name, peer in report["peers"].items():
        table.add_row(name, *(show(peer) for show in PEER.values()))
    for name in report["missing"]:
        table.add_row(name, *("–" for _ in PEER))
    if report["missing"]:
        table.caption = escape("\n".join(f"{name}: {reason}" for name, reason in report["missing"].items()))
    return table


def cost_table(report: dict[str, Any]) -> Table:
    """A row for each figure."""
    table = Table(title=f"{report['asked']:,} questions, {report['kb_questions']:,} in the knowledge base")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for figure, show in COST.items():
        table.add_row(figure, show(report))
    return table


def size_table(report: Sequence[dict[str, Any]]) -> Table:
    """A column for each size."""
    table = Table(title="made-up questions, asked by one thread")
    table.add_column("questions")
    for size in report:
        table.add_column(f"{size['questions']:,}", justify="right")
    for figure, show in SIZE.items():
        table.add_row(figure, *(show(size) for size in report))
    return table


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
