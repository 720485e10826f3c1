"""HTML of a report that speaks two languages: every text of ours is there in both, and the page shows one."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path

from kit.settings import ROOT

HERE = Path(__file__).parent
EDITOR = ROOT / "web" / "editor"
LANGUAGES = ("zh", "en")


@cache
def texts(language: str) -> dict[str, str]:
    """The texts of the report in a language, by key; scenarios have the names that editors know."""
    of_editors: dict[str, str] = json.loads((EDITOR / f"{language}.json").read_text(encoding="utf-8"))
    scenarios = {key: text for key, text in of_editors.items() if key.startswith("scenario.")}
    return {**scenarios, **json.loads((HERE / "texts" / f"{language}.json").read_text(encoding="utf-8"))}


def words(key: str, **values: object) -> str:
    """A text in both languages, as markup; values are put in place of ``{name}`` and escaped.

    Raises:
        KeyError: a language does not have the text.
    """
    both = (plain_words(language, key, **values) for language in LANGUAGES)
    return "".join(
        f'<span class="t-{language}" lang="{language}">{escape(text)}</span>'
        for language, text in zip(LANGUAGES, both, strict=True)
    )


def plain_words(language: str, key: str, **values: object) -> str:
    """A text in one language."""
    return texts(language)[key].format(**values)


def named(kind: str, name: str) -> str:
    """What people call a metric, suite, slice or language; its own name where it has no other."""
    key = f"{kind}.{name}"
    return words(key) if key in texts("en") else escape(name.replace("_", " "))


def table(head: list[str], rows: list[list[str]], *, caption: str = "", kind: str = "") -> str:
    """A table of cells that are markup already; the first cell of a row is its heading. Wide ones scroll alone."""
    if not rows:
        return f'<p class="quiet">{words("nothing")}</p>'
    heads = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    # On a phone a row of words becomes a stack, in which each cell needs its heading.
    named_cells = "" if kind.startswith("numbers") else '<span class="cell-head">{}</span>'
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td>{named_cells.format(name)}{cell}</td>" for name, cell in zip(head[1:], row[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    title = f"<caption>{caption}</caption>" if caption else ""
    return (
        f'<div class="scroll" tabindex="0"><table class="{kind}">{title}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def folded(summary: str, body: str, *, kind: str = "", open_: bool = False) -> str:
    """Something that opens at a click; open on paper."""
    return f'<details class="{kind}"{" open" if open_ else ""}><summary>{summary}</summary>{body}</details>'
