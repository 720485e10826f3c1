"""A data set is as its card says, or it is refused with the file and the line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.cards import CARD, SHIPPED, read_dataset
from evaluation.datasets import DatasetError

CARD_OF_TWO: dict[str, Any] = {
    "name": "two",
    "version": "1.0.0",
    "source": "written here",
    "licence": "Apache-2.0",
    "languages": ["zh-Hans", "en"],
    "slices": {"plain": "everyday words"},
    "how_written": "by hand",
    "research_only": False,
    "purpose": "test",
    "files": {"queries": ["queries.jsonl"]},
}
ROW = '{"id": "1", "text": "卡丢了", "language": "zh", "entry_id": null, "slice": "plain"}\n'
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def write(change: dict[str, Any] | None = None, rows: str = ROW, without: str | None = None) -> Path:
        folder = tmp_path / "two"
        folder.mkdir()
        card = {key: value for key, value in {**CARD_OF_TWO, **(change or {})}.items() if key != without}
        (folder / CARD).write_text(yaml.safe_dump(card, allow_unicode=True), encoding="utf-8")
        (folder / "queries.jsonl").write_text(rows, encoding="utf-8")
        return folder

    return write


def test_a_folder_that_is_as_its_card_says(make: Make) -> None:
    folder = make()
    found = read_dataset(folder)
    assert found.card.licence == "Apache-2.0"
    assert found.files("queries") == [folder / "queries.jsonl"]
    assert found.files("doubles") == []


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in SHIPPED.glob(f"*/{CARD}")))
def test_every_shipped_set_is_as_its_card_says(folder: str) -> None:
    assert read_dataset(folder).card.name == folder


def test_every_shipped_folder_has_a_card() -> None:
    assert [path.name for path in SHIPPED.iterdir() if path.is_dir() and not (path / CARD).is_file()] == []


@pytest.mark.parametrize("field", list(CARD_OF_TWO))
def test_a_card_that_leaves_something_out_is_refused(make: Make, field: str) -> None:
    with pytest.raises(DatasetError, match=f"{CARD}: {field}: Field required"):
        read_dataset(make(without=field))


@pytest.mark.parametrize(
    ("change", "rows", "said"),
    [
        ({"name": "three"}, ROW, "'name' is 'three', but the folder is 'two'"),
        ({"version": "new"}, ROW, "version"),
        ({"languages": ["klingon"]}, ROW, "languages"),
        ({"files": {"queries": ["other.jsonl", "queries.jsonl"]}}, ROW, "other.jsonl is under 'files' and not in"),
        ({"files": {"doubles": ["other.jsonl"]}}, ROW, "queries.jsonl is in the folder and not under 'files'"),
        ({}, ROW.replace("plain", "typo"), "queries.jsonl, line 1: the card has no slice 'typo'"),
        ({"languages": ["en"]}, ROW, "queries.jsonl, line 1: the card has no language 'zh-Hans'"),
        ({}, "no json\n", "queries.jsonl, line 1: not valid JSON"),
    ],
)
def test_a_set_that_is_not_as_its_card_says_is_refused(
    make: Make, change: dict[str, Any], rows: str, said: str
) -> None:
    with pytest.raises(DatasetError, match=said.replace("(", r"\(")):
        read_dataset(make(change, rows))


GOAL = {"id": "a", "language": "en", "says": ["a person, please"], "needs": "asked_for_human"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slices": {"plain": "everyday words"}}, "cards.yml, goal 1: the card has no slice 'asked_for_human'"),
        ({"languages": ["zh-Hans"]}, "cards.yml, goal 1: the card has no language 'en'"),
        ({}, None),
    ],
)
def test_goals_have_the_slices_and_languages_of_their_card(
    tmp_path: Path, change: dict[str, Any], said: str | None
) -> None:
    card = {**CARD_OF_TWO, "name": tmp_path.name, "slices": {"asked_for_human": "a request"}, **change}
    (tmp_path / CARD).write_text(yaml.safe_dump({**card, "files": {"goals": ["cards.yml"]}}), encoding="utf-8")
    (tmp_path / "cards.yml").write_text(yaml.safe_dump({"scenario": "cards", "goals": [GOAL]}), encoding="utf-8")
    if said is None:
        assert read_dataset(tmp_path).files("goals") == [tmp_path / "cards.yml"]
    else:
        with pytest.raises(DatasetError, match=said):
            read_dataset(tmp_path)


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="A data set needs a card"):
        read_dataset(tmp_path)
