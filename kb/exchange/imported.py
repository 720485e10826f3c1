"""A row of an imported file: the entry it holds, or a sentence about what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kb.content import LANGUAGES, EntryContent

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 20_000
DATE_FIELDS = ("updated", "valid_from", "valid_to")

# Problems of one row that are told at once; more would hide what to do first.
_TOLD = 3
_MANY_FIELDS = 50
_LONGEST_NAME = 120

Location = tuple[str | int, ...]
Naming = Callable[[Location], str]

_SENTENCES = {
    "missing": "{} is missing; fill it in.",
    "extra_forbidden": "{} is not known; correct its name, or take it out.",
    "string_too_short": "{} is empty; fill it in.",
    "string_too_long": "{} has more than {max_length} characters; shorten it.",
    "string_pattern_mismatch": "{} may only have letters, digits and _ . ? : - and begins with a letter or digit; "
    "change it.",
    "string_type": "{} must be text; put it in quotation marks.",
    "string_unicode": "{} has half a character in it; type the text again.",
    "literal_error": "{} must be {expected}; correct it.",
    "bool_type": "{} must be true or false; correct it.",
    "bool_parsing": "{} must be true or false; correct it.",
    "tuple_type": "{} must be a list; write one item after the other.",
    "dict_type": "{} must have fields of its own, such as question and answer; write them under it.",
    "model_type": "{} must have fields of its own, such as question and answer; write them under it.",
    "too_short": "There is no question; write one in Chinese or in English.",
}
_NO_DATE = "{} must be a date such as 2026-11-01; correct it."


@dataclass(frozen=True)
class Row:
    """An entry of a file, or why it is none.

    Args:
        number: of the row or line, as the person sees it in their program, from 1.
        entry: None where there is a problem.
        entry_id: as far as it could be read.
        column: or field with the problem, by the name it has in the file.
        problem: what is wrong and what to do, in a sentence or a few.
    """

    number: int
    entry: EntryContent | None = None
    entry_id: str | None = None
    column: str | None = None
    problem: str | None = None


def checked(number: int, values: Mapping[str, Any], name: Naming) -> Row:
    """The row of an entry's plain values.

    Args:
        number: of the row.
        values: as ``EntryContent`` takes them.
        name: of a place in them, for the person.
    """
    entry_id = readable_id(values)
    misfit = _misfit(values, name)
    if misfit:
        return Row(number, None, entry_id, *misfit)
    try:
        entry = EntryContent.model_validate(values)
    except ValidationError as error:
        found = [_problem(dict(item), name) for item in error.errors(include_url=False)]
        sentences = list(dict.fromkeys(sentence for _, sentence in found))
        if len(sentences) > _TOLD:
            sentences[_TOLD:] = [f"There are {len(sentences) - _TOLD} more problems like these."]
        return Row(number, None, entry_id, found[0][0], " ".join(sentences))
    return Row(number, entry, entry.id)


def readable_id(values: Mapping[str, Any]) -> str | None:
    """The id that plain values name, whether or not it may be one."""
    said = values.get("id")
    return shortened(said) if isinstance(said, str) and said else None


def shortened(name: str) -> str:
    """A name as far as a sentence has room for it."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _misfit(values: Mapping[str, Any], name: Naming) -> tuple[str | None, str] | None:
    """What pydantic would take for something else, or answer with a message for each of a million items."""
    for field in DATE_FIELDS:
        if isinstance(values.get(field), int | float):  # would be seconds since 1970
            column = name((field,))
            return column, _NO_DATE.format(f"'{column}'")
    variants = values.get("variants")
    known = variants if isinstance(variants, dict) else {}
    if any(len(fields) > _MANY_FIELDS for fields in (values, known, *known.values()) if isinstance(fields, dict)):
        return None, "There are too many fields; take out those that are not known."
    lists: list[tuple[Location, Any]] = [(("related",), values.get("related"))]
    lists += [(("variants", key, "similar"), of.get("similar")) for key, of in known.items() if isinstance(of, dict)]
    for place, items in lists:
        if isinstance(items, list):
            for number, item in enumerate(items, start=1):
                if not isinstance(item, str):
                    column = shortened(name(place))
                    return column, f"'{column}', number {number}, must be text; put it in quotation marks."
    return None


def _problem(item: dict[str, Any], name: Naming) -> tuple[str, str]:
    """Where a mistake is, and the sentence about it."""
    place: Location = item["loc"]
    if item["type"] == "value_error":
        return _broken_rule(item["msg"], name)
    if place[-1] == "[key]":
        return shortened(
            name(place[:-1])
        ), f"The language '{shortened(str(place[-2]))}' is not known; use {' or '.join(LANGUAGES)}."
    column = shortened(name(place))
    sentence = _NO_DATE if item["type"].startswith("date") else _SENTENCES.get(item["type"], "{}: {msg}.")
    context = {**item.get("ctx", {}), "msg": item["msg"]}
    return column, sentence.format(f"'{column}'", **context)


def _broken_rule(message: str, name: Naming) -> tuple[str, str]:
    """One of the rules over several fields; its message begins with the field or the language that breaks it."""
    found = re.search(r"'(\w+)'", message)
    word = found[1] if found else ""
    if word in LANGUAGES:
        column = name(("variants", word, "risk"))
        return column, f"'{column}' is empty, but a product with risk must say its risk; fill it in."
    column = name((word,))
    return column, f"{message.removeprefix('Value error, ')}; correct it."
