"""The system's own words, by language and key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kb.content import Lang
from kit.yaml_text import load_yaml


@cache
def _texts() -> dict[Lang, dict[str, str]]:
    loaded: dict[Lang, dict[str, str]] = load_yaml((Path(__file__).parent / "texts.yml").read_text("utf-8"))
    return loaded


def text(language: Lang, key: str, **values: object) -> str:
    """The text of ``key``, with ``values`` filled in."""
    return _texts()[language][key].format(**values)
