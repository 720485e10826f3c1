"""bot.model: a change of any source asks for a new model, anything else does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model import model_hash, model_path, sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "requirements.txt", "data/rules.yml", "nlu/a.py",
                 "nlu/terms.txt", "actions/a.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    ["config.yml", "domain.yml", "requirements.txt", "data/rules.yml", "nlu/a.py", "nlu/terms.txt"],
)
def test_a_changed_source_changes_the_name(folder: Path, name: str) -> None:
    before = model_hash(folder)
    (folder / name).write_text("changed")
    assert model_hash(folder) != before


def test_a_moved_source_changes_the_name(folder: Path) -> None:
    before = model_hash(folder)
    (folder / "data" / "rules.yml").rename(folder / "data" / "other.yml")
    assert model_hash(folder) != before


def test_actions_are_not_trained_from(folder: Path) -> None:
    before = model_path(folder)
    (folder / "actions" / "a.py").write_text("changed")
    assert model_path(folder) == before


def test_the_real_sources_are_found() -> None:
    names = {path.name for path in sources()}
    assert {"config.yml", "nlu.zh.yml", "nlu.en.yml", "rules.yml", "tokeniser.py", "bank_terms.txt",
            "requirements.txt"} <= names  # fmt: skip
