"""Whether the Markdown of an answer is drawn as its author meant it: links, and what the widget does not draw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.content import Lang
from kb.examination.rules import Finding, RuleId, Rules

__all__ = ["link_mistake", "markup", "web_addresses"]

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_UNSAFE = frozenset({"javascript", "vbscript", "data", "file", "blob", "about", "view-source"})
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]*[^\W\d_][\w-]*")
_MAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[\w-]+(?:\?\S*)?", re.ASCII)
_TELEPHONE = re.compile(r"\+?[0-9][0-9-]*")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]")

# Where a link was meant and none was read: full-width or spaced brackets, a blank in the address, no definition.
_MEANT_AS_LINK = re.compile(r"\[[^\[\]]*\]\s*[(（]\s*(?:[a-z]+[:：]|www\.|/)|\[[^\[\]]+\]\[[^\[\]]*\]", re.IGNORECASE)
# GitHub's autolinks, which the widget draws: up to the next blank, sentence marks at the end left out.
_BARE = re.compile(r"(?<![\w@/.])(?:https?://|www\.)[^\s<]*", re.IGNORECASE | re.ASCII)
_BARE_END = re.compile(r"[?!.,:*_~'\")]+$")
_WEB = re.compile(r"https?://|www\.", re.IGNORECASE)


class _Parser(MarkdownIt):
    """Reads every address as written; the usual one drops unsafe addresses and rewrites the others."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is markdown-it's
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name is markdown-it's
        return url


@cache
def _parser() -> MarkdownIt:
    return _Parser("commonmark").enable(["table", "strikethrough"])


def markup(language: Lang, answer: str, rules: Rules) -> Iterator[Finding]:
    """Findings about the Markdown of an answer."""
    lines = answer.splitlines()
    for token in _parser().parse(answer):
        excerpt = lines[token.map[0]] if token.map else ""
        if token.type == "html_block":
            yield rules["html"].found("answer", language, excerpt)
        elif token.type == "table_open" and token.level > 0:
            yield rules["nested_table"].found("answer", language, excerpt)
        elif token.type == "fence" and not _is_closed(token, lines):
            yield rules["open_fence"].found("answer", language, excerpt)
        elif token.children:
            for rule, words in _inline(token.children):
                yield rules[rule].found("answer", language, words)


def web_addresses(answer: str) -> Iterator[str]:
    """The addresses of pages that an answer links, as the widget opens them; not those that break a rule of form."""
    if not _WEB.search(answer):
        return
    for token in _parser().parse(answer):
        for address in _linked(token.children or ()):
            if _WEB.match(address) and link_mistake(address) in (None, "link_not_https"):
                yield address


def link_mistake(target: str) -> RuleId | None:
    """The rule that an address breaks, or None for one that opens from the widget."""
    address = target.strip()
    scheme = _SCHEME.match(_CONTROL.sub("", address))
    if not address:
        return "link_without_target"
    if scheme and scheme[1].lower() in _UNSAFE:
        return "link_unsafe"
    if not scheme or _CONTROL.search(address):
        return "link_broken"
    match scheme[1].lower():
        case "https" | "http" if "@" in _site(address):
            return "link_disguised"
        case "https":
            return None if _has_host(address) else "link_broken"
        case "http":
            return "link_not_https" if _has_host(address) else "link_broken"
        case "mailto":
            return None if _MAIL.fullmatch(address[scheme.end() :]) else "link_broken"
        case "tel":
            return None if _TELEPHONE.fullmatch(address[scheme.end() :]) else "link_broken"
    return "link_broken"


def _site(address: str) -> str:
    """What stands between the slashes."""
    return re.split(r"[/?#]", address.partition("//")[2], maxsplit=1)[0]


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host and _HOST.fullmatch(host))


def _linked(children: Sequence[Token]) -> Iterator[str]:
    """Where the links of a paragraph lead."""
    inside = False
    for is_text, run in groupby(children, key=lambda child: child.type == "text"):
        if is_text:
            text = "".join(token.content for token in run)
            if not inside and not _MEANT_AS_LINK.search(text):
                yield from (_opened(address) for address in _bare_addresses(text) if address.isascii())
            continue
        for token in run:
            if token.type == "link_open":
                inside = True
                yield str(token.attrs.get("href", "")).strip()
            elif token.type == "link_close":
                inside = False


def _inline(children: Sequence[Token]) -> Iterator[tuple[RuleId, str]]:
    """The rules that the parts of a paragraph break, each with its words."""
    target: str | None = None
    shown = ""
    for is_text, run in groupby(children, key=lambda child: child.type == "text"):
        tokens = list(run)
        if is_text:
            text = "".join(token.content for token in tokens)
            shown += text
            if target is None:
                yield from _bare(text)
            continue
        for token in tokens:
            if token.type == "link_open":
                target, shown = str(token.attrs.get("href", "")), ""
            elif token.type == "link_close":
                yield from _link(target or "", shown)
                target = None
            elif token.type == "html_inline":
                yield "html", token.content
            elif token.type == "image":
                yield "image", token.content or str(token.attrs.get("src", ""))
                shown += token.content
            elif token.type == "code_inline":
                shown += token.content


def _link(target: str, shown: str) -> Iterator[tuple[RuleId, str]]:
    words = f"[{shown}]({target})"
    if mistake := link_mistake(target):
        yield mistake, words
    if not shown.strip():
        yield "link_without_text", words


def _bare(text: str) -> Iterator[tuple[RuleId, str]]:
    """Addresses that stand in the text. Chinese characters behind one are drawn as a part of it."""
    if meant := _MEANT_AS_LINK.search(text):
        yield "link_broken", text[meant.start() :]
        return
    for address in _bare_addresses(text):
        if not address.isascii():
            yield "link_broken", address
        elif mistake := link_mistake(_opened(address)):
            yield mistake, address


def _bare_addresses(text: str) -> Iterator[str]:
    return (_BARE_END.sub("", match[0]) for match in _BARE.finditer(text))


def _opened(address: str) -> str:
    return address if "://" in address else f"http://{address}"


def _is_closed(token: Token, lines: Sequence[str]) -> bool:
    """Whether the last line of a fenced block is its closing fence."""
    assert token.map is not None  # of a block, always there
    first, end = token.map
    closing = rf"[ \t>]*{re.escape(token.markup[0])}{{{len(token.markup)},}}[ \t]*"
    return end - 1 > first and re.fullmatch(closing, lines[end - 1]) is not None
