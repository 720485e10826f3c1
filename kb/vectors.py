"""Vectors on disk by what they were made from, so that a restart or a publish encodes only what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb.encoder import Encoder, Vectors
from kb.sealed import read_sealed, write_sealed
from kb.space import Space


class VectorCache:
    """An encoder that remembers, in one file that is replaced whole. A damaged file is dropped, counted and rebuilt."""

    def __init__(self, encoder: Encoder, path: Path | None) -> None:
        self.encoder = encoder
        self._path = path
        self._known: dict[bytes, Vectors] = self._load()
        self._stored = frozenset(self._known)
        self._used: set[bytes] = set()

    @property
    def space(self) -> Space:
        """The encoder's."""
        return self.encoder.space

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of ``texts`` in their order, shape ``(len(texts), space.width)``; encodes those it has never seen."""
        keys = [self._key(text) for text in texts]
        self._used.update(keys)
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if fresh:
            self._known.update(zip(fresh, self.encoder.encode(list(fresh.values())), strict=True))
        if not keys:
            return np.zeros((0, self.space.width), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def keep_used(self) -> None:
        """Forget every text that was not asked for since the last call, and write the file if that changes it."""
        stored = self._stored
        self._known = {key: vector for key, vector in self._known.items() if key in self._used}
        self._used = set()
        self._stored = frozenset(self._known)
        if self._stored != stored:
            self._store()

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.encoder.name}\0{text}".encode()).digest()

    def _load(self) -> dict[bytes, Vectors]:
        stored = read_sealed(self._path, ("keys", "vectors"), "vector_cache_corrupt") if self._path else None
        if stored is None:
            return {}
        return {key.tobytes(): vector for key, vector in zip(stored["keys"], stored["vectors"], strict=True)}

    def _store(self) -> None:
        if self._path is None or not self._known:
            return
        keys = np.frombuffer(b"".join(self._known), np.uint8).reshape(len(self._known), 32)
        write_sealed(self._path, {"keys": keys, "vectors": np.stack(list(self._known.values()))})
