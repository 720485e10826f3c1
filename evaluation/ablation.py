"""What each part of the search is worth: the same questions with everything, and without one part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from evaluation import faq
from evaluation.datasets import Query
from evaluation.faq import FaqRun
from evaluation.publishing import cache_folder, published
from kb.content import EntryContent
from kb.encoder import Encoder, TurnEncoder, load_encoder
from kb.scoring import Parts
from kb.space import Space, Vectors
from kb.splitting import credible, cuts
from kb.vectors import VectorCache
from kb.wording import Wording
from kit.errors import InvalidRequest
from kit.language import to_simplified
from kit.settings import Settings

EVERYTHING = "everything"
PARTS = tuple(field.name for field in fields(Parts))
ENCODERS: dict[str, dict[str, Any]] = {
    "companions": {"encoder_companions": False},
    "float32": {"encoder_precision": "int8"},
}
REMOVABLE = (*PARTS, *ENCODERS)
FIGURES = ("top1", "auroc", "calibration_error", "coverage", "answered_precision", "false_answer_rate", "search_ms")


class RememberingEncoder:
    """An encoder that forgets nothing until `keep_used`: what one variant has encoded, the next need not.

    A knowledge base forgets the vectors that its own release does not use, so the variants cannot share its cache.
    """

    def __init__(self, encoder: Encoder, memory: VectorCache) -> None:
        self._encoder = encoder
        self._memory = memory

    @property
    def name(self) -> str:
        """The encoder's."""
        return self._encoder.name

    @property
    def space(self) -> Space:
        """The encoder's."""
        return self._encoder.space

    @property
    def primary(self) -> Encoder:
        """The encoder's."""
        return self._encoder.primary

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch, blocking; each text once."""
        return self._memory.encode(texts)

    def keep_used(self) -> None:
        """Write what was asked for to disk."""
        self._memory.keep_used()


@dataclass(frozen=True)
class Ablation:
    """The run with everything first, then those without one part."""

    runs: dict[str, FaqRun]

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON."""
        reports = {name: run.report() for name, run in self.runs.items()}
        whole = reports[EVERYTHING]
        return {
            "n": whole["n"],
            "variants": {
                name: {
                    **{figure: report[figure] for figure in FIGURES},
                    "search_ms_ratio": report["search_ms"] / whole["search_ms"] if whole["search_ms"] else None,
                }
                for name, report in reports.items()
            },
        }


def removable(names: str | None) -> list[str]:
    """The parts that a comma-separated list names; all of them where there is no list.

    Raises:
        InvalidRequest: there is no such part.
    """
    chosen = list(REMOVABLE) if names is None else [name.strip() for name in names.split(",") if name.strip()]
    unknown = sorted(set(chosen) - set(REMOVABLE))
    if unknown:
        raise InvalidRequest(f"There is no part {', '.join(unknown)!r} to leave out; known: {', '.join(REMOVABLE)}.")
    return list(dict.fromkeys(chosen))


async def run(
    entries: Sequence[EntryContent],
    queries: Sequence[Query],
    settings: Settings,
    without: Sequence[str],
    progress: Callable[[], None] = lambda: None,
) -> Ablation:
    """Ask ``queries`` with everything, and without each of ``without``. ``progress`` is called after each question."""
    runs: dict[str, FaqRun] = {}
    whole = [(EVERYTHING, settings)]
    for name in (name for name in without if name in PARTS):
        left_out = ",".join(part for part in (settings.search_without, name) if part)
        whole.append((f"without {name}", settings.model_copy(update={"search_without": left_out})))
    groups = [("vectors", whole)]
    for name in (name for name in without if name in ENCODERS):
        changed = settings.model_copy(update=ENCODERS[name])
        groups.append((f"vectors_without_{name}", [(f"without {name}", changed)]))
    for file, variants in groups:
        encoder = load_encoder(variants[0][1])
        path = cache_folder(settings) / f"{file}.db"
        remembering = RememberingEncoder(encoder, VectorCache(encoder, path))
        remembering.encode(list(_texts(entries, queries)))
        for name, chosen in variants:
            async with published(entries, chosen, TurnEncoder(remembering)) as ready:
                runs[name] = await faq.ask(ready, queries, progress)
        remembering.keep_used()
    return Ablation(runs)


def _texts(entries: Sequence[EntryContent], queries: Sequence[Query]) -> Iterator[str]:
    """Every text that a search for the queries may encode: whole and in halves, with slips of the pen and mended."""
    wording = Wording.of_entries(entries)
    for query in queries:
        ways = credible(cuts(query.text, query.language), is_sure=False)
        for text in dict.fromkeys([query.text, *(half for cut in ways for half in (cut.left, cut.right))]):
            plain = to_simplified(text)
            yield plain
            yield wording.repair(plain, query.language)
