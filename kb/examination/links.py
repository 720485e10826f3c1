"""Whether the links of an answer lead anywhere, by what was heard of their addresses. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from kb.content import EntryContent
from kb.examination.markup import web_addresses
from kb.examination.rules import Finding, Rules

__all__ = ["REACHED", "LinkAnswer", "LinkInquiry", "addresses_of", "check_links"]


@dataclass(frozen=True)
class LinkAnswer:
    """What was heard of an address.

    Args:
        kind: ``dead``, the site says that there is no such page; ``unreachable``, nothing useful was heard.
        said: the status, or the part of the way that failed, in letters that both languages have.
    """

    kind: Literal["reached", "dead", "unreachable"]
    said: str = ""


REACHED = LinkAnswer("reached")


class LinkInquiry(Protocol):
    """Asks whether pages are there."""

    async def answers(self, addresses: Iterable[str]) -> Mapping[str, LinkAnswer]:
        """What was heard of each address, within a limit of time; what was not asked, or not in time, is left out."""
        ...


def addresses_of(entry: EntryContent) -> Iterator[str]:
    """The web addresses of an entry's links, in both languages."""
    for variant in entry.variants.values():
        yield from web_addresses(variant.answer)


def check_links(entry: EntryContent, answers: Mapping[str, LinkAnswer], rules: Rules) -> Iterator[Finding]:
    """Findings about links that lead nowhere; each address once a language.

    Args:
        entry: what is looked at.
        answers: by address, as the entry writes it.
        rules: what is an error, and what is said of it.
    """
    for language, variant in entry.variants.items():
        for address in dict.fromkeys(web_addresses(variant.answer)):
            heard = answers.get(address, REACHED)
            if heard.kind == "dead":
                yield rules["link_dead"].found("answer", language, address, said=heard.said)
            elif heard.kind == "unreachable":
                yield rules["link_unreachable"].found("answer", language, address, said=heard.said)
