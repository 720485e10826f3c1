"""What each part of the search is worth: the same cases with everything, and without one part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import Any

from evaluation import doubles, faq, followups
from evaluation.datasets import Dialogue, DoubleQuestion, Query
from evaluation.doubles import DoublesRun
from evaluation.faq import FaqRun
from evaluation.followups import FollowupsRun
from evaluation.metrics.answering import Answered
from evaluation.metrics.auroc import auroc
from evaluation.publishing import Published, cache_folder, published
from evaluation.worth import Scores, Worth, auroc_worth, of_doubles, of_followups, of_queries, worth
from kb.content import EntryContent, Lang
from kb.context import Earlier, joined
from kb.encoder import Encoder, TurnEncoder, load_encoder
from kb.scoring import UNTAUGHT, Parts
from kb.space import Space, Vectors
from kb.splitting import credible, cuts
from kb.vectors import VectorCache
from kb.wording import Wording
from kit.errors import InvalidRequest
from kit.language import to_simplified
from kit.settings import Settings

EVERYTHING = "everything"
PARTS = tuple(part.name for part in fields(Parts))
ENCODERS: dict[str, dict[str, Any]] = {
    "companions": {"encoder_companions": False},
    "float32": {"encoder_precision": "int8"},
}
REMOVABLE = (*PARTS, *ENCODERS)
FIGURES = ("top1", "auroc", "calibration_error", "coverage", "answered_precision", "false_answer_rate", "search_ms")
QUERIES = ("top1", "auroc", "calibration_error", "coverage", "answered_precision", "false_answer_rate")
FOLLOWUPS = ("top1", "coverage", "answered_precision", "bent")
DOUBLES = ("both_answered", "both_offered", "split_wrongly")


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
class Cases:
    """What is asked: each file's cases by its name."""

    queries: Mapping[str, Sequence[Query]] = field(default_factory=dict)
    followups: Mapping[str, Sequence[Dialogue]] = field(default_factory=dict)
    doubles: Mapping[str, Sequence[DoubleQuestion]] = field(default_factory=dict)

    @property
    def questions(self) -> list[Query]:
        """Those of all files that stand alone."""
        return [query for queries in self.queries.values() for query in queries]

    def __len__(self) -> int:
        """How many there are."""
        files = (*self.queries.values(), *self.followups.values(), *self.doubles.values())
        return sum(len(cases) for cases in files)

    def texts(self) -> Iterator[tuple[str, Lang]]:
        """What is searched for: messages, and the turns of dialogues, alone and with the turn before."""
        for query in self.questions:
            yield query.text, query.language
        for case in (case for cases in self.doubles.values() for case in cases):
            yield case.text, case.language
        for dialogue in (dialogue for dialogues in self.followups.values() for dialogue in dialogues):
            yield dialogue.turns[0], dialogue.language
            for before, turn in pairwise(dialogue.turns):
                yield turn, dialogue.language
                yield joined(Earlier(before), turn, dialogue.language), dialogue.language


@dataclass(frozen=True)
class Variant:
    """What came of the cases: of all questions together, and of each file of the other kinds."""

    faq: FaqRun
    followups: Mapping[str, FollowupsRun] = field(default_factory=dict)
    doubles: Mapping[str, DoublesRun] = field(default_factory=dict)


@dataclass(frozen=True)
class Ablation:
    """The run with everything first, then those without one part."""

    cases: Cases
    variants: dict[str, Variant]

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON: of all questions together, then of each file."""
        reports = {name: variant.faq.report() for name, variant in self.variants.items()}
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
            "sets": {
                **self._questions(),
                **{name: self._compared(FOLLOWUPS, self._followed(name)) for name in self.cases.followups},
                **{name: self._compared(DOUBLES, self._doubled(name)) for name in self.cases.doubles},
            },
        }

    def _questions(self) -> dict[str, Any]:
        """Of each file of questions; where all are out of scope, they are told from others of their language."""
        found, at = {}, 0
        for name, queries in self.cases.queries.items():
            own = slice(at, at := at + len(queries))
            found[name] = self._compared(QUERIES, {each: self._seen(run, own) for each, run in self.variants.items()})
        return found

    def _seen(self, variant: Variant, own: slice) -> Seen:
        asked = variant.faq.asked[own]
        told_apart = [item.result for item in asked]
        if not any(result.in_scope for result in told_apart):
            languages = {item.query.language for item in asked}
            others = (item for item in variant.faq.asked if item.query.language in languages)
            told_apart += [item.result for item in others if item.result.in_scope]
        return Seen({**faq.summary(asked), "auroc": auroc(told_apart).value}, of_queries(asked), told_apart)

    def _followed(self, name: str) -> dict[str, Seen]:
        runs = {each: variant.followups[name].asked for each, variant in self.variants.items()}
        return {each: Seen(followups.summary(asked), of_followups(asked)) for each, asked in runs.items()}

    def _doubled(self, name: str) -> dict[str, Seen]:
        runs = {each: variant.doubles[name].asked for each, variant in self.variants.items()}
        return {each: Seen(doubles.summary(asked), of_doubles(asked)) for each, asked in runs.items()}

    def _compared(self, figures: Sequence[str], seen: Mapping[str, Seen]) -> dict[str, Any]:
        whole = seen[EVERYTHING]
        return {
            "n": whole.figures["n"],
            "variants": {
                name: {
                    **{figure: less.figures[figure] for figure in figures},
                    "worth": [] if name == EVERYTHING else [asdict(each) for each in whole.over(less)],
                }
                for name, less in seen.items()
            },
        }


@dataclass(frozen=True)
class Seen:
    """A file's cases in one variant.

    Args:
        figures: of all of them.
        scores: what each adds to a figure.
        told_apart: questions in scope and out of it, for AUROC; empty where that is no figure.
    """

    figures: Mapping[str, Any]
    scores: Scores
    told_apart: Sequence[Answered] = ()

    def over(self, less: Seen) -> list[Worth]:
        """By how much the figures are higher here than in ``less``."""
        return [*worth(self.scores, less.scores), *auroc_worth(self.told_apart, less.told_apart)]


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
    cases: Cases,
    settings: Settings,
    without: Sequence[str],
    keep: Callable[[str, Variant], None],
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Ask ``cases`` with everything, and without each of ``without``.

    Args:
        entries: the knowledge base.
        cases: what is asked of it.
        settings: the product's.
        without: names of parts, as of `removable`.
        keep: is given each variant with its name as soon as it is known.
        progress: is called after each case.
    """
    whole = [(EVERYTHING, settings)]
    lessons = cache_folder(settings) / "ablation"
    alike = {EVERYTHING, *(f"without {name}" for name in UNTAUGHT)}
    for name in (name for name in without if name in PARTS):
        left_out = ",".join(part for part in (settings.search_without, name) if part)
        whole.append((f"without {name}", settings.model_copy(update={"search_without": left_out})))
    groups = [("vectors", whole)]
    for name in (name for name in without if name in ENCODERS):
        changed = settings.model_copy(update=ENCODERS[name])
        groups.append((f"vectors_without_{name}", [(f"without {name}", changed)]))
    for file, group in groups:
        encoder = load_encoder(group[0][1])
        path = cache_folder(settings) / f"{file}.db"
        remembering = RememberingEncoder(encoder, VectorCache(encoder, path))
        remembering.encode(list(_texts(entries, cases)))
        for name, chosen in group:
            shared = lessons if name in alike else None
            async with published(entries, chosen, TurnEncoder(remembering), shared) as ready:
                keep(name, await _ask(ready, cases, progress))
        remembering.keep_used()


async def _ask(ready: Published, cases: Cases, progress: Callable[[], None]) -> Variant:
    asked = await faq.ask(ready, cases.questions, progress)
    followed: dict[str, FollowupsRun] = {}
    for name, dialogues in cases.followups.items():
        last_turns = []
        for dialogue in dialogues:
            last_turns.append(await followups.follow(ready.knowledge, dialogue))
            progress()
        followed[name] = FollowupsRun(last_turns)
    doubled: dict[str, DoublesRun] = {}
    for name, messages in cases.doubles.items():
        told = []
        for message in messages:
            told.append(await doubles.ask(ready.knowledge, message))
            progress()
        doubled[name] = DoublesRun(told)
    return Variant(asked, followed, doubled)


def _texts(entries: Sequence[EntryContent], cases: Cases) -> Iterator[str]:
    """Every text that a search may encode: whole and in halves, with slips of the pen and mended."""
    wording = Wording.of_entries(entries)
    for whole, language in cases.texts():
        ways = credible(cuts(whole, language), is_sure=False)
        for text in dict.fromkeys([whole, *(half for cut in ways for half in (cut.left, cut.right))]):
            plain = to_simplified(text)
            yield plain
            yield wording.repair(plain, language)
