"""The page on which a person judges masked conversations: one HTML file that needs nothing else, and sends nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from evaluation.traffic.labels import sample_key
from kit.settings import ROOT

PAGE = Path(__file__).parent / "page"
TOKENS = ROOT / "web" / "shared" / "tokens.css"

Turn = tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """A conversation on the page: who said what, and where two judgements differ, what each of them was."""

    id: str
    turns: Sequence[Turn]
    said: Mapping[str, tuple[str, str]] | None = None


def labelling_page(name: str, sample: Sequence[str], conversations: Sequence[Shown]) -> str:
    """The whole file.

    Args:
        name: of the file that the page saves, without its ending.
        sample: the ids of the whole sample.
        conversations: those to judge.
    """
    texts = json.loads((PAGE / "texts.json").read_text(encoding="utf-8"))
    shell = (PAGE / "labelling.html").read_text(encoding="utf-8")
    data = {
        "name": name,
        "sample": sample_key(sample),
        "conversations": [
            {"id": each.id, "turns": [list(turn) for turn in each.turns], "said": each.said} for each in conversations
        ],
    }
    for key, text in texts.items():
        both = "".join(f'<span lang="{lang}" class="t-{lang}">{escape(text[lang])}</span>' for lang in ("zh", "en"))
        shell = shell.replace(f"{{{{{key}}}}}", both)
    parts = {
        "STYLE": TOKENS.read_text(encoding="utf-8") + (PAGE / "labelling.css").read_text(encoding="utf-8"),
        "SCRIPT": (PAGE / "labelling.js").read_text(encoding="utf-8"),
        "DATA": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    }
    before, *rest = shell.split("<!--part ")
    return before + "".join(parts[part.split("-->", 1)[0].strip()] + part.split("-->", 1)[1] for part in rest)
