"""Readers of the evaluation's JSON Lines files. Every complaint names the file and the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from kb.content import EntryContent, Lang, parse_entry, read_folder
from kit.errors import InvalidRequest
from kit.language import detect

EXACT_LANGUAGES = ("zh-Hans", "zh-Hant", "yue", "en", "mixed")


class DatasetError(InvalidRequest):
    """A data set cannot be used as it is."""

    code = "invalid_dataset"


@dataclass(frozen=True)
class Query:
    """A question and the entry that answers it; None: no answer is right.

    ``written`` is the exact tag of its language (zh-Hans, zh-Hant, yue, en, mixed); ``answer_has`` are texts that the
    right answer has in it, whatever entry it stands in.
    """

    id: str
    text: str
    language: Lang
    entry_id: str | None
    slice: str
    written: str = ""
    answer_has: tuple[str, ...] = ()


@dataclass(frozen=True)
class Utterance:
    """A customer's words, and whether a person is needed."""

    id: str
    text: str
    language: Lang
    needed: bool
    reason: str | None


@dataclass(frozen=True)
class FeltText:
    """A text and the emotions that people read in it, in the data set's own words."""

    id: str
    text: str
    language: Lang
    emotions: frozenset[str]


@dataclass(frozen=True)
class Dialogue:
    """Two or more turns of a customer, and the entry that answers each; ``fresh``: the last one follows up nothing."""

    id: str
    language: Lang
    slice: str
    turns: tuple[str, ...]
    entry_ids: tuple[str, ...]


@dataclass(frozen=True)
class DoubleQuestion:
    """A message with two questions, or one that only looks like it; ``entry_ids`` are two or one."""

    id: str
    text: str
    language: Lang
    slice: Literal["double", "single"]
    entry_ids: tuple[str, ...]


def rows_of(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of a JSON Lines file, with the file and line to name in a complaint."""
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")  # splitlines() would cut at U+2028, which JSON allows in a text
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        raise DatasetError(f"{path}, line {number}: not UTF-8: {error}") from error
    found = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{where}: not valid JSON: {error}") from error
        if not isinstance(row, dict):
            raise DatasetError(f"{where}: each line must be a JSON object")
        found = True
        yield where, row
    if not found:
        raise DatasetError(f"{path} is empty: it needs one JSON object a line")


def text_of(row: dict[str, Any], field: str, where: str) -> str:
    """A field of a row that must be a text; ``where`` names the row in the complaint."""
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise DatasetError(f"{where}: {field!r} must be a text that is not empty")
    return value


def _texts(row: dict[str, Any], field: str, where: str) -> tuple[str, ...]:
    values = row.get(field)
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise DatasetError(f"{where}: {field!r} must be a list of texts that are not empty")
    return tuple(values)


def _entry_ids(row: dict[str, Any], known: set[str], where: str) -> tuple[str, ...]:
    entry_ids = _texts(row, "entry_ids", where)
    for entry_id in entry_ids:
        if entry_id not in known:
            raise DatasetError(f"{where}: the knowledge base has no entry {entry_id!r}")
    return entry_ids


def _language(row: dict[str, Any], text: str, where: str) -> Lang:
    """The named language, whatever its region (``zh-Hant``, ``yue``, ``en-GB``); detected where none is named."""
    named = row.get("language")
    if named is None:
        return detect(text).answer_language
    if not isinstance(named, str):
        raise DatasetError(f"{where}: 'language' must be a text")
    short = named.lower().split("-")[0]
    if short in ("zh", "yue", "cmn"):
        return "zh"
    return "en" if short == "en" else detect(text).answer_language


def written_language(row: dict[str, Any], text: str) -> str:
    """The exact language of a text: as it is named where a script or dialect is, detected where only zh is, or none.

    >>> written_language({"language": "zh-Hant"}, "如何開戶")
    'zh-Hant'
    """
    named = str(row.get("language") or "")
    if named in EXACT_LANGUAGES:
        return named
    detected = detect(text)
    return detected.language.value if named.split("-")[0] in ("", detected.answer_language) else named


def read_entries(path: Path) -> list[EntryContent]:
    """A knowledge base in ``kb.jsonl`` form."""
    entries: dict[str, EntryContent] = {}
    for where, row in rows_of(path):
        known = {key: value for key, value in row.items() if key in EntryContent.model_fields}
        variants = known.get("variants")
        if isinstance(variants, dict):
            known["variants"] = {
                language: {k: v for k, v in variant.items() if v is not None} if isinstance(variant, dict) else variant
                for language, variant in variants.items()
                if variant
            }
        entry = parse_entry(known, where)
        if entry.id in entries:
            raise DatasetError(f"{where}: the id {entry.id!r} is used twice")
        entries[entry.id] = entry
    return list(entries.values())


def read_knowledge(path: Path) -> list[EntryContent]:
    """A knowledge base in either form: ``kb.jsonl``, or a folder of content files."""
    return read_folder(path) if path.is_dir() else read_entries(path)


def read_queries(path: Path, entry_ids: set[str]) -> list[Query]:
    """Questions in ``queries.jsonl`` form; each names an entry of ``entry_ids`` or null."""
    queries: dict[str, Query] = {}
    for where, row in rows_of(path):
        text, identifier = text_of(row, "text", where), text_of(row, "id", where)
        if "entry_id" not in row:
            raise DatasetError(f"{where}: 'entry_id' is missing; write null where no answer is right")
        entry_id = row["entry_id"]
        if entry_id is not None and not isinstance(entry_id, str):
            raise DatasetError(f"{where}: 'entry_id' must be a text or null")
        if entry_id is not None and entry_id not in entry_ids:
            raise DatasetError(f"{where}: the knowledge base has no entry {entry_id!r}")
        if identifier in queries:
            raise DatasetError(f"{where}: the id {identifier!r} is used twice")
        kind = row.get("slice") or ("in_scope" if entry_id is not None else "out_of_scope")
        if not isinstance(kind, str):
            raise DatasetError(f"{where}: 'slice' must be a text")
        has = _texts(row, "answer_has", where) if "answer_has" in row else ()
        language = _language(row, text, where)
        queries[identifier] = Query(identifier, text, language, entry_id, kind, written_language(row, text), has)
    return list(queries.values())


def read_utterances(path: Path) -> list[Utterance]:
    """Utterances in ``handoff/*.jsonl`` form."""
    utterances: dict[str, Utterance] = {}
    for where, row in rows_of(path):
        text, identifier = text_of(row, "text", where), text_of(row, "id", where)
        if not isinstance(row.get("needed"), bool):
            raise DatasetError(f"{where}: 'needed' must be true or false")
        if identifier in utterances:
            raise DatasetError(f"{where}: the id {identifier!r} is used twice")
        reason = row.get("reason")
        utterances[identifier] = Utterance(
            identifier,
            text,
            _language(row, text, where),
            row["needed"],
            None if reason is None else str(reason),
        )
    return list(utterances.values())


def read_dialogues(path: Path, entry_ids: set[str]) -> list[Dialogue]:
    """Dialogues in ``followups.jsonl`` form; each turn names an entry of ``entry_ids``."""
    dialogues: dict[str, Dialogue] = {}
    for where, row in rows_of(path):
        identifier, kind = text_of(row, "id", where), text_of(row, "slice", where)
        turns, right = _texts(row, "turns", where), _entry_ids(row, entry_ids, where)
        if len(turns) < 2:
            raise DatasetError(f"{where}: 'turns' must be two or more: only then does one follow another")
        if len(turns) != len(right):
            raise DatasetError(f"{where}: {len(turns)} turns need as many 'entry_ids', not {len(right)}")
        if identifier in dialogues:
            raise DatasetError(f"{where}: the id {identifier!r} is used twice")
        language = _language(row, " ".join(turns), where)
        dialogues[identifier] = Dialogue(identifier, language, kind, turns, right)
    return list(dialogues.values())


def read_double_questions(path: Path, entry_ids: set[str]) -> list[DoubleQuestion]:
    """Messages in ``doubles.jsonl`` form; each names two entries of ``entry_ids``, or one."""
    cases: dict[str, DoubleQuestion] = {}
    for where, row in rows_of(path):
        identifier, text = text_of(row, "id", where), text_of(row, "text", where)
        right, kind = _entry_ids(row, entry_ids, where), row.get("slice")
        if kind not in ("double", "single"):
            raise DatasetError(f"{where}: 'slice' must be 'double' or 'single'")
        if len(set(right)) != len(right) or len(right) != (2 if kind == "double" else 1):
            needed = "two different ones" if kind == "double" else "one"
            raise DatasetError(f"{where}: 'entry_ids' of a {kind} must be {needed}")
        if identifier in cases:
            raise DatasetError(f"{where}: the id {identifier!r} is used twice")
        slice_ = cast(Literal["double", "single"], kind)
        cases[identifier] = DoubleQuestion(identifier, text, _language(row, text, where), slice_, right)
    return list(cases.values())


def read_felt_texts(path: Path) -> list[FeltText]:
    """Texts in ``emotion/*.jsonl`` form: ``label`` or ``emotion`` is one emotion, ``labels`` a list of them."""
    felt: list[FeltText] = []
    for where, row in rows_of(path):
        text, identifier = text_of(row, "text", where), text_of(row, "id", where)
        named = row.get("labels", row.get("label", row.get("emotion")))
        emotions = [named] if isinstance(named, str) else named
        if not isinstance(emotions, list) or not all(isinstance(each, str) for each in emotions):
            raise DatasetError(f"{where}: 'label', 'labels' or 'emotion' must name the emotions")
        felt.append(FeltText(identifier, text, _language(row, text, where), frozenset(emotions)))
    return felt


def read_texts(path: Path) -> list[tuple[str, Lang]]:
    """The texts alone, and their languages, of any file whose rows have a ``text``."""
    return [(text := text_of(row, "text", where), _language(row, text, where)) for where, row in rows_of(path)]
