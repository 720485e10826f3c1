"""The figures of `evaluation.benchmarks.conversations` as a page of the documentation."""

from __future__ import annotations

from typing import Any

HEADER = """# Benchmarks

Written by `python -m evaluation.benchmarks.conversations`; do not edit. What the figures mean is in
[simulation.md](simulation.md#beside-others). Shares have their 95 % intervals behind them.
"""
SHARES = {
    "self_service_diversion": "diversion of goals that need no person",
    "wrong_containment": "wrong containment",
    "handoff_recall": "handoff recall",
    "handoff_precision": "handoff precision",
    "verified_resolution": "verified resolution",
}
SEARCH = {
    "top1": ("right entry first", 3),
    "top3": ("right entry among three", 3),
    "precision": ("precision at 70 % coverage", 3),
    "p50_ms": ("p50, ms", 1),
    "p95_ms": ("p95, ms", 1),
    "ready_seconds": ("until ready, s", 0),
}
BILIN = "Bilin"
LOADS = {"at_1": "1 client", "at_16": "16 clients", "new_texts": "16 clients, new texts"}
AT = {"p50_ms": "p50, ms", "p95_ms": "p95, ms", "turns_a_second": "turns a second"}


def page(report: dict[str, Any]) -> str:
    """The whole page."""
    peers = report["peers"]
    rows = [[label, *(_share(peer.get(name)) for peer in peers.values())] for name, label in SHARES.items()]
    rows += [
        [f"{label}, {load_label}", *(_at(peer.get(load), name) for peer in peers.values())]
        for load, load_label in LOADS.items()
        for name, label in AT.items()
    ]
    rows.append(["memory, MB", *(_megabytes(peer.get("resident_bytes")) for peer in peers.values())])
    change = report.get("change")
    live = {name: peer.get("trained_seconds", peer.get("ready_seconds")) for name, peer in peers.items()}
    live |= {BILIN: change["told"][0]["p50_seconds"]} if change else {}
    rows.append(["until a change is live, s", *map(_seconds, live.values())])
    parts = [
        HEADER,
        f"{report['goals']:,} goals, {report['entries']:,} entries.\n",
        _table(["", *peers], rows),
    ]
    if "stock Rasa" in peers:
        parts.append(
            "Turns were asked of Bilin and of Rasa alternately, while both ran. New texts are those that neither had "
            "been asked before: Bilin remembers what the latest texts were found to say, Rasa reads each anew. The "
            "other two are searches within the benchmark's own process: nothing is sent, and nothing stored.\n"
        )
    if rasa := peers.get("stock Rasa"):
        parts.append(
            f"Stock Rasa was trained on {rasa['examples']:,} examples, DIET for {rasa['epochs'][0]} epochs and the "
            f"ResponseSelector for {rasa['epochs'][1]}. A change is live after the whole training.\n"
        )
    if change:
        parts.append(
            f"Bilin's is the median of {change['changes']} changes of the running system, the longest took "
            f"{change['told'][0]['max_seconds']:.1f} s: from the reviewer's call until a customer is told.\n"
        )
    if search := report.get("search"):
        parts += [_searched(search)]
    parts += [f"{name} is missing: {reason}\n" for name, reason in report["missing"].items()]
    return "\n".join(parts)


def _searched(search: dict[str, Any]) -> str:
    rows = [
        [label, *("–" if peer[name] is None else f"{peer[name]:.{places}f}" for peer in search["peers"].values())]
        for name, (label, places) in SEARCH.items()
    ]
    return (
        f"## The searches alone\n\n{search['n']:,} questions, {search['in_scope']:,} of them in scope, to the "
        f"{search['entries']:,} entries of {search['of']}, of which each peer was given the same questions; Rasa's "
        f"ResponseSelector was trained for {search['epochs']} epochs. A question waits for no other.\n\n"
    ) + _table(["", *search["peers"]], rows)


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _share(value: list[float] | None) -> str:
    return f"{value[0]:.3f} ({value[1]:.3f}–{value[2]:.3f})" if value else "–"


def _at(load: dict[str, Any] | None, name: str) -> str:
    return f"{load[name]:.1f}" if load else "–"


def _megabytes(value: int | None) -> str:
    return f"{value / 1e6:,.0f}" if value else "–"


def _seconds(value: float | None) -> str:
    return f"{value:,.1f}" if value else "–"
