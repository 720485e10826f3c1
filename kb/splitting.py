"""Where a message may hold two questions: at its punctuation and at the words that join."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.confidence import Thresholds
from kb.content import Lang
from kb.search import Candidate

MOST_SPLITS = 4
STRONG = 1
SHORTEST = {"zh": 4, "en": 8}

_LINKS = {
    "zh": "还有就是|还有|另外|顺便问一下|顺便问下|顺便|再就是|再问下|再问|以及|同时|对了|而且|并且|然后|仲有",
    "en": "and also|and then|and|also|plus|as well as|by the way|btw|then|another thing|one more thing",
}
_JOINS = {
    "zh": re.compile(rf"[，,。.；;、\s]*(?:{_LINKS['zh']})[，,：:\s]*|[？?！!；;\n。]+|[，,]+|\s+|和|与|、"),
    "en": re.compile(rf"[,.;\s]*\b(?:{_LINKS['en']})\b[,:\s]*|[?!;\n]+|\.\s+|,\s+", re.IGNORECASE),
}
# The surer a sign is that something new begins, the earlier it is tried.
_STRENGTH = {
    "zh": ("还有|另外|顺便|再就是|再问|以及|对了|仲有", r"[？?！!；;\n。]", "[，,]"),
    "en": ("also|plus|by the way|btw|another|one more", r"[?!;\n.]", "and"),
}


def halves(text: str, language: Lang, *, strongly: bool = False) -> list[tuple[str, str]]:
    """Ways to cut a message in two, the likeliest first; at most ``MOST_SPLITS``, none for a message in one piece.

    Args:
        text: the message.
        language: its language.
        strongly: only where a word for "also" or the end of a sentence says that something new begins.

    Example:
        >>> halves("卡丢了怎么挂失，还有补卡要多少钱", "zh")[0]
        ('卡丢了怎么挂失', '补卡要多少钱')
    """
    found: list[tuple[int, tuple[str, str]]] = []
    for join in _JOINS[language].finditer(text):
        left, right = text[: join.start()].strip(), text[join.end() :].strip()
        if min(len(left), len(right)) >= SHORTEST[language]:
            strength = next(
                (rank for rank, sign in enumerate(_STRENGTH[language]) if re.search(sign, join[0], re.IGNORECASE)), 3
            )
            found.append((strength, (left, right)))
    kept = [item for item in found if not strongly or item[0] <= STRONG]
    return [pair for _, pair in sorted(kept, key=lambda item: item[0])][:MOST_SPLITS]


def two_questions(pairs: Sequence[tuple[Candidate, Candidate]], bars: Thresholds) -> tuple[Candidate, ...]:
    """What the two halves of a message ask, if they are two questions; empty if they are not.

    Args:
        pairs: the best candidate of each half, one pair a way to cut the message.
        bars: from where on to answer.
    """
    sure = [
        pair
        for pair in pairs
        if pair[0].entry.id != pair[1].entry.id and min(c.confidence for c in pair) >= bars.answer
    ]
    return max(sure, key=lambda pair: min(candidate.confidence for candidate in pair), default=())
