"""Characters of a message that are no part of its words: invisible ones, and pictographs."""

import re
import unicodedata

__all__ = ["without_invisible", "without_pictographs"]

# Variation selectors: Mongolian, of emoji and symbols, and of ideographs. They are marks, not format characters.
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
# Clocks and players' buttons, weather to dingbats, stars and arrows of emoji, the frame of a key cap, and all from
# mahjong tiles on. What stands among them and is no symbol (❶) is told by its category.
_PICTOGRAPH = "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u20e3\U0001f000-\U0001faff"
_SYMBOLS = ("So", "Sk", "Me")
_RUN = re.compile(rf"\s*[{_PICTOGRAPH}](?:\s*[{_PICTOGRAPH}])*\s*")
_INVISIBLE = re.compile(rf"[{_SELECTORS}]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ0-9]")


def without_invisible(text: str) -> str:
    """A text without characters that nobody sees: zero-width ones, joiners, direction marks, variation selectors.

    Where nothing else is left, the text comes back as it is.

    Example:
        >>> without_invisible("信\u200b用卡")
        '信用卡'
    """
    if text.isascii():
        return text
    seen = "".join(each for each in _INVISIBLE.sub("", text) if unicodedata.category(each) != "Cf")
    return seen or text


def without_pictographs(text: str) -> str:
    """A text without emoji and their like, and without invisible characters; currency signs and ° © № stay.

    Where neither a letter nor a digit is left, the text comes back as it is: pictographs are all that it says.

    Example:
        >>> without_pictographs("💳丢了😭😭")
        '丢了'
    """
    seen = without_invisible(text)
    words = _RUN.sub(lambda match: _between(match, seen), seen)
    return words if any(each.isalnum() for each in words) else text


def _between(run: re.Match[str], text: str) -> str:
    """What stays where pictographs stood: what is no symbol, and a blank between two words."""
    kept = "".join(each for each in run[0] if unicodedata.category(each) not in _SYMBOLS)
    if kept.strip():
        return kept
    before, after = text[: run.start()][-1:], text[run.end() :][:1]
    if not (before and after.isalnum()):
        return ""
    return " " if kept or (_LATIN_WORD.match(before) and _LATIN_WORD.match(after)) else ""
