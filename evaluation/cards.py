"""Data sets as folders: a card says what is in them, and a folder that is not as its card says is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluation.customers.goals import goals_in
from evaluation.datasets import DatasetError, rows_of, written_language
from kit.settings import ROOT

CARD = "card.yml"
SHIPPED = ROOT / "evaluation" / "datasets"
Kind = Literal["queries", "followups", "doubles", "utterances", "goals", "policy"]
ExactLanguage = Literal["zh-Hans", "zh-Hant", "zh", "yue", "en", "mixed"]
Words = Annotated[str, Field(min_length=1)]


class Card(BaseModel):
    """What people have to know of a data set before they believe a number that was measured with it.

    A card may say more, for people: guidelines of labels, limits, counts.

    Args:
        name: the folder's.
        version: of the questions, as in 1.2.0; another one where a row was added, changed or removed.
        source: who or what the questions come from.
        licence: an SPDX name, or words.
        languages: every exact language that occurs.
        slices: every slice that occurs, and what it is.
        how_written: how the questions came about, and what keeps them apart from the knowledge base.
        research_only: whether they may judge, but train nothing that ships.
        purpose: what the set is for.
        files: the files of each kind, beside the card.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Words
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    source: Words
    licence: Words
    languages: tuple[ExactLanguage, ...] = Field(min_length=1)
    slices: dict[str, Words] = Field(min_length=1)
    how_written: Words
    research_only: bool
    purpose: Literal["test", "development"]
    files: dict[Kind, tuple[Words, ...]] = Field(min_length=1)


@dataclass(frozen=True)
class DataSet:
    """A folder that is as its card says."""

    folder: Path
    card: Card

    def files(self, kind: Kind) -> list[Path]:
        """The files of a kind; none where the set has none."""
        return [self.folder / name for name in self.card.files.get(kind, ())]


def read_dataset(name: str | Path) -> DataSet:
    """A data set by the name of a shipped one, or by the path of its folder.

    Raises:
        DatasetError: there is none, or it is not as its card says; the message names the file and the line.
    """
    shipped = SHIPPED / name
    folder = shipped if (shipped / CARD).is_file() else Path(name)
    card = _read_card(folder / CARD)
    if card.name != folder.resolve().name:
        raise DatasetError(f"{folder / CARD}: 'name' is {card.name!r}, but the folder is {folder.resolve().name!r}")
    listed = {file for files in card.files.values() for file in files}
    present = {path.name for pattern in ("*.jsonl", "*.yml") for path in folder.glob(pattern)} - {CARD}
    if unlisted := sorted(present - listed):
        raise DatasetError(f"{folder / CARD}: {', '.join(unlisted)} is in the folder and not under 'files'")
    if missing := sorted(name for name in listed if not (folder / name).is_file()):
        raise DatasetError(f"{folder / CARD}: {', '.join(missing)} is under 'files' and not in the folder")
    for kind, files in card.files.items():
        for name in files:
            if kind == "goals":
                _check_goals(folder / name, card)
            elif name.endswith(".jsonl"):
                _check_rows(folder / name, card)
    return DataSet(folder, card)


def _read_card(path: Path) -> Card:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}. A data set needs a card.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: not valid YAML: {error}") from error
    try:
        return Card.model_validate(raw)
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise DatasetError(f"{path}: {found}") from error


def _check_rows(path: Path, card: Card) -> None:
    """Refuse a slice or language that the card does not name."""
    for where, row in rows_of(path):
        text = row.get("text")
        _check(where, row.get("slice"), written_language(row, text) if isinstance(text, str) else None, card)


def _check_goals(path: Path, card: Card) -> None:
    """The same of goals, whose slices follow from what is wanted."""
    for where, goal in goals_in(path):
        _check(where, goal.slice, goal.language, card)


def _check(where: str, kind: str | None, language: str | None, card: Card) -> None:
    if kind is not None and kind not in card.slices:
        raise DatasetError(f"{where}: the card has no slice {kind!r}")
    if language is not None and not _fits(language, card.languages):
        raise DatasetError(f"{where}: the card has no language {language!r}")


def _fits(language: str, languages: tuple[str, ...]) -> bool:
    """A script that the row leaves open is covered by ``zh``, and ``zh`` by any script."""
    return language in languages or language.split("-")[0] in languages or f"{language}-Hans" in languages
