"""The answer engine of one release: from a question's vector to candidates with a calibrated confidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Generic, TypeVar
from weakref import ReferenceType, ref

import numpy as np
from scipy.sparse import csr_matrix

from kb.checks import CheckQuestion
from kb.confidence import Scores, Thresholds
from kb.content import EntryContent, Lang
from kb.fits import fit_key
from kb.fitting import Fit, Targets, fit
from kb.lexical import CountNgrams, Texts, documents
from kb.rows import (
    Encode,
    Places,
    Rows,
    check_positions,
    chosen_checks,
    collect,
    collect_changed,
    collect_checks,
    collect_everyday,
    language_means,
)
from kb.scoring import Parts, Scorer
from kb.space import Space, Vectors

CANDIDATES = 5

Made = TypeVar("Made")


@dataclass(frozen=True)
class Candidate:
    """An entry that may answer; ``confidence`` is the probability that it is the right one."""

    entry: EntryContent
    confidence: float


@dataclass(frozen=True)
class Kept:
    """Which rows of a release were collected for an earlier one.

    Args:
        rows: the earlier ones, for as long as somebody else holds them.
        places: where each row is among them.
    """

    rows: ReferenceType[Rows]
    places: Places


class Once(Generic[Made]):
    """Something that is made when it is first wanted."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._making = Lock()
        self._made: tuple[Made] | None = None

    @classmethod
    def of(cls, made: Made) -> Once[Made]:
        """Of what is there already."""
        once = cls(lambda: made)
        once._made = (made,)
        return once

    def __reduce__(self) -> tuple[Callable[[Made], Once[Made]], tuple[Made]]:
        """Another process gets what is made, for it could not make it."""
        return Once.of, (self.value,)

    @property
    def is_made(self) -> bool:
        """Whether anybody has wanted it."""
        return self._made is not None

    @property
    def value(self) -> Made:
        """What is made."""
        with self._making:
            if self._made is None:
                self._made = (self._make(),)
            return self._made[0]


@dataclass(frozen=True)
class Release:
    """The entries of one release and their raw rows: what an engine is made from.

    Args:
        id: the release.
        entries: at least one.
        rows: their texts.
        ngrams: what is counted in them, shape ``(entries, BUCKETS)``; None without the lexical part.
        everyday: sentences that no bank answers.
        asked: check questions as they are written.
        mended: their texts as they are searched. To mend them takes seconds, and a restart need not wait for it.
        space: what the vectors are made of.
        encoder: the name of what made them.
        parts: which parts of the engine are in use.
        targets: what the operator wants of the confidence.
        noticed: expressions of editors that stand in a check question, with their meanings.
        kept: which rows are an earlier release's; None where all are new.
    """

    id: int
    entries: tuple[EntryContent, ...]
    rows: Rows
    ngrams: csr_matrix | None
    everyday: Rows
    asked: tuple[CheckQuestion, ...]
    mended: Once[Rows]
    space: Space
    encoder: str
    parts: Parts
    targets: Targets
    noticed: tuple[str, ...] = ()
    kept: Kept | None = None

    @classmethod
    def of(
        cls,
        release_id: int,
        entries: Sequence[EntryContent],
        encode: Encode,
        count: CountNgrams,
        space: Space,
        encoder: str,
        background: dict[Lang, list[str]],
        checks: Sequence[CheckQuestion],
        meant: Callable[[str, Lang], str],
        parts: Parts,
        targets: Targets,
        noticed: tuple[str, ...] = (),
        before: Release | None = None,
    ) -> Release:
        """Encode what the entries say. Their order does not matter.

        What ``before``, a release made with the same of everything else, has encoded is taken from there.
        """
        entries = sorted(entries, key=lambda entry: entry.id)
        kept: Kept | None = None
        if before is None:
            rows = collect(entries, encode, passages=parts.passages)
        else:
            rows, places = collect_changed(entries, encode, before.entries, before.rows, passages=parts.passages)
            kept = Kept(ref(before.rows), places)
        said = documents(rows.texts, rows.entries, len(entries)) if parts.lexical else None
        ngrams = count(said) if said else None
        everyday = before.everyday if before else collect_everyday(background, encode)
        asked = chosen_checks(checks, entries) if parts.checks else ()
        mended = Once(lambda: collect_checks(asked, entries, encode, meant))
        return cls(
            release_id,
            tuple(entries),
            rows,
            ngrams,
            everyday,
            asked,
            mended,
            space,
            encoder,
            parts,
            targets,
            noticed,
            kept,
        )

    def meaning(self, meant: Callable[[str, Lang], str], encode: Encode) -> Release:
        """The same with its check questions mended anew."""
        checks = collect_checks(self.asked, self.entries, encode, meant)
        return replace(self, mended=Once.of(checks), kept=None)

    @property
    def checks(self) -> Rows:
        """The check questions as they are searched, raw."""
        return self.mended.value

    @cached_property
    def made_with(self) -> str:
        """Changes whenever an old fit could not be used for new entries."""
        return fit_key([self.encoder, repr((self.space, self.parts.taught, self.targets)), *self.everyday.texts])

    @cached_property
    def key(self) -> str:
        """Changes whenever a fit would come out differently.

        How check questions are mended follows from what the entries say and from what editors say that words mean, so
        they need not be mended for it.
        """
        ids = [self.entries[position].id for position in self.rows.entries.tolist()]
        kinds = (self.rows.english * 2 + self.rows.passages).astype(str).tolist()
        right = [str(position) for position in check_positions(self.asked, self.entries)]
        asked = [check.text for check in self.asked]
        return fit_key([self.made_with, *ids, *kinds, *self.rows.texts, *right, *asked, *self.noticed])

    def learn(self) -> Fit:
        """Fit means, head and confidence: seconds to minutes of two cores."""
        means = language_means(self.rows, self.everyday, self.space)
        rows, everyday, checks = (part.centred(self.space, means) for part in (self.rows, self.everyday, self.checks))
        entry_ids = [entry.id for entry in self.entries]
        return fit(self.key, self.made_with, entry_ids, rows, everyday, checks, means, self.parts, self.targets)


class Engine:
    """Everything one release needs to be searched. Built whole, never changed, swapped whole.

    Args:
        release: what is searched.
        fitted: what was learnt from it, or from an earlier release until it has its own.
        previous: an engine on the same fit, whose large index is changed rather than built anew.
    """

    def __init__(self, release: Release, fitted: Fit, previous: Engine | None = None) -> None:
        self.release = release
        self.fitted = fitted
        self.entries = {entry.id: entry for entry in release.entries}
        positions = {entry_id: at for at, entry_id in enumerate(fitted.entry_ids)}
        before, kept = None, None
        if previous is not None and previous.fitted is fitted:
            before, kept = previous.scorer, _kept(release, previous.release)
        self.scorer: Scorer = Scorer(
            release.rows.centred(release.space, fitted.means, before.rows.vectors if before else None, kept),
            len(release.entries),
            fitted.head,
            np.array([positions.get(entry.id, -1) for entry in release.entries], dtype=np.int64),
            release.everyday.centred(release.space, fitted.means),
            release.parts,
            release.ngrams,
            before,
            kept,
        )

    def of(self, release: Release) -> Engine:
        """The same engine for a release of the same key."""
        same = copy(self)
        same.release, same.entries = release, {entry.id: entry for entry in release.entries}
        return same

    @property
    def is_settled(self) -> bool:
        """Whether what was learnt comes from this very release."""
        return self.fitted.key == self.release.key

    @property
    def wants_rebuild(self) -> bool:
        """Whether its index was changed so much that searching slows down."""
        return self.scorer.index.wants_rebuild

    def thresholds(self, language: Lang) -> Thresholds:
        """From where on to answer, and to offer choices."""
        return self.fitted.calibrations[language].thresholds

    def scores(self, vectors: Vectors, texts: Texts, language: Lang) -> Scores:
        """Scores of raw query vectors, shape ``(queries, dimensions)``; ``texts`` are what they were made from."""
        return self.scorer.scores(self.release.space.centred(vectors, self.fitted.means[language]), texts)

    def candidates(self, scores: Scores, language: Lang) -> list[list[Candidate]]:
        """Candidates of each query, best first."""
        sure = self.fitted.calibrations[language].confidence(scores)
        found = min(CANDIDATES, scores.fused.shape[1])
        best = np.argpartition(-scores.fused, found - 1, axis=1)[:, :found]
        order = np.argsort(-np.take_along_axis(scores.fused, best, axis=1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, axis=1)
        chosen = np.take_along_axis(scores.fused, best, axis=1)
        shares = np.exp(chosen - chosen[:, :1])
        return [
            [
                Candidate(self.release.entries[at], float(sure[row] * share))
                for at, share in zip(best[row], shares[row], strict=True)
            ]
            for row in range(len(best))
        ]

    def search(self, vectors: Vectors, texts: Texts, language: Lang) -> list[list[Candidate]]:
        """Candidates of each query, best first; arguments as of `scores`."""
        return self.candidates(self.scores(vectors, texts, language), language)


def _kept(release: Release, before: Release) -> Places:
    """Where the rows of a release are among those of another."""
    if release.rows is before.rows:
        return np.arange(len(release.rows))
    if release.kept is not None and release.kept.rows() is before.rows:
        return release.kept.places
    return before.rows.places(release.rows)
