"""What was learnt comes back from disk as it was, or not at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.confidence import FEATURES, Calibration, Thresholds
from kb.content import LANGUAGES, EntryContent
from kb.fits import FitCache, fit_key
from kb.fitting import Fit
from kb.head import NOTHING_LEARNT, Head

RANDOM = np.random.default_rng(7)


def numbers(*shape: int) -> Any:
    return RANDOM.normal(size=shape).astype(np.float32)


def calibration(answer: float) -> Calibration:
    width = len(FEATURES)
    found = (RANDOM.normal(size=width) for _ in range(3))
    return Calibration(*found, bias=0.25, thresholds=Thresholds(answer, answer / 2))


@pytest.fixture
def fitted() -> Fit:
    return Fit(
        key="k",
        made_with="m",
        entry_ids=("lost-card", "sms-fee", "open-account"),
        means={"zh": numbers(4), "en": numbers(4)},
        head=Head(numbers(4, 2), numbers(4, 2), numbers(2, 3), numbers(3), numbers(5)),
        calibrations={"zh": calibration(0.75), "en": calibration(0.5)},
    )


@pytest.fixture
def cache(tmp_path: Path) -> FitCache:
    return FitCache(tmp_path / "fit.npz")


def newest(cache: FitCache) -> Fit:
    found = cache.newest()
    assert found is not None
    return found


def test_there_is_nothing_before_the_first(cache: FitCache, counted: Any) -> None:
    assert cache.newest() is None
    assert counted.degraded("fit_cache_corrupt") == 0


def test_a_fit_comes_back_as_it_was(cache: FitCache, fitted: Fit) -> None:
    cache.put(fitted)
    found = newest(cache)
    assert (found.key, found.made_with, found.entry_ids) == ("k", "m", ("lost-card", "sms-fee", "open-account"))
    assert vars(found.head).keys() == vars(fitted.head).keys()
    for name, learnt in vars(fitted.head).items():
        np.testing.assert_array_equal(getattr(found.head, name), learnt)
    for language in LANGUAGES:
        np.testing.assert_array_equal(found.means[language], fitted.means[language])
        stored, made = found.calibrations[language], fitted.calibrations[language]
        for name in ("centre", "spread", "weights"):
            np.testing.assert_array_equal(getattr(stored, name), getattr(made, name))
        assert (stored.bias, stored.thresholds) == (made.bias, made.thresholds)


@pytest.mark.parametrize(
    "missing", [["adapter"], ["basis", "weights", "bias"], ["belonging"], list(vars(NOTHING_LEARNT))]
)
def test_what_was_not_learnt_comes_back_as_such(cache: FitCache, fitted: Fit, missing: list[str]) -> None:
    cache.put(replace(fitted, head=replace(fitted.head, **dict.fromkeys(missing))))
    found = newest(cache).head
    assert [name for name in vars(found) if getattr(found, name) is None] == missing


def test_only_the_newest_is_kept(cache: FitCache, fitted: Fit) -> None:
    cache.put(fitted)
    cache.put(replace(fitted, key="k2", entry_ids=("only",)))
    assert (newest(cache).key, newest(cache).entry_ids) == ("k2", ("only",))


def test_a_damaged_file_is_dropped_and_counted(tmp_path: Path, cache: FitCache, fitted: Fit, counted: Any) -> None:
    path = tmp_path / "fit.npz"
    cache.put(fitted)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert cache.newest() is None
    assert counted.degraded("fit_cache_corrupt") == 1


def test_the_key_follows_each_part_and_their_order(bank: list[EntryContent]) -> None:
    parts = [entry.id for entry in bank]
    assert fit_key(parts) == fit_key(iter(parts))
    others = [
        parts[:-1],
        [*parts, ""],
        [*reversed(parts)],
        [f"{parts[0]}.", *parts[1:]],
        [parts[0] + parts[1], *parts[2:]],
    ]
    assert len({fit_key(other) for other in [parts, *others]}) == len(others) + 1


def test_a_new_version_of_the_fit_finds_no_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fit_key(["a"])
    monkeypatch.setattr("kb.fits.VERSION", b"next")
    assert fit_key(["a"]) != before
