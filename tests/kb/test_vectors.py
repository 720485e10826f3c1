"""Vectors on disk: only what is new is encoded, and a file that cannot be trusted is never used."""

import contextlib
import sqlite3
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
    return tmp_path / "cache" / "vectors.db"


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


def test_texts_that_went_out_of_use_are_forgotten_once_they_are_most_of_the_file(file: Path) -> None:
    cache = VectorCache(Counting(), file)
    cache.encode([str(number) for number in range(20)])
    cache.keep_used()
    for used, again in (
        (["3", "4", "5", "6"], []),
        (["3"], ["19"]),
    ):  # 20 texts are five times 4, and more than that of 1
        fewer = VectorCache(Counting(), file)
        fewer.encode(used)
        fewer.keep_used()
        encoder = Counting()
        VectorCache(encoder, file).encode(["3", "19"])
        assert encoder.asked == again


def test_what_is_in_use_stays_when_nothing_was_asked_for(file: Path, stored: bytes) -> None:
    encoder = Counting()
    cache = VectorCache(encoder, file)
    cache.encode(TEXTS)
    cache.keep_used()
    cache.keep_used()
    cache.encode(TEXTS)
    VectorCache(encoder, file).encode(TEXTS)
    assert encoder.asked == []


def test_what_one_worker_has_encoded_another_need_not(file: Path) -> None:
    here, elsewhere = Counting(), Counting()
    one, other = VectorCache(here, file), VectorCache(elsewhere, file)
    one.encode(["loan"])
    assert other.encode(["loan", "mortgage"]).tolist() == expected(["loan", "mortgage"])
    assert one.encode(["mortgage"]).tolist() == expected(["mortgage"])
    assert (here.asked, elsewhere.asked) == (["loan"], ["mortgage"])


def test_an_interrupted_start_goes_on_where_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.vectors.LOT", 2)
    interrupted = Counting()
    whole = interrupted.encode

    def stops_at_the_third_lot(texts: Sequence[str]) -> Vectors:
        if len(interrupted.asked) == 4:
            raise RuntimeError("the power is gone")
        return whole(texts)

    monkeypatch.setattr(interrupted, "encode", stops_at_the_third_lot)
    with pytest.raises(RuntimeError):
        VectorCache(interrupted, file).encode(TEXTS)
    encoder = Counting()
    assert VectorCache(encoder, file).encode(TEXTS).tolist() == expected(TEXTS)
    assert encoder.asked == TEXTS[4:]


def test_another_encoder_never_gets_the_vectors_of_this_one(file: Path, stored: bytes) -> None:
    other = Counting("another", dimensions=3)
    cache = VectorCache(other, file)
    assert cache.encode(TEXTS).shape == (len(TEXTS), 3)
    assert other.asked == TEXTS
    back = Counting()
    assert VectorCache(back, file).encode(TEXTS).tolist() == expected(TEXTS)
    assert back.asked == []


def _of_somebody_else(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE memo (key TEXT, value TEXT, checksum TEXT)")
        keys = [VectorCache(Counting(), None)._key(text) for text in TEXTS]
        connection.executemany("INSERT INTO memo VALUES (?, 'x', 'y')", [(key,) for key in keys])
        connection.commit()


DAMAGE: dict[str, Callable[[bytes, Path], object]] = {
    "cut in half": lambda stored, path: path.write_bytes(stored[: len(stored) // 2]),
    "text": lambda stored, path: path.write_text("not a cache\n" * 100),
    "somebody else's": lambda stored, path: _of_somebody_else(path),
    "another vector": lambda stored, path: path.write_bytes(stored.replace(np.float32([4]).tobytes(), b"\1\2\3\4")),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_dropped_counted_and_rebuilt(
    damage: Callable[[bytes, Path], object], file: Path, stored: bytes, counted
) -> None:
    damage(stored, file)
    encoder = Counting()
    cache = VectorCache(encoder, file)
    assert cache.encode(TEXTS).tolist() == expected(TEXTS)
    assert counted.degraded("vector_cache_corrupt") == 1
    assert encoder.asked == TEXTS

    again = Counting()
    assert VectorCache(again, file).encode(TEXTS).tolist() == expected(TEXTS)
    assert again.asked == []


def test_an_empty_file_holds_nothing(file: Path, counted) -> None:
    file.parent.mkdir()
    file.touch()
    encoder = Counting()
    assert VectorCache(encoder, file).encode(TEXTS).tolist() == expected(TEXTS)
    assert (encoder.asked, counted.degraded("vector_cache_corrupt")) == (TEXTS, 0)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_no_changed_byte_changes_a_vector(at: float, mask: int, file: Path, stored: bytes) -> None:
    position = int(at * len(stored))
    file.write_bytes(stored[:position] + bytes([stored[position] ^ mask]) + stored[position + 1 :])
    assert VectorCache(Counting(), file).encode(TEXTS).tolist() == expected(TEXTS)


def test_a_folder_that_cannot_be_written_does_not_stop_the_service(tmp_path: Path, counted) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = VectorCache(Counting(), tmp_path / "cache" / "vectors.db")
    cache.encode(TEXTS)
    cache.keep_used()
    assert cache.encode(TEXTS).tolist() == expected(TEXTS)
    assert counted.degraded("storage_full") == 1


def test_a_full_disk_keeps_what_was_stored(file: Path, stored: bytes, counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.memo._SCHEMA", "PRAGMA max_page_count = 1")  # full
    cache = VectorCache(Counting(), file)
    many = [str(number) for number in range(2000)]
    assert cache.encode(many).tolist() == expected(many)
    assert counted.degraded("storage_full") == 2  # two lots
    monkeypatch.undo()
    encoder = Counting()
    assert VectorCache(encoder, file).encode(TEXTS).tolist() == expected(TEXTS)
    assert encoder.asked == []


def test_a_file_that_another_process_holds_is_done_without(
    file: Path, stored: bytes, counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.memo.BUSY_SECONDS", 0.05)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert VectorCache(Counting(), file).encode(TEXTS).tolist() == expected(TEXTS)
    assert counted.degraded("database_busy") == 2  # neither read nor written
    encoder = Counting()
    VectorCache(encoder, file).encode(TEXTS)
    assert encoder.asked == []
