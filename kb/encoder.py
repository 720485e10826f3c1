"""Texts to vectors: any sentence-transformers model, run through ONNX Runtime, each text once."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from kb.bundled_encoder import COMPLETE, build
from kit.counters import count_degraded
from kit.errors import Unavailable
from kit.settings import Settings

log = structlog.get_logger(__name__)

Vectors = NDArray[np.float32]

BUNDLED = "bundled"
BATCH = 32


class EncoderUnavailable(Unavailable):
    """No encoder could be loaded, or it failed on a text."""

    code = "encoder_unavailable"


class Encoder(Protocol):
    """Texts to unit vectors of ``float32``, shape ``(len(texts), dimensions)``."""

    @property
    def name(self) -> str:
        """What caches are keyed by: another name, other vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch, blocking."""
        ...


class SentenceEncoder:
    """A sentence-transformers model on ONNX Runtime, loaded from a prepared folder."""

    def __init__(self, folder: Path, *, name: str, prefix: str, threads: int) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import onnxruntime
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._model = SentenceTransformer(
            str(folder),
            device="cpu",
            backend="onnx",
            local_files_only=True,
            model_kwargs={
                "provider": "CPUExecutionProvider",
                "session_options": options,
                "file_name": "onnx/model.onnx",
            },
        )
        self._prefix = prefix
        self._name = f"{name}|{prefix}"

    @property
    def name(self) -> str:
        """Model and prefix."""
        return self._name

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch, blocking."""
        vectors: Any = self._model.encode(
            [self._prefix + text for text in texts],
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def prepared_folder(settings: Settings) -> Path:
    """Where the configured model lies once it is prepared."""
    if settings.encoder == BUNDLED:
        return settings.data_dir / "encoder" / "multilingual-e5-small"
    slug = re.sub(r"[^A-Za-z0-9.-]+", "_", settings.encoder).strip("_")
    digest = hashlib.sha256(settings.encoder.encode()).hexdigest()[:8]
    return settings.data_dir / "encoder" / f"{slug}-{digest}"


def prepare(settings: Settings) -> Path:
    """Build or fetch the configured model once and export it to ONNX beside its weights.

    Raises:
        WeightsMismatch: the bundled weights are not the ones this version reads.
        EncoderUnavailable: another model was named and cannot be loaded.
    """
    folder = prepared_folder(settings)
    if settings.encoder == BUNDLED:
        return build(folder)
    if (folder / COMPLETE).is_file():
        return folder
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(
            settings.encoder,
            device="cpu",
            backend="onnx",
            model_kwargs={"provider": "CPUExecutionProvider", "export": True},
        )
    except Exception as error:  # transformers, safetensors and optimum share no base
        raise EncoderUnavailable(
            f"The encoder {settings.encoder!r} cannot be loaded: {error}. "
            "Set BILIN_ENCODER to a sentence-transformers name or path that this machine can read, or to 'bundled'."
        ) from error
    model.save_pretrained(str(folder))
    (folder / COMPLETE).write_text("{}")
    return folder


def load_encoder(settings: Settings) -> Encoder:
    """The configured encoder, prepared if it is not yet.

    Raises:
        WeightsMismatch, EncoderUnavailable: as ``prepare``; also when what was prepared is damaged.
    """
    folder = prepare(settings)
    try:
        return SentenceEncoder(
            folder,
            name=settings.encoder,
            prefix=settings.encoder_prefix,
            threads=settings.encoder_threads,
        )
    except Exception as error:  # the runtime's errors share no base
        raise EncoderUnavailable(
            f"The prepared encoder in {folder} cannot be loaded: {error}. Delete that folder and start again."
        ) from error


class TurnEncoder:
    """The encoder as conversations use it: off the event loop, and each text once.

    Signals, search and emotion of a turn all ask for the same text; a bounded cache of the latest texts answers all
    but the first. One thread does the encoding: the model's own threads already use the machine's cores.
    """

    def __init__(self, encoder: Encoder, *, cache_size: int = 4096) -> None:
        self.encoder = encoder
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._cache_size = cache_size
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="encoder")

    async def vector(self, text: str) -> Vectors:
        """The unit vector of one text, shape ``(dimensions,)``.

        Raises:
            EncoderUnavailable: the encoder failed; counted.
        """
        known = self._cache.get(text)
        if known is not None:
            self._cache.move_to_end(text)
            return known
        loop = asyncio.get_running_loop()
        try:
            vectors = await loop.run_in_executor(self._pool, self.encoder.encode, [text])
        except Exception as error:  # the runtime's errors share no base; whatever it is, we go on without
            count_degraded("encoder_failed")
            log.error("encoder_failed", exc_info=error)
            raise EncoderUnavailable("The knowledge base cannot be searched at present.") from error
        vector: Vectors = vectors[0]
        self._cache[text] = vector
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)
        return vector
