"""bot.actions.texts and texts.yml"""

from __future__ import annotations

import string
from typing import Any

from ruamel.yaml import YAML

from bot.actions.texts import TEXTS, degraded_message, text_message


def flat(texts: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in texts.items():
        if isinstance(value, dict):
            found.update(flat(value, f"{path}{key}."))
        else:
            found[path + key] = value
    return found


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    texts = YAML(typ="safe").load(TEXTS.read_text(encoding="utf-8"))
    zh, en = flat(texts["zh"]), flat(texts["en"])
    assert set(zh) == set(en)
    for key in zh:
        assert zh[key]
        assert en[key]
        assert places(zh[key]) == places(en[key])


def test_a_text_message() -> None:
    assert text_message("en", "thanks") == {
        "kind": "text",
        "text": "You're welcome. Let me know if there is anything else.",
        "data": {},
    }


def test_a_degraded_message_says_why() -> None:
    message = degraded_message("zh")
    assert message["kind"] == "text"
    assert message["data"] == {"degraded": "services_unavailable"}
