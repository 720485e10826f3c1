"""Where an evaluation may write, and the smallest data set."""

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.confidence import Thresholds
from kb.content import EntryContent, Lang
from kb.context import Earlier
from kb.encoder import Vectors, prepared_folder
from kb.finding import Search
from kb.search import Candidate
from kb.space import single
from kit.settings import Settings

WriteLines = Callable[[str, Iterable[Any]], Path]


@pytest.fixture
def write_lines(tmp_path: Path) -> WriteLines:
    """Writes a JSON Lines file; a row that is a text is written as it is."""

    def write(name: str, rows: Iterable[Any]) -> Path:
        path = tmp_path / name
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def vector_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors kept between tests, so that only the first of them waits for the everyday sentences."""
    return tmp_path_factory.mktemp("vectors")


@pytest.fixture
def data_dir(tmp_path: Path, vector_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own, with the real encoder in it."""
    prepared = prepared_folder(Settings(_env_file=None))
    if not (prepared / "onnx" / "model.onnx").is_file():
        pytest.skip(f"needs the encoder in {prepared}")
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "encoder").symlink_to(prepared.parent, target_is_directory=True)
    (folder / "cache").symlink_to(vector_folder, target_is_directory=True)
    monkeypatch.setenv("BILIN_DATA_DIR", str(folder))
    return folder


class Spelled:
    """An encoder by spelling alone: texts that share characters are near. Instant, and it knows what it was asked."""

    def __init__(self, name: str = "spelled") -> None:
        self.name = name
        self.space = single(96)
        self.asked: list[str] = []

    @property
    def primary(self) -> "Spelled":
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        vectors = np.full((len(texts), self.space.width), 1e-3, np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for first, second in pairwise(text):
                vector[zlib.crc32((first + second).encode()) % self.space.width] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def spelled() -> Spelled:
    return Spelled()


@pytest.fixture
def small_data_dir(tmp_path: Path, spelled: Spelled, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own, no check questions, and the encoder by spelling in place of the real one."""
    folder = tmp_path / "var"
    folder.mkdir()
    monkeypatch.setenv("BILIN_DATA_DIR", str(folder))
    monkeypatch.setenv("BILIN_CHECKS_DIR", str(tmp_path / "no-checks"))
    monkeypatch.setattr("evaluation.publishing.load_encoder", lambda settings: spelled)
    return folder


@pytest.fixture
def bank() -> list[dict[str, Any]]:
    """Three entries in both languages, far from each other in their spelling."""
    return [
        _entry("lost-card", ("银行卡丢了怎么办", "怎么挂失银行卡"), ("I have lost my card", "report a stolen card")),
        _entry("new-card", ("补一张新卡多少钱", "新卡几天寄到"), ("how do I get a new card", "order a new card")),
        _entry(
            "mortgage-early", ("房贷可以提前还款吗", "提前还清按揭"), ("can I repay my mortgage early", "pay it off")
        ),
    ]


def _entry(entry_id: str, chinese: tuple[str, str], english: tuple[str, str]) -> dict[str, Any]:
    variants = {
        language: {"question": question, "similar": [similar], "answer": f"{question}."}
        for language, (question, similar) in (("zh", chinese), ("en", english))
    }
    return {"id": entry_id, "scenario": entry_id, "variants": variants}


Found = Callable[..., Search]


@pytest.fixture
def found() -> Found:
    """Makes what a search found, by entry and confidence; answers from 0.6 on, choices from 0.2 on."""

    def make(*, questions: Sequence[tuple[str, float]] = (), in_context: bool = False, **candidates: float) -> Search:
        return Search(
            1,
            "zh",
            [_candidate(entry_id, confidence) for entry_id, confidence in candidates.items()],
            Thresholds(answer=0.6, clarify=0.2),
            tuple(_candidate(*question) for question in questions),
            in_context,
        )

    return make


def _candidate(entry_id: str, confidence: float) -> Candidate:
    variants = {"zh": {"question": f"{entry_id}?", "answer": "."}}
    entry = EntryContent.model_validate({"id": entry_id, "scenario": "cards", "variants": variants})
    return Candidate(entry, confidence)


class Scripted:
    """Finds what it was told to find, by text and the turn before; a search of anything else fails the test."""

    def __init__(self, script: dict[tuple[str, Earlier | None], Search]) -> None:
        self._script = script

    async def search(self, text: str, language: Lang, earlier: Earlier | None = None) -> Search:
        return self._script[text, earlier]


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted
