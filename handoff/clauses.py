"""The sentences of a message, each read alone as well: a request for a person counts whatever is said around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from handoff.facts import TurnSignals

# Of a longer message, as many from its beginning and from its end.
MOST_SENTENCES = 8
_END = re.compile(r"[。！？!?；;…\n]+|\.\s+")
_WORD = re.compile(r"\w\W*\w")


def sentences_of(text: str) -> list[str]:
    """The sentences of a message; none where it is but one.

    Example:
        >>> sentences_of("Is there a fee? Never mind, get me somebody.")
        ['Is there a fee', 'Never mind, get me somebody.']
        >>> sentences_of("转人工！")
        []
    """
    found = [part.strip() for part in _END.split(text) if _WORD.search(part)]
    if len(found) > MOST_SENTENCES:
        found = found[: MOST_SENTENCES // 2] + found[-MOST_SENTENCES // 2 :]
    return found if len(found) > 1 else []


def with_requests(whole: TurnSignals, sentences: Sequence[TurnSignals]) -> TurnSignals:
    """What a message says when one of its sentences alone asks for a person more plainly than all of it.

    Only of requests: what else a sentence says depends on those beside it. "I was phoned by the police" is no danger
    where the next one says that it was about a parking ticket.
    """
    plainest = max(sentences, key=lambda each: each.asked, default=whole)
    if plainest.asked <= whole.asked:
        return whole
    needs = [each.needs_person for each in (whole, plainest) if each.needs_person is not None]
    return replace(whole, asked=plainest.asked, needs_person=max(needs, default=None))
