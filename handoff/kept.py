"""What was learnt from the labelled examples, on disk, so that a start learns nothing anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from handoff.classifier import NGRAMS, REGULARISATION, TextClassifier, View, counter
from handoff.examples import SIGNALS, TrainingSet
from handoff.interfaces import Lang
from handoff.need import INVERSE_PENALTY, NeedModel, SignalClassifier
from kit.sealed import Arrays, read_sealed, write_sealed

VERSION = "3"  # raise it when the fit itself changes: old files are then not found again
_ARRAYS = ("dense", "counted", "bias", "slope", "offset", "held_out")


class KeptClassifiers:
    """Keeps the newest classifiers in one file. A damaged file is dropped, counted and fitted anew.

    Args:
        path: the file; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def read(self, key: str, languages: Sequence[Lang], views: Sequence[View]) -> dict[Lang, SignalClassifier] | None:
        """The classifiers that were fitted to what ``key`` says; None where others, or none, are kept."""
        if self._path is None:
            return None
        fields = ("grams", "weights", "means", "need", "need_bias", *_ARRAYS)
        names = ("key", *(f"{language}_{field}" for language in languages for field in fields))
        made = read_sealed(self._path, ("key",), "fit_cache_corrupt")
        if made is None or str(made["key"]) != key:
            return None  # of other examples, or of a fit that kept other arrays
        stored = read_sealed(self._path, names, "fit_cache_corrupt")
        if stored is None:
            return None
        return {language: _read_one(stored, language, tuple(views)) for language in languages}

    def put(self, key: str, classifiers: Mapping[Lang, SignalClassifier]) -> None:
        """Keep classifiers."""
        if self._path is None:
            return
        arrays: Arrays = {"key": np.array(key)}
        for language, classifier in classifiers.items():
            fitted, need = classifier.words, classifier.need
            arrays[f"{language}_need"], arrays[f"{language}_need_bias"] = need.weights, np.array(need.bias)
            arrays[f"{language}_grams"] = fitted.ngrams.get_feature_names_out().astype(np.str_)
            arrays[f"{language}_weights"] = fitted.ngrams.idf_
            arrays[f"{language}_means"] = np.concatenate(fitted.means)
            for field in _ARRAYS:
                arrays[f"{language}_{field}"] = getattr(fitted, field)
        write_sealed(self._path, arrays)


def fit_key(
    made_by: str, views: Sequence[View], penalties: Mapping[str, float], sets: Mapping[Lang, TrainingSet]
) -> str:
    """What a fit is made from.

    Args:
        made_by: the encoder's name.
        views: of its vectors.
        penalties: on large weights, by signal.
        sets: the examples of each language.
    """
    digest = hashlib.sha256(
        repr(
            (VERSION, made_by, views, SIGNALS, NGRAMS, REGULARISATION, sorted(penalties.items()), INVERSE_PENALTY)
        ).encode()
    )
    for language, known in sorted(sets.items()):
        digest.update(repr((language, known.texts)).encode() + known.targets.tobytes())
    return digest.hexdigest()


def _read_one(stored: Arrays, language: Lang, views: tuple[View, ...]) -> SignalClassifier:
    ngrams = counter(stored[f"{language}_grams"].tolist())
    ngrams.idf_ = stored[f"{language}_weights"]
    ends = np.cumsum([view.part.stop - view.part.start for view in views])[:-1]
    means = tuple(np.split(stored[f"{language}_means"], ends))
    arrays = {field: stored[f"{language}_{field}"] for field in _ARRAYS}
    words = TextClassifier(labels=SIGNALS, views=views, means=means, ngrams=ngrams, **arrays)
    return SignalClassifier(words, NeedModel(stored[f"{language}_need"], float(stored[f"{language}_need_bias"])))
