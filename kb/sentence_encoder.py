"""One sentence-transformers model on ONNX Runtime, and what every encoder is to the rest of the system."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from kb.space import Space, Vectors, single
from kit.errors import Unavailable

Precision = Literal["float32", "int8"]

BATCH = 32
# Texts of one call are padded to the longest beside them. Of many, those of a batch are alike, for they are sorted; of
# the few that turns ask for at once, fours waste a tenth less than all together.
FEW, BATCH_OF_FEW = 16, 4
FULL = "onnx/model.onnx"
SMALL = "onnx/model_int8.onnx"
QUANTISATION = 2  # raise it when models in 8 bits are made otherwise: their vectors are others


class EncoderUnavailable(Unavailable):
    """No encoder could be loaded, or it failed on a text."""

    code = "encoder_unavailable"


class Encoder(Protocol):
    """Texts to vectors of ``float32``, shape ``(len(texts), space.width)``; each view is of length one, or zeros."""

    @property
    def name(self) -> str:
        """What caches are keyed by: another name, other vectors."""
        ...

    @property
    def space(self) -> Space:
        """Where each view stands in a vector."""
        ...

    @property
    def primary(self) -> Encoder:
        """The encoder of the first view alone."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch, blocking."""
        ...


class SentenceEncoder:
    """A sentence-transformers model on ONNX Runtime, loaded from a prepared folder; unit vectors in one view."""

    def __init__(self, folder: Path, *, name: str, prefix: str, threads: int, precision: Precision = "float32") -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import onnxruntime
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # A waiting thread that spins wins a millisecond on an idle machine, and takes a core from others on a busy one.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._model = SentenceTransformer(
            str(folder),
            device="cpu",
            backend="onnx",
            local_files_only=True,
            model_kwargs={
                "provider": "CPUExecutionProvider",
                "session_options": options,
                "file_name": FULL if precision == "float32" else quantised(folder),
            },
        )
        self._prefix = prefix
        self._name = f"{name}|{prefix}" if precision == "float32" else f"{name}|{prefix}|{precision}.{QUANTISATION}"
        self._space = single(self.encode([""]).shape[1])

    @property
    def name(self) -> str:
        """Model, prefix, and precision where it is not the full one."""
        return self._name

    @property
    def space(self) -> Space:
        """One view."""
        return self._space

    @property
    def primary(self) -> SentenceEncoder:
        """Itself."""
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch, blocking."""
        vectors: Any = self._model.encode(
            [self._prefix + text for text in texts],
            batch_size=BATCH if len(texts) > FEW else BATCH_OF_FEW,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def quantised(folder: Path) -> str:
    """The name of the model with 8-bit weights beside the full one, made at first need."""
    target = folder / SMALL
    if not target.is_file():
        from onnx import TensorProto
        from onnxruntime.quantization import QuantType, quantize_dynamic

        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            made = Path(scratch) / target.name
            # 7 of the 8 bits: with all of them, processors without VNNI overflow where products are added up.
            how: dict[str, Any] = {"weight_type": QuantType.QInt8, "per_channel": True, "reduce_range": True}
            # What comes out of a packed vocabulary has a type that ONNX itself does not know.
            how["extra_options"] = {"DefaultTensorType": TensorProto.FLOAT}
            quantize_dynamic(folder / FULL, made, **how)
            made.replace(target)
    return SMALL
