"""A vocabulary in 4 bits: the same rows as the table that it replaces."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

from kb.packed_vocabulary import MIDDLE, pack_vocabulary

PIECES, BLOCKS, BLOCK = 50, 3, 32
TABLE = "words"


@pytest.fixture
def nibbles() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 16, (PIECES, BLOCKS, BLOCK), dtype=np.uint8)


@pytest.fixture
def scales() -> NDArray[np.float32]:
    return np.random.default_rng(2).normal(size=(PIECES, BLOCKS)).astype(np.float16).astype(np.float32)


@pytest.fixture
def model(nibbles: NDArray[np.uint8], scales: NDArray[np.float32], tmp_path: Path) -> Path:
    """A model that only looks pieces up."""
    table = ((nibbles.astype(np.float32) - MIDDLE) * scales[..., None]).reshape(PIECES, -1)
    graph = helper.make_graph(
        [helper.make_node("Gather", [TABLE, "pieces"], ["found"])],
        "lookup",
        [helper.make_tensor_value_info("pieces", TensorProto.INT64, ["texts", "length"])],
        [helper.make_tensor_value_info("found", TensorProto.FLOAT, ["texts", "length", BLOCKS * BLOCK])],
        [numpy_helper.from_array(table, TABLE)],
    )
    path = tmp_path / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
    return path


def looked_up(model: Path) -> NDArray[np.float32]:
    pieces = np.arange(PIECES, dtype=np.int64).reshape(2, -1)
    [found] = InferenceSession(str(model), providers=["CPUExecutionProvider"]).run(None, {"pieces": pieces})
    return np.asarray(found)


def test_every_piece_has_the_values_that_it_had_and_the_table_is_gone(
    model: Path, nibbles: NDArray[np.uint8], scales: NDArray[np.float32]
) -> None:
    before, size = looked_up(model), model.stat().st_size
    pack_vocabulary(model, TABLE, nibbles, scales)
    np.testing.assert_array_equal(looked_up(model), before)
    assert model.stat().st_size < size / 4


def test_a_table_that_is_not_there_is_not_packed(
    model: Path, nibbles: NDArray[np.uint8], scales: NDArray[np.float32]
) -> None:
    before = model.read_bytes()
    with pytest.raises(ValueError, match="not enough values"):
        pack_vocabulary(model, "no table", nibbles, scales)
    assert model.read_bytes() == before
