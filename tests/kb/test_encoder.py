"""The encoder as conversations use it, and other models than the bundled one."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.companions import ENGLISH
from kb.encoder import EncoderUnavailable, TurnEncoder, Vectors, load_encoder, prefix_of, prepare, prepared_folder
from kb.ensemble import EnsembleEncoder
from kb.model_files import fingerprint
from kb.sentence_encoder import BATCH, BATCH_OF_FEW, FEW, FULL, SMALL, SentenceEncoder
from kb.space import View, single
from kit.settings import Settings

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", ":", "passage", "loan", "card", "lost", "银", "行", "卡"]


class Recording:
    """Encodes a text into its length, and remembers what it was asked and where."""

    name = "recording"
    space = single(2)

    @property
    def primary(self) -> "Recording":
        return self

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.threads: set[str] = set()
        self.broken = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        self.threads.add(threading.current_thread().name)
        if self.broken:
            raise RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION")
        return np.array([[len(text), 1.0] for text in texts], np.float32)


async def test_a_text_is_encoded_once() -> None:
    recording = Recording()
    encoder = TurnEncoder(recording)
    first = await encoder.vector("我的卡丢了")
    assert first.tolist() == [5.0, 1.0]
    assert (await encoder.vector("我的卡丢了")).tolist() == first.tolist()
    await encoder.vector("lost card")
    assert recording.asked == ["我的卡丢了", "lost card"]


async def test_the_text_unused_for_longest_is_forgotten_first() -> None:
    recording = Recording()
    encoder = TurnEncoder(recording, cache_size=2)
    for text in ("a", "b", "a", "c"):
        await encoder.vector(text)
    assert recording.asked == ["a", "b", "c"]
    await encoder.vector("a")
    assert recording.asked == ["a", "b", "c"], "'a' was used after 'b', so 'b' had to go"
    await encoder.vector("b")
    assert recording.asked == ["a", "b", "c", "b"]


async def test_encoding_happens_off_the_event_loop() -> None:
    recording = Recording()
    encoder = TurnEncoder(recording)
    await asyncio.gather(*(encoder.vector(str(number)) for number in range(20)))
    assert len(recording.threads) == 1
    assert threading.current_thread().name not in recording.threads


async def test_a_failing_encoder_is_named_counted_and_asked_again(counted) -> None:
    recording = Recording()
    encoder = TurnEncoder(recording)
    recording.broken = True
    with pytest.raises(EncoderUnavailable, match="cannot be searched at present") as failure:
        await encoder.vector("loan")
    assert failure.value.status == 503
    assert "ONNX" not in failure.value.message
    assert counted.degraded("encoder_failed") == 1

    recording.broken = False
    assert (await encoder.vector("loan")).tolist() == [4.0, 1.0]
    assert counted.degraded("encoder_failed") == 1


async def test_the_real_encoder_gives_a_unit_vector_in_each_view(encoder: TurnEncoder) -> None:
    vector = await encoder.vector("How do I report a lost card?")
    assert (vector.shape, vector.dtype) == ((384 + 512 + 384,), np.float32)
    lengths = [np.linalg.norm(vector[part]) for part in encoder.encoder.space.slices()]
    assert lengths == pytest.approx([1, 1, 1], abs=1e-5)


async def test_the_real_encoder_has_no_english_view_of_chinese(encoder: TurnEncoder) -> None:
    vector = await encoder.vector("怎么挂失银行卡")
    lengths = [np.linalg.norm(vector[part]) for part in encoder.encoder.space.slices()]
    assert lengths == pytest.approx([1, 1, 0], abs=1e-5)


async def test_the_primary_view_is_the_configured_encoders_own(encoder: TurnEncoder) -> None:
    text = "怎么挂失银行卡"
    alone = encoder.encoder.primary.encode([text])[0]
    np.testing.assert_allclose(encoder.encoder.space.primary(await encoder.vector(text)), alone, atol=1e-6)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of random weights that knows thirteen words, as a bank might bring its own."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    plain = folder / "plain"
    plain.mkdir()
    (plain / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        BertModel(
            BertConfig(
                vocab_size=len(WORDS),
                hidden_size=16,
                num_hidden_layers=1,
                num_attention_heads=2,
                intermediate_size=32,
                max_position_embeddings=32,
            ),
            add_pooling_layer=False,
        ).save_pretrained(plain)
    BertTokenizerFast(str(plain / "vocab.txt"), model_max_length=32).save_pretrained(plain)
    model = SentenceTransformer(modules=[Transformer(str(plain)), Pooling(16, pooling_mode="mean")], device="cpu")
    model.save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.fixture
def other_model(tiny_model: Path, tmp_path: Path) -> Settings:
    return Settings(encoder=str(tiny_model), encoder_companions=False, data_dir=tmp_path / "var")


def test_another_model_is_named_by_its_path(tiny_model: Path, other_model: Settings) -> None:
    from sentence_transformers import SentenceTransformer

    found = load_encoder(other_model).encode(["lost card", "银行卡"])
    plain = SentenceTransformer(str(tiny_model), device="cpu")
    expected = plain.encode(["lost card", "银行卡"], normalize_embeddings=True)
    assert found.shape == (2, 16)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_model_is_prepared_once(other_model: Settings) -> None:
    load_encoder(other_model)
    exported = prepared_folder(other_model) / "onnx" / "model.onnx"
    before = exported.stat().st_mtime_ns
    load_encoder(other_model)
    assert exported.stat().st_mtime_ns == before


def test_a_prepared_model_needs_its_source_no_more(tiny_model: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.symlink_to(tiny_model)
    settings = Settings(encoder=str(source), encoder_companions=False, data_dir=tmp_path / "var")
    first = load_encoder(settings).encode(["loan"])
    source.unlink()
    assert load_encoder(settings).encode(["loan"]).tolist() == first.tolist()


@pytest.mark.parametrize(("texts", "batches"), [(FEW, [BATCH_OF_FEW] * (FEW // BATCH_OF_FEW)), (BATCH + 1, [BATCH, 1])])
def test_few_texts_are_not_padded_to_the_longest_of_them_all(
    texts: int, batches: list[int], other_model: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load_encoder(other_model)
    assert isinstance(encoder, SentenceEncoder)
    forward, seen = encoder._model.forward, []

    def noting(features: dict[str, Any], *others: Any, **named: Any) -> Any:
        seen.append(len(features["input_ids"]))
        return forward(features, *others, **named)

    monkeypatch.setattr(encoder._model, "forward", noting)
    encoder.encode(["lost card"] * texts)
    assert seen == batches


def test_the_prefix_is_the_settings_and_part_of_the_name(other_model: Settings) -> None:
    query = load_encoder(other_model.model_copy(update={"encoder_prefix": "query: "}))
    passage = load_encoder(other_model.model_copy(update={"encoder_prefix": "passage: "}))
    assert query.name != passage.name
    assert not np.allclose(query.encode(["loan"]), passage.encode(["loan"]))


@pytest.mark.parametrize(
    ("encoder", "prefix"),
    [
        ("bundled", "query: "),
        ("intfloat/multilingual-e5-small", "query: "),
        ("/models/E5_large", "query: "),
        ("BAAI/bge-small-zh", ""),
        ("/models/a7e5b", ""),
        ("sentence-transformers/all-MiniLM-L6-v2", ""),
    ],
)
def test_only_the_e5_family_gets_its_prefix_unasked(encoder: str, prefix: str) -> None:
    assert prefix_of(Settings(_env_file=None, encoder=encoder)) == prefix
    assert prefix_of(Settings(_env_file=None, encoder=encoder, encoder_prefix="ask: ")) == "ask: "


@pytest.fixture
def own_model(tiny_model: Path, tmp_path: Path) -> Settings:
    """A copy of the tiny model, which a test may change."""
    import shutil

    shutil.copytree(tiny_model, tmp_path / "own")
    return Settings(encoder=str(tmp_path / "own"), encoder_companions=False, data_dir=tmp_path / "var")


def change_weights(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file({name: values + 0.1 * np.sign(values) for name, values in weights.items()}, folder / "model.safetensors")


def test_other_weights_at_the_same_path_are_another_encoder(own_model: Settings) -> None:
    before = load_encoder(own_model)
    assert load_encoder(own_model).name == before.name
    change_weights(Path(own_model.encoder))
    after = load_encoder(own_model)
    assert after.name != before.name
    assert not np.allclose(after.encode(["lost card"]), before.encode(["lost card"]), atol=1e-4)


def test_another_configuration_at_the_same_path_is_another_encoder_and_a_note_beside_it_is_not(
    own_model: Settings,
) -> None:
    folder = Path(own_model.encoder)
    before = fingerprint(folder)
    (folder / "README.md").write_text("ours")
    assert fingerprint(folder) == before
    pooling = next(folder.glob("*Pooling/config.json"))
    pooling.write_text(pooling.read_text().replace("mean", "cls "))
    assert fingerprint(folder) != before


def test_an_export_that_is_broken_off_leaves_nothing_behind_and_the_next_one_is_whole(
    other_model: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb import encoder as encoder_module

    export = encoder_module._export

    def broken_off(encoder: str, folder: Path) -> None:
        export(encoder, folder)
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(encoder_module, "_export", broken_off)
        with pytest.raises(EncoderUnavailable, match="No space left on device"):
            load_encoder(other_model)
    assert [path for path in prepared_folder(other_model).parent.iterdir() if path.is_dir()] == []
    assert load_encoder(other_model).encode(["loan"]).shape == (1, 16)


def test_of_workers_that_start_together_one_exports(other_model: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb import encoder as encoder_module

    exported: list[str] = []
    export = encoder_module._export

    def noted(encoder: str, folder: Path) -> None:
        exported.append(encoder)
        export(encoder, folder)

    monkeypatch.setattr(encoder_module, "_export", noted)
    with ThreadPoolExecutor(3) as workers:
        folders = list(workers.map(prepare, [other_model] * 3))
    assert exported == [other_model.encoder]
    assert set(folders) == {prepared_folder(other_model)}


def test_no_two_models_share_a_name_or_a_folder(other_model: Settings) -> None:
    names = ["bundled", "bank/model", "bank_model", "bank model", "/bank/model", "../bank/model"]
    folders = [prepared_folder(other_model.model_copy(update={"encoder": name})) for name in names]
    assert len(set(folders)) == len(names)
    assert {folder.parent for folder in folders} == {other_model.data_dir / "encoder"}


def test_without_companions_the_encoder_stands_alone(other_model: Settings) -> None:
    found = load_encoder(other_model)
    assert found.space == single(16)
    assert found.primary is found


def test_companions_stand_beside_any_encoder(other_model: Settings) -> None:
    installed = Settings(_env_file=None).data_dir / "encoder" / ENGLISH
    (other_model.data_dir / "encoder").mkdir(parents=True)
    (other_model.data_dir / "encoder" / ENGLISH).symlink_to(installed)
    found = load_encoder(other_model.model_copy(update={"encoder_companions": True}))
    alone = load_encoder(other_model)
    assert isinstance(found, EnsembleEncoder)
    assert found.space.views == (View(16, 0.3), View(512, 0.2), View(384, 0.5))
    assert found.primary.name == alone.name
    np.testing.assert_array_equal(found.encode(["loan"])[:, :16], alone.encode(["loan"]))


def in_8_bits(settings: Settings) -> Settings:
    return settings.model_copy(update={"encoder_precision": "int8"})


def test_8_bits_change_the_name_and_hardly_the_vectors(other_model: Settings) -> None:
    full, small = load_encoder(other_model), load_encoder(in_8_bits(other_model))
    assert full.name != small.name
    texts = ["lost card", "银行卡", "loan"]
    found, expected = small.encode(texts), full.encode(texts)
    assert not np.array_equal(found, expected)
    assert (found * expected).sum(axis=1).min() > 0.99


def test_8_bits_are_made_once_and_only_if_wanted(other_model: Settings) -> None:
    load_encoder(other_model)
    small = prepared_folder(other_model) / SMALL
    assert not small.exists()
    load_encoder(in_8_bits(other_model))
    made = small.stat().st_mtime_ns
    load_encoder(in_8_bits(other_model))
    assert small.stat().st_mtime_ns == made
    assert sorted(path.name for path in small.parent.iterdir()) == sorted(Path(name).name for name in (FULL, SMALL))


def test_8_bits_that_could_not_be_made_leave_nothing_behind(
    other_model: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(source: Path, target: Path, **_: object) -> None:
        target.write_bytes(source.read_bytes()[:100])
        raise OSError("No space left on device")

    load_encoder(other_model)
    monkeypatch.setattr("onnxruntime.quantization.quantize_dynamic", full_disk)
    with pytest.raises(EncoderUnavailable, match="No space left on device"):
        load_encoder(in_8_bits(other_model))
    assert [path.name for path in (prepared_folder(other_model) / FULL).parent.iterdir()] == [Path(FULL).name]


def test_a_damaged_prepared_model_says_what_to_delete(other_model: Settings) -> None:
    load_encoder(other_model)
    exported = prepared_folder(other_model) / "onnx" / "model.onnx"
    exported.write_bytes(exported.read_bytes()[:100])
    with pytest.raises(EncoderUnavailable, match="Delete that folder and start again") as failure:
        load_encoder(other_model)
    assert str(prepared_folder(other_model)) in failure.value.message


NO_MODEL: dict[str, Callable[[Path], object]] = {
    "is not there": lambda path: None,
    "is an empty folder": lambda path: path.mkdir(),
    "is a file": lambda path: path.write_text("weights"),
    "has an empty configuration": lambda path: (path.mkdir(), (path / "config.json").write_text("{}")),
    "has a damaged configuration": lambda path: (path.mkdir(), (path / "config.json").write_text('{"model_type')),
}


@pytest.mark.parametrize("make", NO_MODEL.values(), ids=NO_MODEL)
def test_a_model_that_cannot_be_loaded_is_named_with_what_to_do(make: Callable[[Path], object], tmp_path: Path) -> None:
    make(tmp_path / "model")
    settings = Settings(encoder=str(tmp_path / "model"), data_dir=tmp_path / "var")
    with pytest.raises(EncoderUnavailable) as failure:
        load_encoder(settings)
    assert str(tmp_path / "model") in failure.value.message
    assert "Set BILIN_ENCODER to a sentence-transformers name or path" in failure.value.message
    assert not prepared_folder(settings).exists()


def test_a_model_with_damaged_weights_is_named_with_what_to_do(tiny_model: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(tiny_model, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EncoderUnavailable, match="Set BILIN_ENCODER"):
        load_encoder(Settings(encoder=str(tmp_path / "model"), data_dir=tmp_path / "var"))
