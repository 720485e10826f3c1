"""What an entry says, and its YAML form: one file a scenario, Chinese and English side by side."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from kit.errors import InvalidRequest
from kit.yaml_text import load_yaml

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")


class ContentError(InvalidRequest):
    """A content file cannot be used; the message names file, entry and field."""

    code = "invalid_content"


def _whole(text: str) -> str:
    """Refuse half a character, which no file and no database can hold; pydantic lets it into texts of any length."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("string_unicode", "Input has half a character in it") from None
    return text


WholeText = Annotated[str, AfterValidator(_whole)]


class Variant(BaseModel):
    """An entry in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str = Field(min_length=1, max_length=1000)
    similar: tuple[WholeText, ...] = ()
    answer: str = Field("", max_length=20_000)
    risk: str | None = Field(None, max_length=2000)

    @field_validator("question", "answer", "risk", mode="before")
    @classmethod
    def _stripped(cls, text: object) -> object:
        return text.strip() if isinstance(text, str) else text

    @property
    def told(self) -> tuple[str, str, str | None]:
        """What customers read of it: question, answer and risk statement."""
        return self.question, self.answer, self.risk

    @property
    def questions(self) -> tuple[str, ...]:
        """The question and its similar ones, each once."""
        return tuple(
            dict.fromkeys(
                (
                    self.question,
                    *(text.strip() for text in self.similar if text.strip()),
                )
            )
        )


class EntryContent(BaseModel):
    """An entry as editors write it. At least one language; a risk product says its risk in each of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][\w.?:-]*$")
    scenario: str = Field(min_length=1, max_length=80)
    audience: Literal["personal", "corporate", "all"] = "all"
    risk_class: Literal["none", "product"] = "none"
    featured: bool = False
    updated: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    related: tuple[WholeText, ...] = ()
    variants: dict[Lang, Variant] = Field(min_length=1)

    @model_validator(mode="after")
    def _dates_are_in_order(self) -> EntryContent:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise PydanticCustomError(
                "dates_reversed",
                "'valid_to' ({last}) is before 'valid_from' ({first})",
                {"last": str(self.valid_to), "first": str(self.valid_from), "place": ("valid_to",)},
            )
        return self

    def is_valid_on(self, day: date) -> bool:
        """Whether customers may be told this on a day; both dates belong to it."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @model_validator(mode="after")
    def _risk_is_said(self) -> EntryContent:
        if self.risk_class == "product":
            for language, variant in self.variants.items():
                if not variant.risk:
                    raise PydanticCustomError(
                        "risk_missing",
                        "'{language}' names a product with risk and needs its 'risk' statement",
                        {"language": language, "place": ("variants", language, "risk")},
                    )
        return self

    def variant_for(self, language: Lang) -> tuple[Lang, Variant]:
        """The entry in this language, or in the other where it has only that; with the language it is in."""
        if language in self.variants:
            return language, self.variants[language]
        return next(iter(self.variants.items()))

    @property
    def digest(self) -> str:
        """Changes when anything in the entry does."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def _describe(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())


def parse_entry(raw: dict[str, Any], where: str) -> EntryContent:
    """One entry from plain values; ``where`` goes into the error's message."""
    try:
        return EntryContent.model_validate(raw)
    except ValidationError as error:
        raise ContentError(f"{where}: {_describe(error)}") from error


def _from_yaml(scenario: str, raw: dict[str, Any], where: str) -> EntryContent:
    if not isinstance(raw, dict):
        raise ContentError(f"{where}: an entry must be a mapping with 'id', 'zh' and 'en'")
    plain = {key: value for key, value in raw.items() if key not in LANGUAGES}
    variants = {language: raw[language] for language in LANGUAGES if raw.get(language)}
    return parse_entry(
        {**plain, "scenario": scenario, "variants": variants},
        f"{where}, entry {raw.get('id')!r}",
    )


def read_file(path: Path) -> Iterator[EntryContent]:
    """The entries of one scenario file."""
    try:
        document = load_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name} is not valid YAML: {error}") from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{path.name} is not UTF-8: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("entries"), list) or "scenario" not in document:
        raise ContentError(f"{path.name} needs 'scenario' and a list 'entries'")
    for number, raw in enumerate(document["entries"], start=1):
        yield _from_yaml(str(document["scenario"]), raw, f"{path.name}, number {number}")


def read_folder(folder: Path) -> list[EntryContent]:
    """Every entry of a content folder, ids unique over all files.

    Raises:
        ContentError: a file or an entry is not as it should be; nothing is loaded then.
    """
    entries: dict[str, EntryContent] = {}
    for path in sorted(folder.glob("*.yml")):
        for entry in read_file(path):
            if entry.id in entries:
                raise ContentError(f"{path.name}: the id {entry.id!r} is used twice")
            entries[entry.id] = entry
    if not entries:
        raise ContentError(f"There are no entries under {folder}")
    for entry in entries.values():
        for related in entry.related:
            if related not in entries:
                raise ContentError(f"Entry {entry.id!r} names the related entry {related!r}, which does not exist")
    return list(entries.values())


def questions_of(entries: Sequence[EntryContent]) -> dict[Lang, list[str]]:
    """Every way to ask that entries know, by language: how plain questions to this bank sound."""
    asked: dict[Lang, list[str]] = {language: [] for language in LANGUAGES}
    for entry in entries:
        for language, variant in entry.variants.items():
            asked[language] += [variant.question, *variant.similar]
    return asked
