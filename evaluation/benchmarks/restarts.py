"""How long a worker takes from the start of its process to its first answer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

import numpy as np

from evaluation.benchmarks.worker import Opening
from evaluation.benchmarks.worker_process import worker_process


@dataclass(frozen=True)
class Restart:
    """Seconds of one start, or medians over some; the parts come one after another and add up to the whole of one.

    Args:
        first_answer_seconds: from the start of the process until the first question is answered.
        imports_seconds: of that, the interpreter and all imports.
        encoder_seconds: loading the encoder.
        database_seconds: opening the database and looking at its schema.
        knowledge_seconds: from making the knowledge base until it is started.
        question_seconds: the first question.
        fit_cache_corrupt: how often a damaged fit was met and dropped.
    """

    first_answer_seconds: float
    imports_seconds: float
    encoder_seconds: float
    database_seconds: float
    knowledge_seconds: float
    question_seconds: float
    fit_cache_corrupt: int


async def restart(opening: Opening) -> Restart:
    """Start a worker and stop it again."""
    async with worker_process(opening) as process:
        moments = process.started
    return Restart(
        first_answer_seconds=moments.answered - process.begun,
        imports_seconds=moments.imported - process.begun,
        encoder_seconds=moments.encoder - moments.imported,
        database_seconds=moments.database - moments.encoder,
        knowledge_seconds=moments.knowledge - moments.database,
        question_seconds=moments.answered - moments.knowledge,
        fit_cache_corrupt=moments.fit_cache_corrupt,
    )


async def restarts(opening: Opening, count: int, progress: Callable[[str], None]) -> Restart:
    """Medians over ``count`` starts, one after another; the counter is their sum."""
    found = []
    for number in range(1, count + 1):
        progress(f"restart {number} of {count}")
        found.append(await restart(opening))
    seconds = {name: float(np.median([getattr(one, name) for one in found])) for name in Restart.__dataclass_fields__}
    return Restart(**{**seconds, "fit_cache_corrupt": sum(one.fit_cache_corrupt for one in found)})  # type: ignore[arg-type]


async def restart_with_damaged_fit(opening: Opening) -> Restart:
    """Start a worker whose file of what was learnt ends in the middle; it has to learn before it can answer."""
    with tempfile.TemporaryDirectory(prefix="bilin-evaluation-") as folder:
        cache = copytree(opening.cache, Path(folder) / "cache")
        fit = cache / "fit.npz"
        fit.write_bytes(fit.read_bytes()[: fit.stat().st_size // 2])
        return await restart(replace(opening, cache=cache))
