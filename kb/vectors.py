"""Vectors by what they were made from, so that a restart or a publish encodes only what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np

from kb.encoder import Encoder, Vectors
from kb.memo import Memo
from kb.space import Space

# Texts are encoded and kept in lots of this size: a start that is interrupted goes on where it was.
LOT = 1024


class VectorCache:
    """An encoder that remembers, in memory what is in use, and in a file more than that. Threads take turns."""

    def __init__(self, encoder: Encoder, path: Path | None) -> None:
        self.encoder = encoder
        self._memo = Memo(path, "vector_cache_corrupt")
        self._known: dict[bytes, Vectors] = {}
        self._used: set[bytes] = set()
        self._turn = Lock()

    @property
    def name(self) -> str:
        """The encoder's."""
        return self.encoder.name

    @property
    def space(self) -> Space:
        """The encoder's."""
        return self.encoder.space

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of ``texts`` in their order, shape ``(len(texts), space.width)``; encodes those it has never seen."""
        with self._turn:
            return self._encoded(texts)

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        keys = [self._key(text) for text in texts]
        self._used.update(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for key, value in self._memo.read(list(missing)).items():
            self._known[key] = np.frombuffer(value, np.float32)
            del missing[key]
        fresh = list(missing.items())
        for at in range(0, len(fresh), LOT):
            lot = dict(fresh[at : at + LOT])
            encoded = dict(zip(lot, self.encoder.encode(list(lot.values())), strict=True))
            self._known.update(encoded)
            self._memo.write({key: vector.astype(np.float32).tobytes() for key, vector in encoded.items()})
        if not keys:
            return np.zeros((0, self.space.width), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def keep_used(self, others: Iterable[str] = ()) -> None:
        """Forget every text that was not asked for since the last call; in the file, once most of it is such.

        Where none was asked for, what is in use is what was in use before.

        Args:
            others: texts that are in use too, though nobody had to ask for them again.
        """
        with self._turn:
            if not self._used:
                return
            self._used.update(map(self._key, others))
            self._known = {key: vector for key, vector in self._known.items() if key in self._used}
            self._memo.forget_unused(self._used)
            self._used = set()

    def _key(self, text: str) -> bytes:
        return _key(self.encoder.name, self.space.width, text)


@lru_cache(maxsize=200_000)  # a publication asks what is in use of all texts of the knowledge base
def _key(encoder: str, width: int, text: str) -> bytes:
    return hashlib.sha256(f"{encoder}\0{width}\0{text}".encode()).digest()
