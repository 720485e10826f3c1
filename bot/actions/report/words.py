"""Reads the fields of a lost card report out of what a customer typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlu.normalise import normalise

KINDS = ("debit", "credit")
TAIL_LENGTH = 4
LONGEST_WHEN = 200

_CREDIT = re.compile(r"信用卡|贷记卡|\bcredit|^(?:信用|贷记)的?$")
_DEBIT = re.compile(r"储蓄卡|借记卡|工资卡|银行储蓄|存折|\bdebit\b|\batm card|\bsavings? card|^(?:储蓄|借记)的?$")

_DIGIT_WORDS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_SPOKEN = re.compile(rf"\b(?:{'|'.join(_DIGIT_WORDS)})(?:[\s,-]+(?:{'|'.join(_DIGIT_WORDS)}))+\b")
_HAN_DIGITS = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_SPOKEN_HAN = re.compile("[零〇一幺二两三四五六七八九]{4,}")
# A group of digits: spaces and hyphens inside it are how people copy a number from a card.
_GROUP = re.compile(r"\d(?:[ \t-]{0,2}\d)*")
_CARD_NUMBER = re.compile(r"\d(?:[ \t-]{0,2}\d){11,18}")
_TAIL_MARK = re.compile(
    r"(?:尾号|末四位|后四位|最后四位|ending|ends|last\s+(?:four|4)(?:\s+digits)?)"
    r"(?:数字|号码|卡号)?\s*(?:是|为|in|with|are|is|:|：)?\s*(?:in\s+|is\s+)?"
)

_TIME = re.compile(
    r"今天|今早|今晚|今日|昨天|昨晚|昨日|前天|大前天|刚刚|刚才|上周|上个?星期|上个?月|本周|这周|周[一二三四五六日末]"
    r"|星期[一二三四五六日天]|早上|上午|中午|下午|晚上|凌晨|半夜|\d+\s*[号日点]|\d+月|[一二两三四五六七八九十几]+[天周月]"
    r"|小时|分钟|\d+[:/.-]\d+|寻日|琴日|噚日|今朝"
    r"|\b(?:today|yesterday|tonight|this\s+\w+|last\s+\w+|just\s+now|earlier|ago|morning|afternoon"
    r"|evening|night|noon|midnight|(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend"
    r"|january|february|march|april|june|july|august|september|october|november|december"
    r"|hours?|minutes?|days?|weeks?|\d+\s*(?:am|pm|th|st|nd|rd)|o'clock)\b"
)
_UNKNOWN = re.compile(
    r"不记得|记不清|记不得|忘了|忘记|不清楚|不知道|不确定|没印象|唔记得|唔知"
    r"|\b(?:don'?t|do\s+not|can'?t|cannot)\s+(?:really\s+)?(?:know|remember|recall)"
    r"|\bno\s+idea\b|\bnot\s+sure\b|\bforgot\b|\bunknown\b|\bunsure\b"
)
_LOST_HAN = re.compile(
    r"(今天(?:早上|上午|中午|下午|晚上)?|今早|今晚|昨天(?:早上|上午|中午|下午|晚上)?|昨晚|前天|大前天|刚刚|刚才|上周[一二三四五六日]?)"
    r".{0,8}?(?:丢|掉|不见|被偷|遗失|失窃)"
)
_LOST_LATIN = re.compile(
    r"\b(?:lost|stolen|missing|misplaced)\b.{0,40}?"
    r"\b(today|yesterday(?:\s+(?:morning|afternoon|evening))?|this\s+(?:morning|afternoon|evening)"
    r"|last\s+(?:night|week)|just\s+now)\b"
)


@dataclass(frozen=True)
class Tail:
    """The last four digits, and whether the customer typed the full number to give them."""

    digits: str
    from_full_number: bool = False


def read_kind(text: str) -> str | None:
    """The kind of card, if exactly one is named.

    >>> read_kind("是儲蓄卡"), read_kind("credit card"), read_kind("信用卡还是借记卡")
    ('debit', 'credit', None)
    """
    plain = normalise(text).strip()
    credit, debit = bool(_CREDIT.search(plain)), bool(_DEBIT.search(plain))
    if credit == debit:
        return None
    return "credit" if credit else "debit"


def read_tail(text: str) -> Tail | None:
    """The last four digits of the card, if the text has exactly one group that can be them.

    >>> read_tail("尾号１２３４")
    Tail(digits='1234', from_full_number=False)
    >>> read_tail("6222 0212 3456 7890 123").digits
    '0123'
    >>> read_tail("12345") is None
    True
    """
    groups = _digit_groups(text)
    full = {group for group in groups if 12 <= len(group) <= 19}
    if full:
        return Tail(full.pop()[-TAIL_LENGTH:], from_full_number=True) if len(full) == 1 else None
    tails = {group for group in groups if len(group) == TAIL_LENGTH}
    others = [group for group in groups if len(group) > TAIL_LENGTH]
    return Tail(tails.pop()) if len(tails) == 1 and not others else None


def read_marked_tail(text: str) -> Tail | None:
    """The last four digits where the text says that they are: `尾号1234`, or a full number."""
    whole = read_tail(text)
    if whole and whole.from_full_number:
        return whole
    plain = _spell_digits(normalise(text))
    mark = _TAIL_MARK.search(plain)
    if not mark:
        return None
    after = _GROUP.match(plain, mark.end())
    digits = _bare(after.group()) if after else ""
    return Tail(digits) if len(digits) == TAIL_LENGTH else None


def has_digits(text: str) -> bool:
    """Whether the text has a digit, also a spelled one: an attempt at a number."""
    return bool(_digit_groups(text))


def has_time(text: str) -> bool:
    """Whether the text names a time, or says that it is not known."""
    plain = normalise(text)
    return bool(_TIME.search(plain) or _UNKNOWN.search(plain))


def read_when(text: str) -> str:
    """The customer's own words for when it happened, without card numbers.

    >>> read_when("昨天下午，卡号6222021234567890123")
    '昨天下午,卡号****0123'
    """
    return mask_card_numbers(text).strip()[:LONGEST_WHEN]


def read_lost_time(text: str) -> str | None:
    """The time in a sentence that says the card was lost then: `我昨天把卡丢了`."""
    plain = normalise(text)
    found = _LOST_HAN.search(plain) or _LOST_LATIN.search(plain)
    return found.group(1) if found else None


def mask_card_numbers(text: str) -> str:
    """Leaves of every card number its last four digits. Digits of any width count."""
    plain = normalise(text)
    if not _CARD_NUMBER.search(plain):
        return text
    return _CARD_NUMBER.sub(lambda found: "****" + _bare(found.group())[-TAIL_LENGTH:], plain)


def _digit_groups(text: str) -> list[str]:
    return [_bare(group) for group in _GROUP.findall(_spell_digits(normalise(text)))]


def _bare(group: str) -> str:
    return re.sub(r"\D", "", group)


def _spell_digits(plain: str) -> str:
    """Turns spoken digits into digits: `one two three four`, `幺二三四`."""
    plain = _SPOKEN_HAN.sub(lambda found: found.group().translate(_HAN_DIGITS), plain)
    return _SPOKEN.sub(
        lambda found: "".join(_DIGIT_WORDS[word] for word in re.findall("[a-z]+", found.group())),
        plain,
    )
