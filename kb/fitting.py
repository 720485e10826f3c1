"""What a release teaches the engine, made whole from its rows: means, head and confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from kb.confidence import Calibration, Samples, features, fit_calibration, unfitted
from kb.content import LANGUAGES, Lang
from kb.head import Head, fit_head
from kb.rows import Rows
from kb.scoring import Parts, Scorer
from kb.space import Vectors

# Of each round; a small knowledge base needs more rounds for as many questions.
HELD_OUT_QUESTIONS = 0.1
HELD_OUT_ENTRIES = 0.15
ENOUGH_HELD_OUT = 800
FEWEST_ROUNDS, MOST_ROUNDS = 3, 6

# What the kinds of samples count for, against 1 for the held-out questions: customers mostly ask what the bank answers.
STRANGE_WEIGHT = 0.075
EVERYDAY_WEIGHT = 0.16
CHECKS_WEIGHT = 3.0
# Fewer check questions than this in a language tell nothing.
MIN_CHECKS = 60


@dataclass(frozen=True)
class Targets:
    """What the operator wants of the confidence: shares, 0 to 1."""

    answered_precision: float = 0.95
    clarified_success: float = 0.5


@dataclass(frozen=True)
class Fit:
    """Everything that is learnt from a release; an engine can use it for a later release until that has its own.

    Args:
        key: what it was made from.
        made_with: the encoder and the settings that it fits.
        entry_ids: the entries in the order that the classifier knows them.
        means: of each language's questions.
        head: adapter and classifier.
        calibrations: of each language.
    """

    key: str
    made_with: str
    entry_ids: tuple[str, ...]
    means: dict[Lang, Vectors]
    head: Head
    calibrations: dict[Lang, Calibration]


def fit(
    key: str,
    made_with: str,
    entry_ids: Sequence[str],
    rows: Rows,
    everyday: Rows,
    checks: Rows,
    means: dict[Lang, Vectors],
    parts: Parts,
    targets: Targets,
) -> Fit:
    """Learn from a release.

    Args:
        key: what it is made from.
        made_with: the encoder and the settings.
        entry_ids: of the entries, in order.
        rows: of the entries, centred.
        everyday: sentences that no bank answers, centred; none leaves out what tells the bank's matters from them.
        checks: check questions, centred.
        means: of the languages.
        parts: which parts of the engine are in use.
        targets: what the operator wants.
    """
    questions = HELD_OUT_QUESTIONS * (~rows.passages).sum()
    n_rounds = int(np.clip(np.ceil(ENOUGH_HELD_OUT / max(questions, 1)), FEWEST_ROUNDS, MOST_ROUNDS))
    rounds = [
        _hold_out(np.random.default_rng(number), rows, everyday, len(entry_ids), parts) for number in range(n_rounds)
    ]
    head = _head(rows, len(entry_ids), everyday, parts)
    scorer = Scorer(rows, len(entry_ids), head, np.arange(len(entry_ids)), everyday, parts)
    samples: dict[Lang, list[Samples]] = {}
    for language in LANGUAGES:
        samples[language] = [kind for each in rounds for kind in each[language]]
        spoken = checks.only(checks.english == (language == "en"))
        if len(spoken) >= MIN_CHECKS:
            samples[language].append(_asked(scorer, spoken, CHECKS_WEIGHT * n_rounds))
    return Fit(key, made_with, tuple(entry_ids), means, head, _calibrations(samples, targets))


def _head(rows: Rows, n_entries: int, everyday: Rows, parts: Parts) -> Head:
    strange = everyday.vectors if parts.belonging else everyday.vectors[:0]
    return fit_head(
        rows.vectors,
        rows.entries,
        n_entries,
        strange,
        n_questions=int((~rows.passages).sum()),
        adapter=parts.adapter,
        classifier=parts.classifier,
    )


def _hold_out(
    random: np.random.Generator, rows: Rows, everyday: Rows, n_entries: int, parts: Parts
) -> dict[Lang, list[Samples]]:
    """Ask a head what it has not seen: part of the questions, all questions of some entries, and everyday sentences."""
    gone = np.isin(np.arange(n_entries), random.permutation(n_entries)[: round(HELD_OUT_ENTRIES * n_entries)])
    unknown = gone[rows.entries]
    held_out = ~unknown & ~rows.passages & (random.random(len(rows)) < HELD_OUT_QUESTIONS)
    kept = ~unknown & ~held_out
    present = np.unique(rows.entries[kept])
    if len(present) < 2:
        return {language: [] for language in LANGUAGES}
    unknown |= ~np.isin(rows.entries, present)  # of an entry with one question, nothing is left to be found
    relabel = np.full(n_entries, -1, dtype=np.int64)
    relabel[present] = np.arange(len(present))
    seen = rows.only(kept, relabel)
    nearby = random.random(len(everyday)) < 0.5
    head = _head(seen, len(present), everyday.only(nearby), parts)
    scorer = Scorer(seen, len(present), head, np.arange(len(present)), everyday.only(nearby), parts)
    samples: dict[Lang, list[Samples]] = {}
    for language in LANGUAGES:
        spoken = rows.english == (language == "en")
        asked = rows.only(held_out & ~unknown & spoken, relabel)
        strange = rows.only(unknown & ~rows.passages & spoken, relabel)
        nowhere = everyday.only(~nearby & (everyday.english == (language == "en")))
        kinds = ((asked, 1.0), (strange, STRANGE_WEIGHT), (nowhere, EVERYDAY_WEIGHT))
        samples[language] = [_asked(scorer, queries, weight) for queries, weight in kinds if len(queries)]
    return samples


def _asked(scorer: Scorer, queries: Rows, weight: float) -> Samples:
    scores = scorer.scores(queries.vectors, queries.texts)
    best = np.argsort(-scores.fused, axis=1)[:, :3]
    right = best == queries.entries[:, None]
    return Samples(features(scores), right[:, 0], right.any(axis=1), weight)


def _calibrations(samples: dict[Lang, list[Samples]], targets: Targets) -> dict[Lang, Calibration]:
    """One a language; a language in which nothing could be held out borrows the other's."""
    wanted = asdict(targets)
    zh, en = (fit_calibration(samples[language], **wanted) for language in LANGUAGES)
    neither = unfitted(**wanted)
    return dict(zip(LANGUAGES, (zh or en or neither, en or zh or neither), strict=True))
