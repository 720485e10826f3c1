"""A fitted head and its calibrations on disk, so that a restart on an unchanged knowledge base fits nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.confidence import Calibration
from kb.content import LANGUAGES, Lang
from kb.head import Head
from kb.sealed import Arrays, read_sealed, write_sealed

VERSION = b"1"  # raise it when the fit itself changes: old files are then not found again
_HEAD = ("adapter", "weights", "bias")
_CALIBRATION = ("centre", "spread", "weights", "bias")


def fit_key(parts: Sequence[NDArray[Any]]) -> str:
    """What a fit was made from: the texts' vectors, whose they are, and the version of the fit."""
    digest = hashlib.sha256(VERSION)
    for part in parts:
        digest.update(str(part.shape).encode() + np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


class FitCache:
    """Keeps the newest fit in one file. A damaged file is dropped, counted and fitted anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> tuple[Head, dict[Lang, Calibration]] | None:
        """The fit made from ``key``, if it is the one in the file."""
        names = ("key", *_HEAD, *(f"{language}_{field}" for language in LANGUAGES for field in _CALIBRATION))
        stored = read_sealed(self._path, names, "fit_cache_corrupt")
        if stored is None or str(stored["key"]) != key:
            return None
        head = Head(*(stored[field] if stored[field].size else None for field in _HEAD))
        return head, {language: _calibration(stored, language) for language in LANGUAGES}

    def put(self, key: str, head: Head, calibrations: dict[Lang, Calibration]) -> None:
        """Keep a fit. What a small knowledge base could not learn is kept as an empty array."""
        arrays: Arrays = {"key": np.array(key)}
        for field in _HEAD:
            learnt = getattr(head, field)
            arrays[field] = np.empty(0) if learnt is None else learnt
        for language, calibration in calibrations.items():
            for field in _CALIBRATION:
                arrays[f"{language}_{field}"] = np.asarray(getattr(calibration, field))
        write_sealed(self._path, arrays)


def _calibration(stored: Arrays, language: Lang) -> Calibration:
    centre, spread, weights, bias = (stored[f"{language}_{field}"] for field in _CALIBRATION)
    return Calibration(centre, spread, weights, float(bias))
