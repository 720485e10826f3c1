"""A row of an imported file: the entry it holds, or what is wrong with it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kb.content import LANGUAGES, EntryContent
from kb.exchange.sentences import said
from kit.sentences import Bilingual, alike, chosen, joined

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 20_000
DATE_FIELDS = ("updated", "valid_from", "valid_to")

# Problems of one row that are told at once; more would hide what to do first.
_TOLD = 3
_MANY_FIELDS = 50
_LONGEST_NAME = 120

Location = tuple[str | int, ...]
Naming = Callable[[Location], str]

# The sentence about each kind of mistake that pydantic, or a rule of an entry, finds in a field.
SENTENCES = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "not_an_id",
    "string_type": "not_text",
    "string_unicode": "half_character",
    "literal_error": "not_a_choice",
    "bool_type": "not_a_flag",
    "bool_parsing": "not_a_flag",
    "date_type": "not_a_date",
    "date_parsing": "not_a_date",
    "date_from_datetime_parsing": "not_a_date",
    "date_from_datetime_inexact": "not_a_date",
    "tuple_type": "not_a_list",
    "dict_type": "without_fields",
    "model_type": "without_fields",
    "too_short": "no_question",
    "dates_reversed": "dates_reversed",
    "risk_missing": "risk_missing",
}


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
    problem: Bilingual | None = None


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
        sentences = list({sentence["en"]: sentence for _, sentence in found}.values())
        if len(sentences) > _TOLD:
            sentences[_TOLD:] = [said("more_problems", count=len(sentences) - _TOLD)]
        return Row(number, None, entry_id, found[0][0], joined(sentences))
    return Row(number, entry, entry.id)


def readable_id(values: Mapping[str, Any]) -> str | None:
    """The id that plain values name, whether or not it may be one."""
    said = values.get("id")
    return shortened(said) if isinstance(said, str) and said else None


def shortened(name: str) -> str:
    """A name as far as a sentence has room for it."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _misfit(values: Mapping[str, Any], name: Naming) -> tuple[str | None, Bilingual] | None:
    """What pydantic would take for something else, or answer with a message for each of a million items."""
    for field in DATE_FIELDS:
        if isinstance(values.get(field), int | float):  # would be seconds since 1970
            column = name((field,))
            return column, said("not_a_date", field=column)
    variants = values.get("variants")
    known = variants if isinstance(variants, dict) else {}
    if any(len(fields) > _MANY_FIELDS for fields in (values, known, *known.values()) if isinstance(fields, dict)):
        return None, said("too_many_fields")
    lists: list[tuple[Location, Any]] = [(("related",), values.get("related"))]
    lists += [(("variants", key, "similar"), of.get("similar")) for key, of in known.items() if isinstance(of, dict)]
    for place, items in lists:
        if isinstance(items, list):
            for number, item in enumerate(items, start=1):
                if not isinstance(item, str):
                    column = shortened(name(place))
                    return column, said("item_not_text", field=column, number=number)
    return None


def _problem(item: dict[str, Any], name: Naming) -> tuple[str, Bilingual]:
    """Where a mistake is, and the sentence about it."""
    kind, context = item["type"], item.get("ctx", {})
    place: Location = item["loc"] or context["place"]  # a rule over several fields names the one to mend
    if place[-1] == "[key]":
        language = shortened(str(place[-2]))
        return shortened(name(place[:-1])), said("language_unknown", language=language, languages=chosen(LANGUAGES))
    column = shortened(name(place))
    values = {"field": column, "reason": alike(item["msg"]), "most": context.get("max_length"), **context}
    if kind == "literal_error":
        values["choices"] = chosen(_choices(context["expected"]))
    return column, said(SENTENCES.get(kind, "otherwise_wrong"), **values)


def _choices(expected: str) -> list[Bilingual]:
    """The values of which a field takes one; pydantic lists them as ``'a', 'b' or 'c'``."""
    return [{"zh": name, "en": f"'{name}'"} for name in re.findall(r"'([^']*)'", expected)]
