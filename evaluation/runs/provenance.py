"""What a run was made with: code, knowledge base, encoder, settings, questions."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from kb.content import EntryContent
from kit.settings import ROOT, Settings

# Where things are, not what they do; an address may have a password in it.
OF_PLACES = ("_dir", "_url", "_urls", "_dist", "host", "port", "log_level", "log_format", "widget_origins")


def code_version(root: Path = ROOT) -> str:
    """The commit, with ``+changes`` where files differ from it; ``unknown`` outside a repository."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    commit = _output([git, "-C", str(root), "rev-parse", "HEAD"])
    if commit is None:
        return "unknown"
    changed = _output([git, "-C", str(root), "status", "--porcelain", "--untracked-files=no"])
    return f"{commit}+changes" if changed else commit


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content_hash(entries: Sequence[EntryContent]) -> str:
    """SHA-256 of everything that a knowledge base says; the order of its entries does not matter."""
    return hashlib.sha256("\n".join(sorted(entry.digest for entry in entries)).encode()).hexdigest()


def plain_settings(settings: Settings) -> dict[str, Any]:
    """The settings that may change a figure: no secrets, no places; of a file what it says, as its SHA-256."""
    plain: dict[str, Any] = {}
    for name, value in sorted(settings.model_dump(mode="python").items()):
        if isinstance(value, SecretStr) or name.endswith(OF_PLACES):
            continue
        if not isinstance(value, Path):
            plain[name] = value
        elif value.is_file():
            plain[name] = file_hash(value)
    return plain


def encoder_name(settings: Settings) -> str:
    """The encoder in words: which, how exact, with companions or alone."""
    companions = "with companions" if settings.encoder_companions else "alone"
    return f"{settings.encoder}, {settings.encoder_precision}, {companions}"


def _output(command: list[str]) -> str | None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    return done.stdout.strip() if done.returncode == 0 else None
