"""What a person judged of a sample: the file that the labelling page saves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets import DatasetError

ANSWERS = {"needs_human": ("yes", "no"), "last_answer_right": ("yes", "no", "none")}


@dataclass(frozen=True)
class Label:
    """One judgement: ``last_answer_right`` is yes, no or none."""

    needs_human: str
    last_answer_right: str


def sample_key(ids: Sequence[str]) -> str:
    """Names a sample by its conversations, so that nobody's file is taken for that of another sample."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]


def read_labels(path: Path, ids: Sequence[str]) -> dict[str, Label]:
    """The judgements of one person about the conversations ``ids``.

    Raises:
        DatasetError: it is no such file, is about another sample, or a conversation is not judged; the message says
            which, by its number on the page.
    """
    labels = _read(path, ids)
    if missing := [str(number) for number, each in enumerate(ids, start=1) if each not in labels]:
        numbers = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")
        raise DatasetError(f"{path}: {len(missing)} of {len(ids)} conversations are not judged yet: {numbers}")
    return labels


def read_settled(path: Path, ids: Sequence[str]) -> dict[str, Label]:
    """What both raters settled together, of the sample ``ids``; nothing where they have saved no file yet.

    Raises:
        DatasetError: it is no such file, or is about another sample.
    """
    return _read(path, ids) if path.exists() else {}


def _read(path: Path, ids: Sequence[str]) -> dict[str, Label]:
    """The whole judgements of a file."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        sample, given = stored["sample"], dict(stored["labels"])
    except OSError as error:
        raise DatasetError(
            f"{path} cannot be read: {error.strerror or error}. The page of the same name saves it."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path} is no file of judgements: save it with the labelling page.") from error
    if sample != sample_key(ids):
        raise DatasetError(f"{path} is about another sample: judge with the page that lies beside it.")
    read = ((each, _label(given.get(each), f"{path}, conversation {n}")) for n, each in enumerate(ids, start=1))
    return {each: label for each, label in read if label}


def _label(given: Any, where: str) -> Label | None:
    """A whole judgement; None where one of the two answers is still missing."""
    if given is None or (isinstance(given, Mapping) and any(not given.get(name) for name in ANSWERS)):
        return None
    for name, allowed in ANSWERS.items():
        if not isinstance(given, Mapping) or given[name] not in allowed:
            raise DatasetError(f"{where}: {name!r} must be {' or '.join(allowed)}")
    return Label(given["needs_human"], given["last_answer_right"])
