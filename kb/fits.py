"""What was learnt, on disk, so that a restart on an unchanged knowledge base learns nothing anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from kb.confidence import Calibration, Thresholds
from kb.content import LANGUAGES, Lang
from kb.fitting import Fit
from kb.head import Head
from kit.sealed import Arrays, read_sealed, write_sealed

VERSION = b"5"  # raise it when the fit itself changes: old files are then not found again
_HEAD = ("adapter", "basis", "weights", "bias", "belonging")
_CALIBRATION = ("centre", "spread", "weights", "bias", "answer", "clarify")


def fit_key(parts: Iterable[str]) -> str:
    """What a fit was made from, and the version of the fit."""
    digest = hashlib.sha256(VERSION)
    for part in parts:
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


class FitCache:
    """Keeps the newest fit in one file. A damaged file is dropped, counted and fitted anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest(self) -> Fit | None:
        """The fit in the file, whatever it was made from."""
        names = (
            "key",
            "made_with",
            "entry_ids",
            *_HEAD,
            *(f"{language}_mean" for language in LANGUAGES),
            *(f"{language}_{field}" for language in LANGUAGES for field in _CALIBRATION),
        )
        stored = read_sealed(self._path, names, "fit_cache_corrupt")
        if stored is None:
            return None
        return Fit(
            str(stored["key"]),
            str(stored["made_with"]),
            tuple(stored["entry_ids"].tolist()),
            {language: stored[f"{language}_mean"] for language in LANGUAGES},
            Head(*(stored[field] if stored[field].size else None for field in _HEAD)),
            {language: _calibration(stored, language) for language in LANGUAGES},
        )

    def put(self, fitted: Fit) -> None:
        """Keep a fit. What a small knowledge base could not learn is kept as an empty array."""
        arrays: Arrays = {
            "key": np.array(fitted.key),
            "made_with": np.array(fitted.made_with),
            "entry_ids": np.array(fitted.entry_ids),
        }
        for field in _HEAD:
            learnt = getattr(fitted.head, field)
            arrays[field] = np.empty(0) if learnt is None else learnt
        for language, calibration in fitted.calibrations.items():
            arrays[f"{language}_mean"] = fitted.means[language]
            for field in _CALIBRATION:
                held = calibration.thresholds if field in ("answer", "clarify") else calibration
                arrays[f"{language}_{field}"] = np.asarray(getattr(held, field))
        write_sealed(self._path, arrays)


def _calibration(stored: Arrays, language: Lang) -> Calibration:
    centre, spread, weights, bias, answer, clarify = (stored[f"{language}_{field}"] for field in _CALIBRATION)
    return Calibration(centre, spread, weights, float(bias), Thresholds(float(answer), float(clarify)))
