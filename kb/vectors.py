"""Vectors on disk by what they were made from, so that a restart or a publish encodes only what is new."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import structlog

from kb.encoder import Encoder, Vectors
from kit.counters import count_degraded

log = structlog.get_logger(__name__)

DIGEST_BYTES = 32


class VectorCache:
    """An encoder that remembers, in one file that is replaced whole. A damaged file is dropped, counted and rebuilt.

    The file is an ``.npz`` archive followed by its SHA-256.
    """

    def __init__(self, encoder: Encoder, path: Path | None) -> None:
        self.encoder = encoder
        self._path = path
        self._known: dict[bytes, Vectors] = self._load()
        self._stored = frozenset(self._known)
        self._used: set[bytes] = set()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of ``texts`` in their order, shape ``(len(texts), dimensions)``; encodes those it has never seen."""
        keys = [self._key(text) for text in texts]
        self._used.update(keys)
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if fresh:
            self._known.update(zip(fresh, self.encoder.encode(list(fresh.values())), strict=True))
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
        if self._path is None or not self._path.is_file():
            return {}
        try:
            stored = self._path.read_bytes()
            archive, digest = stored[:-DIGEST_BYTES], stored[-DIGEST_BYTES:]
            if hashlib.sha256(archive).digest() != digest:  # first: a damaged archive fails in too many ways to name
                raise ValueError("digest differs")
            with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
                keys, vectors = arrays["keys"], arrays["vectors"]
        except (OSError, ValueError) as error:
            count_degraded("vector_cache_corrupt")
            log.warning("vector_cache_corrupt", path=str(self._path), reason=str(error))
            return {}
        return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}

    def _store(self) -> None:
        if self._path is None or not self._known:
            return
        keys = np.frombuffer(b"".join(self._known), np.uint8).reshape(len(self._known), 32)
        vectors = np.stack(list(self._known.values()))
        archive = io.BytesIO()
        np.savez(archive, keys=keys, vectors=vectors)
        content = archive.getvalue()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._path.parent) as folder:
                scratch = Path(folder) / self._path.name
                scratch.write_bytes(content + hashlib.sha256(content).digest())
                scratch.replace(self._path)
        except OSError as error:
            count_degraded("storage_full")
            log.warning("vector_cache_not_written", reason=str(error))
