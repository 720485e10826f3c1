"""Texts to vectors: the configured sentence-transformers model with its companions, each text once."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import structlog

from kb.batching import Batches
from kb.bundled_encoder import COMPLETE, build
from kb.companions import with_companions
from kb.sentence_encoder import Encoder, EncoderUnavailable, SentenceEncoder
from kb.space import Vectors
from kit.counters import count_degraded
from kit.settings import Settings

__all__ = ["Encoder", "EncoderUnavailable", "TurnEncoder", "Vectors", "load_encoder", "prepare", "prepared_folder"]

log = structlog.get_logger(__name__)

BUNDLED = "bundled"


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
    """The configured encoder, prepared if it is not yet, with its companions unless the settings want none.

    Raises:
        WeightsMismatch, EncoderUnavailable: as ``prepare``; also when what was prepared is damaged.
    """
    folder = prepare(settings)
    try:
        configured = SentenceEncoder(
            folder,
            name=settings.encoder,
            prefix=settings.encoder_prefix,
            threads=settings.encoder_threads,
            precision=settings.encoder_precision,
        )
    except Exception as error:  # the runtime's errors share no base
        raise EncoderUnavailable(
            f"The prepared encoder in {folder} cannot be loaded: {error}. Delete that folder and start again."
        ) from error
    return with_companions(configured, settings) if settings.encoder_companions else configured


class TurnEncoder:
    """The encoder as conversations use it: off the event loop, each text once, and turns at the same time together.

    Signals, search and emotion of a turn all ask for the same text; a bounded cache of the latest texts answers all
    but the first.
    """

    def __init__(self, encoder: Encoder, *, cache_size: int = 4096) -> None:
        self.encoder = encoder
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._cache_size = cache_size
        self._batches = Batches(encoder)

    async def vector(self, text: str) -> Vectors:
        """The vector of one text, shape ``(encoder.space.width,)``; errors as of `vectors`."""
        vectors: Vectors = (await self.vectors([text]))[0]
        return vectors

    async def vectors(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, shape ``(texts, encoder.space.width)``; those not yet known are encoded in one batch.

        Raises:
            EncoderUnavailable: the encoder failed; counted.
        """
        found = {text: self._cache[text] for text in texts if text in self._cache}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found.update(await self._encoded(missing))
        for text, vector in found.items():
            self._cache[text] = vector
            self._cache.move_to_end(text)
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)
        return np.stack([found[text] for text in texts])

    async def _encoded(self, texts: list[str]) -> Mapping[str, Vectors]:
        try:
            return await self._batches.encoded(texts)
        except Exception as error:  # the runtime's errors share no base; whatever it is, we go on without
            count_degraded("encoder_failed")
            log.error("encoder_failed", exc_info=error)
            raise EncoderUnavailable("The knowledge base cannot be searched at present.") from error
