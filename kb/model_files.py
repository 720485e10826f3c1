"""A model in a folder of this machine: what its vectors depend on, told from its files."""

from __future__ import annotations

import hashlib
from pathlib import Path

# How a model is put together is a few lines; what it has learnt, and its words, are too large to be read at each start.
CONFIGURATION = ("config.json", "modules.json")
LEARNT = frozenset({".safetensors", ".bin", ".pt", ".onnx", ".json", ".txt", ".model"})


def fingerprint(folder: Path) -> str:
    """Another one where the model's configuration, or the size or time of a file that it reads, is another.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in LEARNT and path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode())
        if path.name.endswith(CONFIGURATION):
            digest.update(path.read_bytes())
        else:
            found = path.stat()
            digest.update(f"{found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]
