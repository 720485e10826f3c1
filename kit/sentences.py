"""Sentences for people in both languages, read from a file; what stands in braces is filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from kit.yaml_text import load_yaml

__all__ = ["Bilingual", "Sentences", "alike", "chosen", "filled", "joined", "listed"]

Bilingual = dict[Literal["zh", "en"], str]


class Sentences:
    """The sentences of a file, by key. It is read when the first of them is said.

    Args:
        path: of a YAML file; each key has a sentence in ``zh`` and one in ``en``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def by_key(self) -> dict[str, Bilingual]:
        """The sentences as they are written, with their places."""
        found: dict[str, Bilingual] = load_yaml(self._path.read_text("utf-8"))
        return found

    def __call__(self, key: str, /, **values: object) -> Bilingual:
        """A sentence with its places filled.

        Raises:
            KeyError: there is no such sentence, or it has a place that ``values`` do not name.
        """
        return filled(self.by_key[key], values)


def filled(message: Bilingual, values: Mapping[str, object]) -> Bilingual:
    """A message with its places filled; a value that is a message itself is told in each language."""
    return {
        language: text.format_map(
            {name: value[language] if isinstance(value, dict) else value for name, value in values.items()}
        )
        for language, text in message.items()
    }


def alike(words: str) -> Bilingual:
    """Words that are the same in both languages, such as names, or that exist in one only."""
    return {"zh": words, "en": words}


def joined(messages: Iterable[Bilingual]) -> Bilingual:
    """Sentences one after the other."""
    all_of_them = list(messages)
    return {
        "zh": "".join(message["zh"] for message in all_of_them),
        "en": " ".join(message["en"] for message in all_of_them),
    }


def listed(items: Iterable[str | Bilingual]) -> Bilingual:
    """Items beside each other: ``a、b``, ``a, b``."""
    told = [alike(item) if isinstance(item, str) else item for item in items]
    return {"zh": "、".join(item["zh"] for item in told), "en": ", ".join(item["en"] for item in told)}


def chosen(items: Iterable[str | Bilingual]) -> Bilingual:
    """Items of which one is meant, at least one: ``a、b 或 c``, ``a, b or c``."""
    *first, last = (alike(item) if isinstance(item, str) else item for item in items)
    if not first:
        return last
    others = listed(first)
    return {"zh": f"{others['zh']} 或 {last['zh']}", "en": f"{others['en']} or {last['en']}"}
