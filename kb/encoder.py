"""Texts to vectors: the configured sentence-transformers model with its companions, each text once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import structlog
from cachetools import LRUCache
from filelock import FileLock

from kb.batching import Batches
from kb.bundled_encoder import COMPLETE, build, built_whole
from kb.companions import with_companions
from kb.model_files import fingerprint
from kb.sentence_encoder import Encoder, EncoderUnavailable, SentenceEncoder
from kb.space import Vectors
from kit.counters import count_degraded
from kit.settings import Settings

__all__ = ["Encoder", "EncoderUnavailable", "TurnEncoder", "Vectors", "load_encoder", "prepare", "prepared_folder"]

log = structlog.get_logger(__name__)

BUNDLED = "bundled"
SOURCE = "source.txt"
E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])", re.IGNORECASE)
E5_PREFIX = "query: "


def prepared_folder(settings: Settings) -> Path:
    """Where the configured model lies once it is prepared."""
    if settings.encoder == BUNDLED:
        return settings.data_dir / "encoder" / "multilingual-e5-small"
    slug = re.sub(r"[^A-Za-z0-9.-]+", "_", settings.encoder).strip("_")
    digest = hashlib.sha256(settings.encoder.encode()).hexdigest()[:8]
    return settings.data_dir / "encoder" / f"{slug}-{digest}"


def prepare(settings: Settings) -> Path:
    """Build or fetch the configured model and export it to ONNX beside its weights, unless that is done.

    A model in a folder of this machine is exported again when its files are others; where that folder is gone, what was
    exported serves on. Of several workers one exports, and the others wait for it.

    Raises:
        WeightsMismatch: the bundled weights are not the ones this version reads.
        EncoderUnavailable: another model was named and cannot be loaded.
    """
    folder = prepared_folder(settings)
    if settings.encoder == BUNDLED:
        return build(folder)
    try:
        source = fingerprint(Path(settings.encoder)) if Path(settings.encoder).is_dir() else None
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{folder.name}.lock"):
            if not _is_prepared(folder, source):
                with built_whole(folder) as built:
                    _export(settings.encoder, built)
                    (built / SOURCE).write_text(source or "")
    except Exception as error:  # transformers, safetensors and optimum share no base
        raise EncoderUnavailable(
            f"The encoder {settings.encoder!r} cannot be loaded: {error}. "
            "Set BILIN_ENCODER to a sentence-transformers name or path that this machine can read, or to 'bundled'."
        ) from error
    return folder


def _is_prepared(folder: Path, source: str | None) -> bool:
    return (folder / COMPLETE).is_file() and source in (None, _source_of(folder))


def _source_of(folder: Path) -> str:
    """The fingerprint of the files that a prepared model was made from; empty where it was no local folder."""
    file = folder / SOURCE
    return file.read_text() if file.is_file() else ""


def _export(encoder: str, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        encoder,
        device="cpu",
        backend="onnx",
        model_kwargs={"provider": "CPUExecutionProvider", "export": True},
    )
    model.save_pretrained(str(folder))


def load_encoder(settings: Settings) -> Encoder:
    """The configured encoder, prepared if it is not yet, with its companions unless the settings want none.

    Raises:
        WeightsMismatch, EncoderUnavailable: as ``prepare``; also when what was prepared is damaged.
    """
    folder = prepare(settings)
    source = _source_of(folder)
    try:
        configured = SentenceEncoder(
            folder,
            name=f"{settings.encoder}#{source}" if source else settings.encoder,
            prefix=prefix_of(settings),
            threads=settings.encoder_threads,
            precision=settings.encoder_precision,
        )
    except Exception as error:  # the runtime's errors share no base
        raise EncoderUnavailable(
            f"The prepared encoder in {folder} cannot be loaded: {error}. Delete that folder and start again."
        ) from error
    return with_companions(configured, settings) if settings.encoder_companions else configured


def prefix_of(settings: Settings) -> str:
    """What is put in front of every text: the configured prefix; else the e5 family's own, or nothing."""
    if settings.encoder_prefix:
        return settings.encoder_prefix
    is_e5 = settings.encoder == BUNDLED or E5.search(settings.encoder) is not None
    return E5_PREFIX if is_e5 else ""


class TurnEncoder:
    """The encoder as conversations use it: off the event loop, each text once, and turns at the same time together.

    Signals, search and emotion of a turn all ask for the same text; a bounded cache of the latest texts answers all
    but the first.
    """

    def __init__(self, encoder: Encoder, *, cache_size: int = 4096) -> None:
        self.encoder = encoder
        self._latest: LRUCache[str, Vectors] = LRUCache(cache_size)
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
        found = {text: self._latest[text] for text in texts if text in self._latest}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            encoded = await self._encoded(missing)
            self._latest.update(encoded)
            found.update(encoded)
        return np.stack([found[text] for text in texts])

    async def _encoded(self, texts: list[str]) -> Mapping[str, Vectors]:
        try:
            return await self._batches.encoded(texts)
        except Exception as error:  # the runtime's errors share no base; whatever it is, we go on without
            count_degraded("encoder_failed")
            log.error("encoder_failed", exc_info=error)
            raise EncoderUnavailable("The knowledge base cannot be searched at present.") from error
