"""Arrays in a file that proves itself: an ``.npz`` archive followed by its SHA-256, replaced whole or not at all."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from kit.counters import Degradation, count_degraded

log = structlog.get_logger(__name__)

DIGEST_BYTES = 32

Arrays = dict[str, NDArray[Any]]


def read_sealed(path: Path, names: tuple[str, ...], damaged: Degradation) -> Arrays | None:
    """The arrays ``names`` of the file, or None; a damaged file is removed, and counted as ``damaged``."""
    if not path.is_file():
        return None
    try:
        stored = path.read_bytes()
        archive, digest = stored[:-DIGEST_BYTES], stored[-DIGEST_BYTES:]
        if hashlib.sha256(archive).digest() != digest:  # first: a damaged archive fails in too many ways to name
            raise ValueError("digest differs")
        with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except (OSError, ValueError, KeyError) as error:
        count_degraded(damaged)
        log.warning(damaged, path=str(path), reason=str(error))
        with suppress(OSError):
            path.unlink()
        return None


def write_sealed(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Replace the file. Without room for it the work goes on without; counted as ``storage_full``."""
    archive = io.BytesIO()
    np.savez(archive, **arrays)  # type: ignore[arg-type]  # the stub takes every keyword for allow_pickle
    content = archive.getvalue()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            scratch = Path(folder) / path.name
            scratch.write_bytes(content + hashlib.sha256(content).digest())
            scratch.replace(path)
    except OSError as error:
        count_degraded("storage_full")
        log.warning("cache_not_written", path=str(path), reason=str(error))
