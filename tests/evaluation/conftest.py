"""Where an evaluation may write, and the smallest data set."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from kb.encoder import prepared_folder
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
