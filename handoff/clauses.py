"""The sentences of a message, each read alone as well: a request or a danger counts whatever is said around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from handoff.facts import DANGERS, TurnSignals

# Of a longer message, as many from its beginning and from its end.
MOST_SENTENCES = 8
# Chosen on development messages, alone and with a plain question beside each: no more of those who need nobody are
# handed over.
SURE_OF_DISTRESS, SURE_OF_DANGER = 0.8, 0.7
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


def with_sentences(whole: TurnSignals, sentences: Sequence[TurnSignals]) -> TurnSignals:
    """What a message says, with what its sentences say alone: requests, and dangers beyond doubt.

    What else a sentence says depends on those beside it. "I reported a payment in a panic last night" is no danger
    where the next one says that it was her husband's.
    """
    read = _with_request(whole, sentences)
    for sentence in sentences:
        if sentence.distress >= SURE_OF_DISTRESS and max(_dangers(sentence).values()) >= SURE_OF_DANGER:
            read = _with_danger(read, sentence)
    return read


def _with_request(whole: TurnSignals, sentences: Sequence[TurnSignals]) -> TurnSignals:
    """A sentence that asks for a person more plainly than all of the message counts for it."""
    plainest = max(sentences, key=lambda each: each.asked, default=whole)
    if plainest.asked <= whole.asked:
        return whole
    return replace(whole, asked=plainest.asked, needs_person=_need(whole, plainest))


def _with_danger(read: TurnSignals, sentence: TurnSignals) -> TurnSignals:
    named, known = _dangers(sentence), _dangers(read)
    return replace(
        read,
        distress=max(read.distress, sentence.distress),
        needs_person=_need(read, sentence),
        **{danger: max(named[danger], known[danger]) for danger in DANGERS},
    )


def _dangers(signals: TurnSignals) -> dict[str, float]:
    return {danger: float(getattr(signals, danger)) for danger in DANGERS}


def _need(*signals: TurnSignals) -> float | None:
    return max((each.needs_person for each in signals if each.needs_person is not None), default=None)
