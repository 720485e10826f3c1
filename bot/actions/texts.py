"""What the bot says itself, from `texts.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

TEXTS = Path(__file__).parent.parent / "texts.yml"
LANGUAGES = ("zh", "en")


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(TEXTS.read_text(encoding="utf-8"))
    return loaded


def _find(language: str, key: str) -> Any:
    found = _texts()[language]
    for part in key.split("."):
        found = found[part]
    return found


def say(language: str, key: str, **values: str) -> str:
    """One text.

    >>> say("en", "field.lost_when")
    'When it was lost'
    """
    text = str(_find(language, key))
    return text.format(**values) if values else text


def button(language: str, name: str) -> dict[str, str]:
    """One button: its label, and the text that pressing it sends."""
    found: Mapping[str, str] = _find(language, f"button.{name}")
    return {"label": found["label"], "text": found["text"]}


def text_message(language: str, key: str, buttons: Sequence[str] = ()) -> dict[str, Any]:
    """A BotMessage of kind `text`."""
    data = {"buttons": [button(language, name) for name in buttons]} if buttons else {}
    return {"kind": "text", "text": say(language, key), "data": data}


def degraded_message(language: str, key: str = "degraded") -> dict[str, Any]:
    """The honest line for when the services cannot be reached."""
    data = {"degraded": "services_unavailable"}
    return {"kind": "text", "text": say(language, key), "data": data}
