"""Which model belongs to the files as they are: the name is a hash of what it is trained from."""

from __future__ import annotations

import hashlib
from pathlib import Path

BOT = Path(__file__).resolve().parent

_HASH_LENGTH = 16


def sources(bot: Path = BOT) -> list[Path]:
    """Every file that a model is trained from, in a fixed order."""
    single = [bot / "config.yml", bot / "domain.yml", bot / "requirements.txt"]
    found = single + list((bot / "data").glob("*.yml"))
    found += list((bot / "nlu").glob("*.py")) + list((bot / "nlu").glob("*.txt"))
    return sorted(path for path in found if path.exists())


def model_hash(bot: Path = BOT) -> str:
    """The hash of the names and contents of all sources."""
    digest = hashlib.sha256()
    for path in sources(bot):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(bot).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:_HASH_LENGTH]


def model_path(bot: Path = BOT) -> Path:
    """Where the model of these sources is, or will be after training."""
    return bot / "models" / f"{model_hash(bot)}.tar.gz"
