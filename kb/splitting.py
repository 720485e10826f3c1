"""Where a message may hold two questions: at its punctuation and at the words that join."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.confidence import Thresholds
from kb.content import Lang
from kb.search import Candidate

MOST_CUTS = 2
# Chosen on messages written for development: of those that only look like two questions, one in 13 shows something.
LEAST_BESIDES = 0.1
SHORTEST = {"zh": 4, "en": 8}

_LINKS = {
    "zh": r"还有就是|还有(?![半几两一二三四五六七八九十\d])|还想|另外|顺便问一下|顺便问下|顺便|再就是|再问下|再问|以及"
    "|同时|对了|而且|并且|然后|仲有",
    "en": "and also|and then|and|also|plus|as well as|by the way|btw|then|another thing|one more thing|separately"
    "|while I'm at it",
}
_JOINS = {
    "zh": re.compile(rf"[，,。.；;、？?！!\s]*(?:{_LINKS['zh']})[，,：:\s]*|[？?！!；;\n。]+|[，,]+|\s+|和|与|、"),
    "en": re.compile(rf"[,.;?!\s]*\b(?:{_LINKS['en']})\b[,:\s]*|[?!;\n]+|\.\s+|,\s+", re.IGNORECASE),
}
# The surer a sign is that something new begins, the earlier it is tried: a word that says so, the end of a sentence, a
# comma or "and", and the rest.
ADDED, ENDED = 0, 1
_SIGNS = {
    "zh": ("还有|还想|另外|顺便|再就是|再问|以及|对了|仲有", r"[？?！!；;\n。]", "[，,]"),
    "en": ("also|plus|by the way|btw|another|one more|separately|while", r"[?!;\n.]", "and"),
}
# A half without any of these tells what led to the question.
_ASKING = {
    "zh": re.compile(
        r"怎|咋|如何|分别|多少|多久|多长|几|哪|什么|啥|谁|为何|吗|么|呢|能否|是否|点样|(\S)不\1|不$|[?？]"
    ),
    "en": re.compile(
        r"\b(?:how|what|when|where|why|who|which|whether)\b|\?"
        r"|^(?:(?:and|but|so|then) )?(?:can|could|do|does|did|is|are|will|would|should|may|must)\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True)
class Cut:
    """A way to cut a message in two.

    Args:
        sign: what stands between the halves: ``ADDED``, ``ENDED``, or a larger number for a weaker sign.
        both_ask: whether each half has the form of a question.
    """

    left: str
    right: str
    sign: int
    both_ask: bool = True

    def begins_anew(self, *, is_sure: bool) -> bool:
        """Whether the second half is something new by what stands before it alone.

        Args:
            is_sure: whether the whole message has a sure answer.
        """
        return self.sign == ADDED or (self.sign == ENDED and not is_sure)


def cuts(text: str, language: Lang) -> list[Cut]:
    """Every way to cut a message in two, the likeliest first.

    Example:
        >>> cuts("卡丢了怎么挂失，还有补卡要多少钱", "zh")[0]
        Cut(left='卡丢了怎么挂失', right='补卡要多少钱', sign=0, both_ask=True)
    """
    found: list[Cut] = []
    for join in _JOINS[language].finditer(text):
        left, right = text[: join.start()].strip(), text[join.end() :].strip()
        if min(len(left), len(right)) >= SHORTEST[language]:
            signs = enumerate(_SIGNS[language])
            sign = next((rank for rank, pattern in signs if re.search(pattern, join[0], re.IGNORECASE)), 3)
            asking = all(_ASKING[language].search(half) for half in (left, right))
            found.append(Cut(left, right, sign, asking))
    return sorted(found, key=lambda cut: cut.sign)


def credible(ways: Sequence[Cut], *, is_sure: bool) -> list[Cut]:
    """Those of `cuts` that `two_questions` may believe, at most ``MOST_CUTS``.

    Args:
        ways: in the order of `cuts`.
        is_sure: whether the whole message has a sure answer.
    """
    return [cut for cut in ways if cut.both_ask or cut.begins_anew(is_sure=is_sure)][:MOST_CUTS]


def two_questions(
    whole: Sequence[Candidate], halves: Sequence[tuple[Cut, Candidate, Candidate]], bars: Thresholds
) -> tuple[Candidate, ...]:
    """What the halves of a message ask, if they are two questions; empty if they are not.

    Both are to be answered where both are sure enough to be, else offered. A comma may stand in the middle of a
    question, and a sentence may only tell what led to it: there, both halves must ask, and both entries be among those
    that the whole message finds, a sure answer of its own included, or each be surer than anything that it finds. A
    word such as "also" needs no such support, nor does the end of a sentence where the whole message has no sure
    answer.

    Args:
        whole: candidates of the whole message, best first.
        halves: the ways to cut it, with the best candidate of each half.
        bars: from where on to answer, and to offer choices.
    """
    found = {candidate.entry.id for candidate in whole}
    is_sure = bool(whole) and whole[0].confidence >= bars.answer
    answered, offered = [], []
    for cut, *pair in halves:
        ids = {candidate.entry.id for candidate in pair}
        is_within = ids <= found and (whole[0].entry.id in ids or not is_sure)
        is_within |= bool(whole) and not is_sure and all(each.confidence >= whole[0].confidence for each in pair)
        if len(ids) < 2 or not (cut.begins_anew(is_sure=is_sure) or (cut.both_ask and is_within)):
            continue
        weaker = min(candidate.confidence for candidate in pair)
        if weaker >= bars.answer:
            answered.append(tuple(pair))
        elif weaker >= bars.clarify and (cut.sign == ADDED or cut.both_ask or not is_sure):
            offered.append(tuple(pair))
    return max(answered or offered, key=lambda pair: min(each.confidence for each in pair), default=())


def second_question(whole: Sequence[Candidate], halves: Sequence[Candidate]) -> Candidate | None:
    """What a message that can be cut may ask besides its sure answer, though not surely enough to be answered.

    It costs the customer a line to read past, so the bar is low.

    Args:
        whole: candidates of the whole message, best first; the first is answered.
        halves: the best candidate of every half that was looked at.
    """
    others = [each for each in (*halves, *whole[1:2]) if each.entry.id != whole[0].entry.id]
    best = max(others, key=lambda each: each.confidence, default=None)
    return best if best is not None and best.confidence >= LEAST_BESIDES else None
