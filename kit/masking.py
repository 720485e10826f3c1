"""Hide personal data before text is logged or shown to anyone who does not serve the customer.

| personal data | is replaced by |
| --- | --- |
| bank card number | `[card *1234]`, with its last four digits, by which the customer and the agent know the card |
| resident identity number | `[id]` |
| telephone number | `[phone]` |
| e-mail address | `[email]` |

The tokens are ASCII, so that they can be searched for in any log, and say the same in both languages. A number is read
as whole groups of digits: a run of digits that is longer than a card number is an order number, and no part of it is
taken for a telephone. Hong Kong identity cards, passports, names and street addresses are not recognised.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

__all__ = ["is_card_number", "is_resident_id", "mask", "mask_value"]

_LOCAL = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-"
_DOMAIN = r"[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
# Addresses with nothing but such characters between them are hidden as one, else the second would show after the first.
_EMAIL = re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]+@{_DOMAIN}(?:[{_LOCAL}]*@{_DOMAIN})*")

_RUN = re.compile(r"\+?[ (]{0,2}[0-9]+(?:[ ()\-]{1,3}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_CHECK_X = re.compile(r"[ \-]?[Xx]")

_CARD_LENGTHS = range(13, 20)
_SHORTEST = 8
_LONGEST = 19
_SHORTEST_GROUP = 3

_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:010|02[0-9])[0-9]{8}|0[3-9][0-9]{2}[0-9]{7,8}")
# Dates and service lines (400-000-1958) never add up to something personal with the digits beside them.
_PUBLIC_NUMBER = re.compile(
    r"(?<![0-9+])(?:[48]00[ \-]?[0-9]{3}[ \-]?[0-9]{4}|(?:19|20)[0-9]{2}-[01]?[0-9]-[0-3]?[0-9])(?![0-9])"
)

# ITU-T E.164: at most 15 digits. Where the national length is known, an amount behind the number is not swallowed.
_NATIONAL_NUMBER = re.compile(
    r"86(?:1[3-9][0-9]{9}|0?[1-9][0-9]{8,10})|85[23][0-9]{8}|886(?:0?9[0-9]{8}|0?[2-8][0-9]{7,8})|1[2-9][0-9]{9}|"
    r"65[3689][0-9]{7}|44(?:0?[1-9][0-9]{8,9})|81(?:0?[1-9][0-9]{8,9})"
)
_KNOWN_COUNTRY = re.compile(r"86|85[23]|886|1|65|44|81")
_INTERNATIONAL = re.compile(r"[1-9][0-9]{7,14}")
_DIALLED_PREFIXES = ("0086", "00852", "00853", "00886")

# GB/T 2260, the first two digits: the provinces. They stand in for the checksum that 15-digit numbers lack.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True, order=True)
class _Finding:
    """Personal data at `text[start:end]`, and the token that takes its place."""

    start: int
    end: int
    token: str


def mask(text: str) -> str:
    """Replace personal data in a text by tokens; masking twice changes nothing more.

    Amounts, dates, tails of four digits, service numbers (400-000-1958, 95588) and order numbers stay, unless they
    happen to pass the check of a card or identity number.
    """
    plain, positions = _plain(text)
    findings = [_Finding(*match.span(), "[email]") for match in _EMAIL.finditer(plain)]
    # Blanked with a character of the same width that ends a run of digits, so that positions stay true.
    numbers_only = _PUBLIC_NUMBER.sub(_blank, _EMAIL.sub(_blank, plain))
    findings += [finding for run in _RUN.finditer(numbers_only) for finding in _read(run)]
    pieces: list[str] = []
    done = 0
    for finding in _without_overlaps(findings):
        pieces += [text[done : positions[finding.start]], finding.token]
        done = positions[finding.end - 1] + 1
    return "".join([*pieces, text[done:]])


def mask_value(value: Any) -> Any:
    """Mask every string in a log event, keys included, however deep in mappings, lists, tuples and sets it is.

    Numbers and other objects are returned as they are: an integer in an event is a count or a time, and a telephone
    number is never one.
    """
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {mask_value(key): mask_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [mask_value(item) for item in value]
        return items if isinstance(value, list) else tuple(items) if isinstance(value, tuple) else set(items)
    return value


def is_resident_id(number: str) -> bool:
    """Tell whether a string is a Chinese resident identity number.

    18 characters: GB 11643-1999, with a date of birth and the check character of ISO 7064 MOD 11-2.
    15 digits: the form issued until 1999, with a two-digit year, no check, and so a known province is asked for.
    """
    if re.fullmatch(r"[0-9]{17}[0-9Xx]", number):
        total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
        return _is_date(number[6:14]) and _ID_CHECKS[total % 11] == number[17].upper()
    return bool(re.fullmatch(r"[0-9]{15}", number) and _PROVINCE.match(number)) and _is_date("19" + number[6:12])


def is_card_number(number: str) -> bool:
    """Tell whether a string of digits is a payment card number: ISO/IEC 7812-1, 13 to 19 digits with the Luhn check.

    A number that starts with a date (20240115...) is an order number or a time: no bank issues cards under 19 or 20.
    """
    if len(number) not in _CARD_LENGTHS or not number.isdecimal() or _is_date(number[:8]):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 == 0


def _plain(text: str) -> tuple[str, list[int] | range]:
    """Return the text as it is searched, and the position in `text` of each of its characters.

    Full-width and other digits, signs and letters become ASCII; dashes become '-' and blanks ' '. Invisible characters
    are left out, so that a number copied from a web page with them is still one number.
    """
    if text.isascii():
        return text.replace("\t", " "), range(len(text))
    kept = [(shape, position) for position, character in enumerate(text) if (shape := _shape(character))]
    return "".join(shape for shape, _ in kept), [position for _, position in kept]


def _shape(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return character
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category in ("Pd", "Zs") or character in "\t−":
        return " " if category in ("Zs", "Cc") else "-"
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    normal = unicodedata.normalize("NFKC", character)
    return normal if len(normal) == 1 else character


def _blank(match: re.Match[str]) -> str:
    return "@" * len(match[0])


def _read(run: re.Match[str]) -> Iterator[_Finding]:
    """Yield every reading of a run of digit groups as personal data; readings can overlap."""
    text = run.string
    groups = list(_GROUP.finditer(text, run.start(), run.end()))
    for first, group in enumerate(groups):
        has_plus = first == 0 and run[0].startswith("+")
        start = _opening(text, run.start() if has_plus else group.start(), group.end())
        reachable = groups[first : first + _LONGEST]
        lengths = [len(match[0]) for match in reachable]
        for last, digits in enumerate(accumulate(match[0] for match in reachable)):
            if len(digits) < _SHORTEST:
                continue
            if len(digits) > _LONGEST:
                break
            end = reachable[last].end()
            check = _CHECK_X.match(text, end)
            if check and len(digits) == 17 and is_resident_id(digits + "X"):
                yield _Finding(start, check.end(), "[id]")
            if token := _token(digits, lengths[: last + 1], has_plus):
                yield _Finding(start, end, token)


def _opening(text: str, start: int, end: int) -> int:
    """Return the start moved to the bracket that opens before it, as in (010)12345678."""
    return start - 1 if text[start - 1 : start] == "(" and text[end : end + 1] == ")" else start


def _token(digits: str, lengths: list[int], has_plus: bool) -> str | None:
    """Return what to write for digits that were written in groups of these lengths, or nothing to leave them."""
    if has_plus and _is_international(digits):
        return "[phone]"
    if digits.startswith(_DIALLED_PREFIXES) and _NATIONAL_NUMBER.fullmatch(digits[2:]):
        return "[phone]"
    # Two-digit groups are days and hours, which must not add up to a number, except in these two ways of writing.
    national = lengths[1:] if digits.startswith("86") and lengths[0] == 2 else lengths
    is_personal_shape = min(national, default=0) >= _SHORTEST_GROUP or national == [
        3,
        2,
        2,
        2,
        2,
    ]
    if is_personal_shape and (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
        return "[phone]"
    if is_personal_shape and is_resident_id(digits):
        return "[id]"
    is_card_shape = min(lengths[:-1], default=_SHORTEST_GROUP) >= _SHORTEST_GROUP
    return f"[card *{digits[-4:]}]" if is_card_shape and is_card_number(digits) else None


def _is_international(digits: str) -> bool:
    number = _NATIONAL_NUMBER if _KNOWN_COUNTRY.match(digits) else _INTERNATIONAL
    return bool(number.fullmatch(digits))


def _without_overlaps(findings: list[_Finding]) -> Iterator[_Finding]:
    """Yield findings in order; those that overlap become one, which hides all of them under the longest one's token."""
    widest: _Finding | None = None
    start = end = 0
    for finding in sorted(findings):
        if widest is None or finding.start >= end:
            if widest is not None:
                yield _Finding(start, end, widest.token)
            widest, start, end = finding, finding.start, finding.end
            continue
        end = max(end, finding.end)
        widest = max(widest, finding, key=lambda one: one.end - one.start)
    if widest is not None:
        yield _Finding(start, end, widest.token)


def _is_date(digits: str) -> bool:
    """Tell whether YYYYMMDD is a day of the years 1900 to 2099."""
    if digits[:2] not in ("19", "20"):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
