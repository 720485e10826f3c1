"""Vectors on disk: only what is new is encoded, and a file that cannot be trusted is never used."""

import errno
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.encoder import Vectors
from kb.space import single
from kb.vectors import VectorCache

TEXTS = ["银行卡", "信用卡", "credit card", "loan", ""]


class Counting:
    """Encodes a text into its length and first letter, and remembers what it was asked for."""

    def __init__(self, name: str = "counting", dimensions: int = 2) -> None:
        self.name = name
        self.asked: list[str] = []
        self._dimensions = dimensions
        self.space = single(dimensions)

    @property
    def primary(self) -> "Counting":
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return np.array(
            [[len(text), *([ord(text[:1] or "\0")] * (self._dimensions - 1))] for text in texts], np.float32
        )


def expected(texts: Sequence[str]) -> list[list[float]]:
    return Counting().encode(texts).tolist()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.npz"


@pytest.fixture
def stored(file: Path) -> bytes:
    """A cache file with every one of ``TEXTS``."""
    cache = VectorCache(Counting(), file)
    cache.encode(TEXTS)
    cache.keep_used()
    return file.read_bytes()


def test_vectors_come_in_the_order_of_the_texts() -> None:
    cache = VectorCache(Counting(), None)
    asked = ["loan", "银行卡", "loan", "credit card"]
    assert cache.encode(asked).tolist() == expected(asked)


def test_the_space_is_that_of_the_encoder() -> None:
    assert VectorCache(Counting(dimensions=3), None).space == single(3)


def test_each_text_is_encoded_once() -> None:
    encoder = Counting()
    cache = VectorCache(encoder, None)
    cache.encode(["loan", "loan", "银行卡"])
    cache.encode(["银行卡", "credit card"])
    assert encoder.asked == ["loan", "银行卡", "credit card"]


def test_a_restart_encodes_only_what_is_new(file: Path, stored: bytes) -> None:
    encoder = Counting()
    cache = VectorCache(encoder, file)
    assert cache.encode([*TEXTS, "mortgage"]).tolist() == expected([*TEXTS, "mortgage"])
    assert encoder.asked == ["mortgage"]


def test_texts_that_went_out_of_use_are_forgotten(file: Path, stored: bytes) -> None:
    fewer = VectorCache(Counting(), file)
    fewer.encode(["loan"])
    fewer.keep_used()
    encoder = Counting()
    VectorCache(encoder, file).encode(["loan", "银行卡"])
    assert encoder.asked == ["银行卡"]


def test_another_encoder_never_gets_the_vectors_of_this_one(file: Path, stored: bytes) -> None:
    other = Counting("another", dimensions=3)
    cache = VectorCache(other, file)
    assert cache.encode(TEXTS).shape == (len(TEXTS), 3)
    assert other.asked == TEXTS
    cache.keep_used()
    back = Counting()
    assert VectorCache(back, file).encode(TEXTS).tolist() == expected(TEXTS)
    assert back.asked == TEXTS


def _npy(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros((3, 2), np.float32))


DAMAGE: dict[str, Callable[[bytes, Path], object]] = {
    "empty": lambda stored, path: path.write_bytes(b""),
    "cut in half": lambda stored, path: path.write_bytes(stored[: len(stored) // 2]),
    "cut one byte short": lambda stored, path: path.write_bytes(stored[:-1]),
    "grown": lambda stored, path: path.write_bytes(stored + b"\0"),
    "text": lambda stored, path: path.write_text("not a cache\n"),
    "a lone array": lambda stored, path: _npy(path),
    "somebody else's archive": lambda stored, path: np.savez(path, weights=np.zeros(3)),
    "pickled objects": lambda stored, path: np.savez(path, keys=np.array([{}]), vectors=np.array([{}])),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_dropped_counted_and_rebuilt(
    damage: Callable[[bytes, Path], object], file: Path, stored: bytes, counted
) -> None:
    damage(stored, file)
    encoder = Counting()
    cache = VectorCache(encoder, file)
    assert counted.degraded("vector_cache_corrupt") == 1
    assert cache.encode(TEXTS).tolist() == expected(TEXTS)
    assert encoder.asked == TEXTS

    cache.keep_used()
    again = Counting()
    assert VectorCache(again, file).encode(TEXTS).tolist() == expected(TEXTS)
    assert again.asked == []


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_no_changed_byte_changes_a_vector(at: float, mask: int, file: Path, stored: bytes) -> None:
    position = int(at * len(stored))
    file.write_bytes(stored[:position] + bytes([stored[position] ^ mask]) + stored[position + 1 :])
    assert VectorCache(Counting(), file).encode(TEXTS).tolist() == expected(TEXTS)


def test_a_folder_that_cannot_be_written_does_not_stop_the_service(tmp_path: Path, counted) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = VectorCache(Counting(), tmp_path / "cache" / "vectors.npz")
    cache.encode(TEXTS)
    cache.keep_used()
    assert cache.encode(TEXTS).tolist() == expected(TEXTS)
    assert counted.degraded("storage_full") == 1


def test_a_full_disk_leaves_no_scratch_file_and_keeps_the_old_cache(
    file: Path, stored: bytes, counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    cache = VectorCache(Counting(), file)
    monkeypatch.setattr(Path, "write_bytes", full)
    cache.encode(["mortgage"])
    cache.keep_used()
    assert counted.degraded("storage_full") == 1
    assert file.read_bytes() == stored
    assert [path.name for path in file.parent.iterdir()] == [file.name]
