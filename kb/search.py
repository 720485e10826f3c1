"""The answer engine of one release: from a question's vector to candidates with a calibrated confidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.confidence import UNFITTED, Calibration, Scores, features, fit_calibration
from kb.content import LANGUAGES, EntryContent, Lang, Variant
from kb.encoder import Vectors
from kb.fits import FitCache, fit_key
from kb.head import Head, fit_head, log_softmax
from kb.index import QuestionIndex, centred

FUSION_TEMPERATURE = 0.05
PASSAGE_WEIGHT = 0.9
PLAIN_WEIGHT = 0.5
SHORTEST_PASSAGE = 7
HELD_OUT_ROUNDS = 3
HELD_OUT_QUESTIONS = 0.15
HELD_OUT_ENTRIES = 0.15
CANDIDATES = 5

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class Candidate:
    """An entry that may answer; ``confidence`` is the probability that it is the right one."""

    entry: EntryContent
    confidence: float


@dataclass(frozen=True)
class _Texts:
    """Centred unit vectors, shape ``(texts, dimensions)``, and the position of each text's entry."""

    space: Vectors
    owners: NDArray[np.int64]

    def only(self, rows: NDArray[np.bool_], relabel: NDArray[np.int64]) -> _Texts:
        return _Texts(self.space[rows], relabel[self.owners[rows]])


class _Fitted:
    """Index and head over questions and answer passages of both languages.

    The languages meet in one space, each with its own mean taken away: what is asked in one teaches the other.
    Passages teach the classifier and are searched too, at a discount: they say what an entry is about, not how people
    ask for it.
    """

    def __init__(self, questions: _Texts, passages: _Texts, n_entries: int, head: Head | None = None) -> None:
        self.n_entries = n_entries
        everything = _join([questions, passages])
        self.head = head or fit_head(everything.space, everything.owners, n_entries)
        self._questions = QuestionIndex(questions.space, questions.owners, n_entries)
        self._adapted = QuestionIndex(self.head.adapt(questions.space), questions.owners, n_entries)
        self._passages = (
            QuestionIndex(self.head.adapt(passages.space), passages.owners, n_entries) if len(passages.space) else None
        )

    def scores(self, queries: Vectors) -> Scores:
        """Scores of centred queries, shape ``(queries, dimensions)``."""
        adapted_queries = self.head.adapt(queries)
        adapted = self._adapted.best_per_entry(adapted_queries)
        if self._passages is not None:
            adapted = np.maximum(adapted, PASSAGE_WEIGHT * self._passages.best_per_entry(adapted_queries))
        cosine = self._questions.best_per_entry(queries)
        log_probability = self.head.log_probabilities(queries, self.n_entries)
        fused = (
            log_softmax(adapted / FUSION_TEMPERATURE)
            + PLAIN_WEIGHT * log_softmax(cosine / FUSION_TEMPERATURE)
            + log_probability
        )
        return Scores(cosine, adapted, log_probability, fused)


class Engine:
    """Everything one release needs to be searched. Built whole, never changed, swapped whole.

    Args:
        release_id: the release that the entries belong to.
        entries: its entries, at least one.
        encode: texts to unit vectors.
        background: for each language, everyday sentences that the knowledge base does not answer.
        fits: where the newest fit is kept; one made from the same vectors is used again.
    """

    def __init__(
        self,
        release_id: int,
        entries: Sequence[EntryContent],
        encode: Encode,
        background: dict[Lang, list[str]],
        fits: FitCache | None = None,
    ) -> None:
        self.release_id = release_id
        self.entries = {entry.id: entry for entry in entries}
        self._order = list(entries)

        everyday = {language: encode(background[language]) for language in LANGUAGES}
        questions = {
            language: _collect(entries, language, _questions, encode, everyday[language]) for language in LANGUAGES
        }
        passages = {
            language: _collect(entries, language, _passages, encode, everyday[language]) for language in LANGUAGES
        }
        self._means = {language: questions[language].mean for language in LANGUAGES}
        all_questions = _join([questions[language].texts for language in LANGUAGES])
        all_passages = _join([passages[language].texts for language in LANGUAGES])
        spoken = np.concatenate([np.full(len(questions[language].texts.owners), language) for language in LANGUAGES])
        strange = {language: centred(everyday[language], self._means[language]) for language in LANGUAGES}
        everything = _join([all_questions, all_passages])
        key = fit_key([everything.space, everything.owners, spoken, *strange.values()])
        known = fits.get(key) if fits else None
        if known is not None:
            head, self._calibrations = known
            self._fitted = _Fitted(all_questions, all_passages, len(entries), head)
            return
        self._fitted = _Fitted(all_questions, all_passages, len(entries))
        self._calibrations = _calibrate(all_questions, spoken, all_passages, len(entries), strange)
        if fits:
            fits.put(key, self._fitted.head, self._calibrations)

    def search(self, vectors: Vectors, language: Lang) -> list[list[Candidate]]:
        """Candidates of each query, best first.

        Args:
            vectors: unit vectors of the queries, shape ``(queries, dimensions)``.
            language: the queries' language.
        """
        scores = self._fitted.scores(centred(vectors, self._means[language]))
        sure = self._calibrations[language].confidence(scores)
        shares = np.exp(log_softmax(scores.fused))
        order = np.argsort(-scores.fused, axis=1, kind="stable")[:, :CANDIDATES]
        return [
            [Candidate(self._order[at], float(sure[row] * shares[row, at] / shares[row, best[0]])) for at in best]
            for row, best in enumerate(order)
        ]


@dataclass(frozen=True)
class _Collected:
    texts: _Texts
    mean: Vectors


def _questions(variant: Variant) -> Sequence[str]:
    return variant.questions


_MARKUP = re.compile(r"[*_`\[\]()#>]|https?://\S+|^\s*(?:\d+\.|-)\s+")


def _passages(variant: Variant) -> Sequence[str]:
    """The lines of an answer, without their markup."""
    lines = (_MARKUP.sub("", line).strip() for line in variant.answer.splitlines())
    return tuple(line for line in lines if len(line) >= SHORTEST_PASSAGE)


def _collect(
    entries: Sequence[EntryContent],
    language: Lang,
    of: Callable[[Variant], Sequence[str]],
    encode: Encode,
    everyday: Vectors,
) -> _Collected:
    """The centred texts of one kind in one language.

    Everyday sentences keep the mean sensible for a language in which the bank has written little or nothing.
    """
    pairs = [
        (text, position)
        for position, entry in enumerate(entries)
        if language in entry.variants
        for text in of(entry.variants[language])
    ]
    vectors = encode([text for text, _ in pairs]) if pairs else everyday[:0]
    mean = np.concatenate([vectors, everyday[: max(0, len(everyday) - len(pairs))]]).mean(axis=0)
    owners = np.array([position for _, position in pairs], dtype=np.int64)
    return _Collected(_Texts(centred(vectors, mean), owners), mean)


def _join(parts: Sequence[_Texts]) -> _Texts:
    return _Texts(np.concatenate([part.space for part in parts]), np.concatenate([part.owners for part in parts]))


def _calibrate(
    questions: _Texts,
    spoken: NDArray[np.str_],
    passages: _Texts,
    n_entries: int,
    everyday: dict[Lang, Vectors],
) -> dict[Lang, Calibration]:
    """Fit the confidence on questions, and on whole entries, that each round's head has not seen."""
    samples: dict[Lang, list[NDArray[np.float64]]] = {language: [] for language in LANGUAGES}
    right: dict[Lang, list[NDArray[np.bool_]]] = {language: [] for language in LANGUAGES}
    for round_number in range(HELD_OUT_ROUNDS):
        random = np.random.default_rng(round_number)
        gone = np.isin(np.arange(n_entries), random.permutation(n_entries)[: round(HELD_OUT_ENTRIES * n_entries)])
        unknown = gone[questions.owners]
        held_out = ~unknown & (random.random(len(unknown)) < HELD_OUT_QUESTIONS)
        kept = ~unknown & ~held_out
        present = np.unique(questions.owners[kept])
        if len(present) < 2:
            continue
        relabel = np.full(n_entries, -1, dtype=np.int64)
        relabel[present] = np.arange(len(present))
        fitted = _Fitted(
            questions.only(kept, relabel), passages.only(relabel[passages.owners] >= 0, relabel), len(present)
        )
        for language in LANGUAGES:
            asked = np.flatnonzero(held_out & (spoken == language))
            strange = random.permutation(np.flatnonzero(unknown & (spoken == language)))[: len(asked) // 3]
            for vectors, truth in (
                (questions.space[asked], relabel[questions.owners[asked]]),
                (questions.space[strange], np.full(len(strange), -1)),
                (everyday[language], np.full(len(everyday[language]), -1)),
            ):
                if len(vectors):
                    scores = fitted.scores(vectors)
                    samples[language].append(features(scores))
                    right[language].append(scores.fused.argmax(axis=1) == truth)
    return {
        language: fit_calibration(np.concatenate(samples[language]), np.concatenate(right[language]))
        if samples[language]
        else UNFITTED
        for language in LANGUAGES
    }
