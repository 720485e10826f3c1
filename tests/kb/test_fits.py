"""kb.fits: a fit is made once for the same vectors, and never used for others"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.confidence import Calibration
from kb.content import Lang
from kb.fits import FitCache, fit_key
from kb.head import Head

RANDOM = np.random.default_rng(7)


def numbers(*shape: int) -> Any:
    return RANDOM.normal(size=shape).astype(np.float32)


@pytest.fixture
def head() -> Head:
    return Head(numbers(4, 4), numbers(4, 3), numbers(3))


@pytest.fixture
def calibrations() -> dict[Lang, Calibration]:
    def one() -> Calibration:
        return Calibration(RANDOM.normal(size=6), RANDOM.normal(size=6), RANDOM.normal(size=6), 0.25)

    return {"zh": one(), "en": one()}


def test_a_fit_comes_back_as_it_was(tmp_path: Path, head: Head, calibrations: dict[Lang, Calibration]) -> None:
    FitCache(tmp_path / "fit.npz").put("k", head, calibrations)
    found = FitCache(tmp_path / "fit.npz").get("k")
    assert found is not None
    assert np.array_equal(found[0].weights, head.weights)
    assert np.array_equal(found[0].adapter, head.adapter)
    assert np.array_equal(found[0].bias, head.bias)
    for language in ("zh", "en"):
        assert np.array_equal(found[1][language].weights, calibrations[language].weights)
        assert np.array_equal(found[1][language].centre, calibrations[language].centre)
        assert np.array_equal(found[1][language].spread, calibrations[language].spread)
        assert found[1][language].bias == 0.25


def test_a_fit_made_from_something_else_is_not_used(
    tmp_path: Path, head: Head, calibrations: dict[Lang, Calibration]
) -> None:
    cache = FitCache(tmp_path / "fit.npz")
    assert cache.get("k") is None
    cache.put("k", head, calibrations)
    assert cache.get("another") is None


def test_the_key_follows_every_vector_and_every_owner() -> None:
    vectors, owners = numbers(5, 4), np.arange(5)
    key = fit_key([vectors, owners])
    assert fit_key([vectors.copy(), owners.copy()]) == key
    moved = vectors.copy()
    moved[3, 2] += 1e-3
    assert fit_key([moved, owners]) != key
    assert fit_key([vectors, owners[::-1]]) != key
    assert fit_key([vectors.reshape(4, 5), owners]) != key


def test_a_damaged_file_is_dropped_and_counted(
    tmp_path: Path, head: Head, calibrations: dict[Lang, Calibration], counted: Any
) -> None:
    path = tmp_path / "fit.npz"
    cache = FitCache(path)
    cache.put("k", head, calibrations)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert cache.get("k") is None
    assert counted.degraded("fit_cache_corrupt") == 1


def test_a_head_that_has_learnt_nothing_comes_back_as_such(
    tmp_path: Path, calibrations: dict[Lang, Calibration]
) -> None:
    cache = FitCache(tmp_path / "fit.npz")
    cache.put("k", Head(None, None, None), calibrations)
    found = cache.get("k")
    assert found is not None
    assert found[0] == Head(None, None, None)
